import { createWriteStream, rmSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { stringify } from 'csv-stringify'
import pg from 'pg'
import { type Bench, type Case, type Result, seconds } from '../case.ts'
import { asCopy, dealsSql } from '../deals.ts'
import { importPeer } from '../install-peer.ts'
import { makeExport } from '../make-export.ts'
import type { Service } from '../service.ts'

/** Rows that a peer takes from its cursor at once. */
const batchRows = 1_000

export const peers: readonly Case[] = [
  {
    name: 'cursor',
    sentence: 'what most services do: a cursor and csv-stringify, against our CSV',
    measure: (bench) =>
      against(
        bench,
        { what: 'Cursor and csv-stringify', atLeast: 3, input: { options: asCopy } },
        cursorToCsv,
      ),
  },
  {
    name: 'hucre',
    sentence: "hucre's stream, the fastest library whose memory stays flat, against our XLSX",
    async measure(bench) {
      const hucre = await importPeer<Hucre>(bench, 'hucre', '1.0.0')
      if (!hucre) return []
      return await against(
        bench,
        { what: "hucre's writeXlsxStream", atLeast: 5, input: { format: 'XLSX' } },
        (service, file) => cursorToHucre(hucre, service, file),
      )
    },
  },
  {
    name: 'exceljs',
    sentence: "exceljs' streaming writer, against our XLSX",
    async measure(bench) {
      const exceljs = await importPeer<ExcelJs>(bench, 'exceljs', '4.4.0')
      if (!exceljs) return []
      return await against(
        bench,
        { what: "exceljs' streaming writer", atLeast: 7, input: { format: 'XLSX' } },
        (service, file) => cursorToExcel(exceljs, service, file),
      )
    },
  },
]

interface Comparison {
  readonly what: string
  /** How many times as long as we the peer should take. */
  readonly atLeast: number
  readonly input: object
}

/** The same rows to a file, by the peer alone and by the whole service, in turns. */
async function against(
  bench: Bench,
  { what, atLeast, input }: Comparison,
  peer: (service: Service, file: string) => Promise<void>,
): Promise<Result[]> {
  const service = await bench.service()
  const file = join(bench.folder, 'peer')
  const ratios: number[] = []
  try {
    for (let run = 0; run <= Math.min(bench.runs, 2); run += 1) {
      const { seconds: ours } = await makeExport(service, input, bench.rows)
      const theirs = await seconds(() => peer(service, file))
      bench.log(
        `${what}: ${run === 0 ? 'warm-up' : `run ${run}`}: peer ${theirs.toFixed(2)} s, export ${ours.toFixed(2)} s`,
      )
      if (run > 0) ratios.push(theirs / ours)
    }
  } finally {
    rmSync(file, { force: true })
  }
  return [{ what, unit: '× our time', values: ratios, bar: { atLeast } }]
}

async function cursorToCsv({ databaseUrl }: Service, file: string): Promise<void> {
  await pipeline(Readable.from(rowsOf(databaseUrl)), stringify({ header: true }), createWriteStream(file))
}

interface Hucre {
  writeXlsxStream(rows: AsyncIterable<unknown[]>, options: { name: string }): ReadableStream<Uint8Array>
}

async function cursorToHucre(
  { writeXlsxStream }: Hucre,
  { databaseUrl }: Service,
  file: string,
): Promise<void> {
  await pipeline(writeXlsxStream(cellsOf(rowsOf(databaseUrl)), { name: 'Export' }), createWriteStream(file))
}

interface ExcelJs {
  readonly default: {
    readonly stream: {
      readonly xlsx: {
        readonly WorkbookWriter: new (options: {
          filename: string
        }) => {
          addWorksheet(name: string): { addRow(row: unknown[]): { commit(): void }; commit(): void }
          commit(): Promise<void>
        }
      }
    }
  }
}

async function cursorToExcel(
  { default: { stream } }: ExcelJs,
  { databaseUrl }: Service,
  file: string,
): Promise<void> {
  const workbook = new stream.xlsx.WorkbookWriter({ filename: file })
  const sheet = workbook.addWorksheet('Export')
  for await (const cells of cellsOf(rowsOf(databaseUrl))) sheet.addRow(cells).commit()
  sheet.commit()
  await workbook.commit()
}

async function* rowsOf(databaseUrl: string): AsyncGenerator<unknown> {
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  try {
    await client.query(`BEGIN; DECLARE rows NO SCROLL CURSOR FOR ${dealsSql}`)
    for (;;) {
      const { rows } = await client.query(`FETCH ${batchRows} FROM rows`)
      if (rows.length === 0) return
      yield* rows
    }
  } finally {
    await client.end()
  }
}

/** Neither library knows lists. */
async function* cellsOf(rows: AsyncIterable<unknown>): AsyncGenerator<unknown[]> {
  for await (const row of rows) {
    yield Object.values(row as object).map((value) => (Array.isArray(value) ? value.join('; ') : value))
  }
}
