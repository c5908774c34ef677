import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createReadStream, createWriteStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import pg from 'pg'
import { to as copyTo } from 'pg-copy-streams'

/** What every ratio is against. */
export interface Yardstick {
  /** `psql (PostgreSQL) 15.18` */
  readonly version: string
  /** Copies the rows of a query to a file, through `gzip -6` or not. */
  copy(url: string, sql: string, file: string, options?: { gzip?: boolean; csv?: boolean }): Promise<void>
}

/** The session of an export: the same scan in the same order gives the same bytes. */
const sessionOptions = '-c TimeZone=UTC -c synchronize_seqscans=off -c max_parallel_workers_per_gather=0'

/** `psql \copy`; where there is no psql, COPY through pg-copy-streams, which came to 0.95 to 1.0 of it. */
export function findYardstick(): Yardstick {
  const { stdout, status } = spawnSync('psql', ['--version'], { encoding: 'utf8' })
  return status === 0 ? psql(stdout.trim()) : throughNode()
}

function psql(version: string): Yardstick {
  return {
    version,
    async copy(url, sql, file, { gzip = false, csv = true } = {}) {
      const target = gzip ? `PROGRAM 'gzip -6 > ${file}'` : `'${file}'`
      const command = `\\copy (${sql}) TO ${target} WITH (${csv ? 'FORMAT csv, HEADER' : 'FORMAT text'})`
      const child = spawn('psql', [url, '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-c', command], {
        env: { PATH: process.env.PATH, PGOPTIONS: sessionOptions, PGCLIENTENCODING: 'UTF8' },
        stdio: ['ignore', 'ignore', 'inherit'],
      })
      const [code] = await once(child, 'close')
      if (code !== 0) throw new Error(`psql ended with ${code}.`)
    },
  }
}

function throughNode(): Yardstick {
  return {
    version: 'COPY through pg-copy-streams, for there is no psql',
    async copy(url, sql, file, { gzip = false, csv = true } = {}) {
      const client = new pg.Client({ connectionString: url, options: sessionOptions })
      await client.connect()
      try {
        const source = client.query(
          copyTo(`COPY (${sql}) TO STDOUT WITH (${csv ? 'FORMAT csv, HEADER' : 'FORMAT text'})`),
        )
        if (!gzip) return await pipeline(source, createWriteStream(file))
        const child = spawn('gzip', ['-6'], { stdio: ['pipe', 'pipe', 'inherit'] })
        await Promise.all([pipeline(source, child.stdin), pipeline(child.stdout, createWriteStream(file))])
      } finally {
        await client.end()
      }
    },
  }
}

export async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(file), hash)
  return hash.digest('hex')
}
