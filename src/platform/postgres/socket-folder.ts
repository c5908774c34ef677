import { once } from 'node:events'
import { mkdirSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import type { RunAs } from './run-as.ts'

/** Bytes that the path of a socket may have, with the shorter of the limits of Linux and macOS. @see unix(7), sun_path */
const maxSocketPathBytes = 103

/**
 * Where a server makes its socket. A round trip over it takes a fifth less CPU than one over TCP on loopback,
 * and a large COPY a tenth less time.
 * @param folder the server's; its user alone can enter the one for the socket
 * @returns null where there can be none: the path is too long, or the file system, such as one that a
 * container shares with its host, holds no sockets
 */
export async function findSocketFolder(folder: string, runAs: RunAs): Promise<string | null> {
  const path = join(folder, 'socket')
  if (Buffer.byteLength(join(path, '.s.PGSQL.65535')) > maxSocketPathBytes) return null
  clearSocketFolder(path, runAs)
  return (await holdsSockets(path)) ? path : null
}

/** A server that was killed leaves its socket and a lock on it behind. */
export function clearSocketFolder(path: string, runAs: RunAs): void {
  rmSync(path, { recursive: true, force: true })
  mkdirSync(path, { mode: 0o700 })
  runAs.own(path)
}

/** Whether somebody can listen in a folder. */
export async function holdsSockets(path: string): Promise<boolean> {
  const probe = createServer()
  try {
    probe.listen(join(path, 'probe'))
    await once(probe, 'listening')
    return true
  } catch {
    return false
  } finally {
    probe.close()
  }
}
