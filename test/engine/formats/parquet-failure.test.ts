import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { ColumnType } from '../../../src/core/column-type.ts'
import type { RowBlock } from '../../../src/engine/formats/format.ts'
import { duckdbErrorFrom } from '../../../src/engine/formats/parquet/duckdb-error-from.ts'
import { DuckdbError } from '../../../src/engine/formats/parquet/duckdb-process.ts'
import { duckdbCopySql } from '../../../src/engine/formats/parquet/duckdb-sql.ts'
import {
  ParquetMemoryError,
  ParquetWriterError,
  TemporaryStorageFullError,
  UnrepresentableValueError,
} from '../../../src/engine/formats/parquet/errors.ts'
import { parquetTypeOf } from '../../../src/engine/formats/parquet/parquet-column.ts'
import { until } from '../../support/until.ts'
import { collect } from '../compression/streams.ts'
import * as making from './parquet-making.ts'
import { blocksOf, column, defaultOptions } from './parquet-making.ts'
import { readParquet } from './parquet-reader.ts'

let temporaryFolder: string

beforeAll(() => {
  temporaryFolder = mkdtempSync(join(tmpdir(), 'sluice-parquet-test-'))
})
afterAll(() => rmSync(temporaryFolder, { recursive: true }))
afterEach(() => {
  expect(readdirSync(temporaryFolder), 'temporary files left behind').toEqual([])
  expect(children(), 'processes left behind').toEqual([])
})

const make: typeof making.make = (rows, columns, how = {}) =>
  making.make(rows, columns, { ...how, resources: { temporaryFolder, ...how.resources } })

const fileOf: typeof making.fileOf = (rows, columns, how) => collect(make(blocksOf(rows), columns, how))

/** Processes of ours that run DuckDB. */
function children(parent = process.pid): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const its = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[1]
        return Number(its) === parent && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('duckdb')
      } catch {
        return false // It ended in between.
      }
    })
    .map(Number)
}

describe('a value that the type cannot hold fails the export, and says how to go on', () => {
  // Without a process for every case: the same statement, on a DuckDB in ours.
  const errorOf = async (type: ColumnType, value: string) => {
    const from = join(folder, 'rows.csv')
    writeFileSync(from, `-\n"1",\\N\n"2","${value.replaceAll('"', '""')}"\n`)
    const columns = [column('text'), column(type, 'it')].map((one) => parquetTypeOf(one, defaultOptions))
    const sql = duckdbCopySql({
      columns,
      compression: 'zstd',
      from,
      to: join(folder, 'file.parquet'),
      rows: 2,
      maxRowBytes: 1000,
    })
    const connection = await duckdb.connect()
    try {
      await connection.run(sql)
      return undefined
    } catch (error) {
      return duckdbErrorFrom(new DuckdbError((error as Error).message), { columns, memoryLimitMb: 1 })
    } finally {
      connection.closeSync()
    }
  }
  let duckdb: DuckDBInstance
  let folder: string
  beforeAll(async () => {
    duckdb = await DuckDBInstance.create(':memory:')
    folder = mkdtempSync(join(tmpdir(), 'sluice-duckdb-test-'))
  })
  afterAll(() => {
    duckdb.closeSync()
    rmSync(folder, { recursive: true })
  })

  test.each<[ColumnType, string]>([
    ['decimal', '0.1234567891'],
    ['decimal', '123456789012345678901234567890'],
    ['decimal', 'NaN'],
    ['decimal', '1e-12'],
    ['integer', '1.5'],
    ['integer', '2147483648'],
    ['bigint', '9223372036854775808'],
    ['float', '1e400'],
    ['boolean', 'maybe'],
    ['date', 'infinity'],
    ['date', '0044-03-15 BC'],
    ['date', '2026-02-30'],
    ['time', '24:00:00'],
    ['time', '12:00:00+02'],
    ['timestamp', '-infinity'],
    ['timestamp', '0044-03-15 00:00:00 BC'],
    ['timestamp', '2026-01-01 00:00:00+02'],
    ['timestamp', '294276-12-31 23:59:59'],
    ['timestamptz', 'infinity'],
    ['timestamptz', '0044-03-15 00:00:00+00 BC'],
    ['timestamptz', '2026-01-01 00:00:00'],
    ['uuid', 'x'],
    ['json', '"\\ud800"'],
    ['bytes', 'abc'],
    ['decimal[]', '["0.1234567891"]'],
    ['date[]', '["2026-01-01","infinity"]'],
    ['text[]', '[["a"],["b"]]'],
    ['integer[]', '[["1"]]'],
  ])('%s %s', async (type, value) => {
    const error = await errorOf(type, value)
    expect(error).toBeInstanceOf(UnrepresentableValueError)
    expect(error).toMatchObject({ code: 'VALUE_UNREPRESENTABLE', retryable: false, column: 'it' })
    expect(value).toContain((error as UnrepresentableValueError).value)
    expect((error as Error).message).toContain('textColumns')
  })

  test('in the midst of others', async () => {
    const rows = Array.from({ length: 5000 }, (_, n) => [n === 4321 ? '0.1234567891' : `${n}.5`])
    const error = await fileOf(rows, [column('decimal', 'amount')]).catch((error: unknown) => error)
    expect(error).toMatchObject({ code: 'VALUE_UNREPRESENTABLE', column: 'amount', value: '0.1234567891' })
    expect((error as Error).message).toBe(
      'The column "amount" holds "0.1234567891", which DECIMAL(38,9) cannot hold; name the column in textColumns to write it as text, or choose other decimals',
    )
  })

  test('unless the column is written as text', async () => {
    const columns = [column('timestamptz', 'until'), column('decimal', 'amount'), column('integer[]', 'grid')]
    const { rows, schema } = await readParquet(
      await fileOf([['infinity', '0.12345678901234567890', '[["1"],["2"]]']], columns, {
        options: { textColumns: ['until', 'grid'], decimals: 'text' },
      }),
    )
    expect(rows).toEqual([{ until: 'infinity', amount: '0.12345678901234567890', grid: '[["1"],["2"]]' }])
    expect(schema).toEqual(['until: BYTE_ARRAY UTF8', 'amount: BYTE_ARRAY UTF8', 'grid: BYTE_ARRAY JSON'])
  })
})

