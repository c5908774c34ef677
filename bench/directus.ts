import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { dealsSql } from './deals.ts'
import { freePort, type Service, untilAnswer } from './service.ts'
import { sql } from './sql.ts'

const schema = 'directus_peer'
const token = 'bench'
const exportTimeoutMs = 10 * 60_000

/** Directus on a copy of the deals, in a schema of their own beside Sluice's, which goes when it is disposed of. */
export interface Directus extends AsyncDisposable {
  /** Writes the first so many rows of the copy to a file, as CSV, by its own export. */
  exportCsv(file: string, limit: number): Promise<void>
}

/** @param folder where it is installed */
export async function startDirectus(folder: string, { ownerUrl }: Service): Promise<Directus> {
  // Its native part is built by a script, which the bench does not run. It is the sandbox of extensions:
  // no export enters it.
  writeFileSync(join(folder, 'node_modules/isolated-vm/isolated-vm.js'), 'module.exports = {}\n')
  await copyDeals(ownerUrl)
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const env = environment(folder, ownerUrl, port)
  const run = (command: string) =>
    // Not its `directus` command, which asks the registry for a newer version first.
    spawn(process.execPath, [join(folder, 'node_modules/@directus/api/dist/cli/run.js'), command], {
      cwd: folder,
      env,
      stdio: ['ignore', 'ignore', 'inherit'],
    })
  const [code] = await once(run('bootstrap'), 'close')
  if (code !== 0) throw new Error(`directus bootstrap ended with ${code}.`)
  const server = run('start')
  const ended = once(server, 'close')
  await Promise.race([
    untilAnswer(`${url}/server/ping`),
    ended.then(() => Promise.reject(new Error('Directus ended before it answered.'))),
  ])
  return {
    async exportCsv(file, limit) {
      // POST /utils/export makes the same rows in the background, and took a third longer.
      const response = await fetch(`${url}/items/deals?limit=${limit}&export=csv`, {
        headers: { Authorization: `Bearer ${token}` },
        signal: AbortSignal.timeout(exportTimeoutMs),
      })
      if (!response.ok || !response.body) throw new Error(`Directus answered ${response.status}.`)
      await pipeline(response.body as AsyncIterable<Uint8Array>, createWriteStream(file))
    },
    async [Symbol.asyncDispose]() {
      server.kill('SIGTERM')
      await ended
      await sql(ownerUrl, `DROP SCHEMA ${schema} CASCADE`)
    },
  }
}

async function copyDeals(ownerUrl: string): Promise<void> {
  await sql(
    ownerUrl,
    `DROP SCHEMA IF EXISTS ${schema} CASCADE; CREATE SCHEMA ${schema};
     CREATE TABLE ${schema}.deals AS ${dealsSql}; ALTER TABLE ${schema}.deals ADD PRIMARY KEY (id)`,
  )
}

function environment(folder: string, ownerUrl: string, port: number): NodeJS.ProcessEnv {
  const files = join(folder, 'files')
  mkdirSync(files, { recursive: true })
  return {
    PATH: process.env.PATH,
    HOME: folder,
    HOST: '127.0.0.1',
    PORT: String(port),
    DB_CLIENT: 'pg',
    DB_CONNECTION_STRING: ownerUrl,
    DB_SEARCH_PATH: schema,
    SECRET: 'a secret of the bench, at least 32 bytes long',
    ADMIN_EMAIL: 'bench@example.com',
    ADMIN_PASSWORD: 'bench',
    ADMIN_TOKEN: token,
    STORAGE_LOCATIONS: 'local',
    STORAGE_LOCAL_ROOT: files,
    EXTENSIONS_PATH: files,
    LOG_LEVEL: 'error',
    // It tells nobody.
    TELEMETRY: 'false',
    TELEMETRY_URL: 'http://127.0.0.1:9',
    COMPLIANCE_URL: 'http://127.0.0.1:9',
    // 1,000,000 rows took 5.3 GB.
    NODE_OPTIONS: '--max-old-space-size=8192',
  }
}
