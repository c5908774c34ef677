import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Command } from 'commander'
import { createClient, type SluiceClient } from '../client/client.ts'
import { readConfig } from '../config.ts'
import { UsageError } from './exit-codes.ts'

export interface ServerOptions {
  readonly url?: string
  readonly key?: string
}

/** Adds what every command has that talks to a server. */
export function withServerOptions(command: Command): Command {
  return command
    .option(
      '--url <address>',
      'address of the server (default: SLUICE_URL, else http://localhost:<PORT>, 4000)',
    )
    .option('--key <key>', 'API key (default: SLUICE_API_KEY, else the one of the local demo organization)')
}

/** @throws UsageError when there is no key, or the address is none */
export function clientFor(options: ServerOptions): SluiceClient {
  const url =
    options.url ?? (process.env.SLUICE_URL || `http://localhost:${readConfig(process.env).port || 4000}`)
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    throw new UsageError(`'${url}' is not an http or https address. Check --url or SLUICE_URL.`)
  }
  return createClient({ url, apiKey: options.key ?? defaultKey() })
}

function defaultKey(): string {
  const { demoKey, dataDir } = readConfig(process.env)
  const key = process.env.SLUICE_API_KEY || demoKey || readKeyFile(join(resolve(dataDir), 'demo-key'))
  if (key) return key
  throw new UsageError('No API key. Give one with --key or SLUICE_API_KEY; `sluice key create` makes one.')
}

/** Written by the first `npm start` on an embedded database. */
function readKeyFile(file: string): string | null {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch {
    return null
  }
}