describe('an export that ends early leaves neither files nor a process', () => {
  const columns = [column('integer', 'n')]
  const options = { rowGroupRows: 1000 }

  /** `begin`, then 3,000 rows, then whatever `end` does; `reached` when the writer waits for more. */
  function stalled(end: () => Promise<unknown>, begin = () => {}) {
    let closed = false
    const { promise: reached, resolve } = Promise.withResolvers<void>()
    async function* rows(): AsyncGenerator<RowBlock> {
      try {
        begin()
        yield* blocksOf(Array.from({ length: 3000 }, (_, n) => [String(n)]))
        resolve()
        await end()
      } finally {
        closed = true
      }
    }
    return { rows: rows(), reached, isClosed: () => closed }
  }

  test('by abort', async () => {
    const controller = new AbortController()
    const { signal } = controller
    const aborted = new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
    const { rows, reached, isClosed } = stalled(() => aborted)
    const result = collect(make(rows, columns, { options, signal }))
    await reached
    expect(children()).toHaveLength(1)
    expect(readdirSync(temporaryFolder)).toHaveLength(1)
    controller.abort(new Error('stop it'))
    await expect(result).rejects.toThrow('stop it')
    expect(isClosed()).toBe(true)
  })

  test('by abort while DuckDB works', async () => {
    const controller = new AbortController()
    const rows = Array.from({ length: 200_000 }, (_, n) => [String(n)])
    const result = collect(
      make(blocksOf(rows, 100_000), columns, {
        signal: controller.signal,
        options: { rowGroupRows: 1_000_000 },
      }),
    )
    while (children().length === 0) await new Promise(setImmediate)
    controller.abort(new Error('stop it'))
    await expect(result).rejects.toThrow('stop it')
  })

  test('before it began', async () => {
    await expect(
      fileOf([['1']], columns, { signal: AbortSignal.abort(new Error('stop it')) }),
    ).rejects.toThrow('stop it')
  })

  test('by its consumer', async () => {
    const { rows, isClosed } = stalled(() => Promise.resolve())
    const file = make(rows, columns, { options })
    await file.next()
    await file.next()
    expect(children()).toHaveLength(1)
    await file.return(undefined)
    expect(isClosed()).toBe(true)
  })

  test('by an error of the source, which passes as it is', async () => {
    const failure = Object.assign(new Error('lost'), { code: 'ENOSPC' })
    const { rows } = stalled(() => Promise.reject(failure))
    await expect(collect(make(rows, columns, { options }))).rejects.toBe(failure)
  })

  test('by the death of the process, which can be tried again', async () => {
    const { rows } = stalled(
      () => Promise.resolve(),
      () => {
        for (const pid of children()) process.kill(pid, 'SIGKILL')
      },
    )
    const error = await collect(make(rows, columns, { options })).catch((error: unknown) => error)
    expect(error).toBeInstanceOf(ParquetWriterError)
    expect(error).toMatchObject({ code: 'PARQUET_WRITER_FAILED', retryable: true })
    expect((error as Error).message).toContain('SIGKILL')
  })

  test('by the death of our own process', async () => {
    const program = `
      const { parquet } = await import(${JSON.stringify(join(import.meta.dirname, '../../../src/engine/formats/parquet/parquet.ts'))})
      async function* rows() {
        for (let n = 0; n < 3; n++) yield { bytes: Buffer.from('1\\n'.repeat(1000)), rows: 1000 }
        await new Promise(() => setInterval(() => {}, 1000))
      }
      const options = { compression: 'zstd', rowGroupRows: 1000, decimals: 'auto', textColumns: [] }
      const columns = [{ header: 'n', type: 'integer' }]
      const resources = { temporaryFolder: ${JSON.stringify(temporaryFolder)} }
      let blocks = 0
      for await (const _ of parquet(rows(), columns, options, new AbortController().signal, resources)) {
        if (++blocks === 2) console.log('under way')
      }`
    const exporter = spawn(process.execPath, ['--input-type=module', '-e', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    await once(exporter.stdout, 'data')
    const [duckdb] = children(exporter.pid)
    expect(duckdb).toBeDefined()
    exporter.kill('SIGKILL')
    await once(exporter, 'exit')
    await until('the process that runs DuckDB is gone, and its folder with it', () => {
      try {
        process.kill(duckdb!, 0)
        return false
      } catch {
        return readdirSync(temporaryFolder).length === 0
      }
    })
  })

  test('by too little memory', async () => {
    const wide = Array.from({ length: 4 }, (_, n) => [String(n).repeat(20_000_000)])
    const how = { resources: { memoryLimitMb: 16 } }
    const error = await collect(make(blocksOf(wide, 1), [column('text')], how)).catch(
      (error: unknown) => error,
    )
    expect(error).toBeInstanceOf(ParquetMemoryError)
    expect(error).toMatchObject({ retryable: false })
  })

  test('by a temporary folder that is not there', async () => {
    const how = { resources: { temporaryFolder: join(temporaryFolder, 'nowhere') } }
    await expect(fileOf([['1']], columns, how)).rejects.toMatchObject({
      code: 'PARQUET_WRITER_FAILED',
      retryable: true,
    })
  })

  describe('by a full disk', () => {
    const canMount = process.getuid?.() === 0
    let disk: string

    beforeAll(() => {
      if (!canMount) return
      disk = mkdtempSync(join(tmpdir(), 'sluice-full-disk-'))
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', disk])
    })
    afterAll(() => {
      if (!canMount) return
      execFileSync('umount', [disk])
      rmSync(disk, { recursive: true })
    })

    test.skipIf(!canMount).each([
      ['the rows', 1_500_000],
      ['the row group', 700_000],
    ])('with %s', async (_, bytes) => {
      const rows = Array.from({ length: 100 }, (_, n) => [
        String.fromCharCode(65 + (n % 26)).repeat(bytes / 100),
      ])
      const how = { resources: { temporaryFolder: disk }, options: { compression: 'none' } }
      // Each row another text, so that no dictionary makes the row group small.
      const different = rows.map(([text], n) => [`${n}${text}`])
      const error = await fileOf(different, [column('text')], how).catch((error: unknown) => error)
      expect(error).toBeInstanceOf(TemporaryStorageFullError)
      expect(error).toMatchObject({ code: 'TEMPORARY_STORAGE_FULL', retryable: true })
      expect(readdirSync(disk)).toEqual([])
    })
  })
})
