import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

export const ownerRole = 'sluice_owner'
export const appRole = 'sluice_app'
export const databaseName = 'sluice'
export const loopback = '127.0.0.1'

export interface DatabaseUrls {
  /** Owns the database and its tables: runs migrations. */
  readonly owner: string
  /** Neither superuser nor owner: what the server works as. */
  readonly app: string
}

/**
 * The addresses of the server that another process runs in this folder; null when none runs.
 * @param by `tcp` for programs that know no sockets in the file system. Default: the quicker way
 */
export function findEmbeddedPostgres(folder: string, by: 'socket' | 'tcp' = 'socket'): DatabaseUrls | null {
  const running = readPostmaster(join(resolve(folder), 'cluster'))
  if (!running || !isPostgres(running.pid)) return null
  const host = by === 'tcp' ? loopback : running.socketFolder || loopback
  return urlsOf(readPassword(folder), { host, port: running.port })
}

export interface Address {
  /** Name or IP address; a path is the folder of a socket. */
  readonly host: string
  readonly port: number
}

export function urlsOf(password: string, address: Address): DatabaseUrls {
  return {
    owner: urlOf(ownerRole, password, address, databaseName),
    app: urlOf(appRole, password, address, databaseName),
  }
}

/** @see PostgreSQL docs, "Connection URIs": a path stands in the place of the host, percent-encoded */
export function urlOf(user: string, password: string, { host, port }: Address, name: string): string {
  return `postgres://${user}:${password}@${encodeURIComponent(host)}:${port}/${name}`
}

export function readPassword(folder: string): string {
  return readFileSync(join(folder, 'password'), 'utf8').trim()
}

interface Postmaster {
  readonly pid: number
  readonly port: number
  /** Empty: it has none. */
  readonly socketFolder: string
}

/** Null: none has been started. @see PostgreSQL's miscadmin.h, "Lines of the postmaster.pid file": 1 is the process id, 4 the port, 5 the sockets' folder. */
export function readPostmaster(cluster: string): Postmaster | null {
  try {
    const lines = readFileSync(join(cluster, 'postmaster.pid'), 'utf8').split('\n')
    return { pid: Number(lines[0]), port: Number(lines[3]), socketFolder: lines[4] ?? '' }
  } catch {
    return null
  }
}

export function isPostgres(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')[0]?.endsWith('postgres') ?? false
  } catch {
    return false
  }
}
