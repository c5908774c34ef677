/**
 * The program of the process that makes Parquet files: runs the statements it is sent, one after another,
 * in the folder it is started in. Everything DuckDB allocates dies with it.
 */
import { rmSync } from 'node:fs'
import { DuckDBInstance } from '@duckdb/node-api'
import type { DuckdbAnswer, DuckdbRequest } from './duckdb-process.ts'

const folder = process.cwd()

// The other end is gone without having said stop: it was killed, so nobody else clears up.
process.on('disconnect', () => {
  // Again, where the statement that runs has put a file into the folder meanwhile.
  rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 })
  // Not exit(), which waits for the statement that runs.
  process.kill(process.pid, 'SIGKILL')
})

const instance = await DuckDBInstance.create(':memory:', {
  memory_limit: `${process.env.SLUICE_DUCKDB_MEMORY_MB}MB`,
  // The order of rows and the bytes of the file do not depend on how threads take turns; the other
  // processor has Postgres to run.
  threads: '1',
  temp_directory: 'spill',
  autoinstall_known_extensions: 'false',
  autoload_known_extensions: 'false',
})
const connection = await instance.connect()
await connection.run("SET TimeZone = 'UTC'")

let turn: Promise<void> = Promise.resolve()
process.on('message', (request: DuckdbRequest) => {
  turn = turn.then(async () => answer(await run(request)))
})

async function run({ id, sql }: DuckdbRequest): Promise<DuckdbAnswer> {
  try {
    const { rowsChanged } = await connection.run(sql)
    return { id, rows: rowsChanged }
  } catch (error) {
    return { id, message: error instanceof Error ? error.message : String(error) }
  }
}

function answer(message: DuckdbAnswer): void {
  // Nobody to hear it is no error here: 'disconnect' follows.
  process.send?.(message, undefined, undefined, () => {})
}
