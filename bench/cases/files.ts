import { rmSync } from 'node:fs'
import { join } from 'node:path'
import type { CreateExportInput } from '../../src/client/client.ts'
import { type Bench, type Case, medianOf, type Result, seconds } from '../case.ts'
import { asCopy, dealsSql } from '../deals.ts'
import { makeExport } from '../make-export.ts'
import { type Peaks, watchPeaks } from '../memory.ts'
import { findYardstick, sha256Of } from '../yardstick.ts'

interface FileCase {
  readonly name: string
  readonly sentence: string
  readonly input: Partial<CreateExportInput>
  /** What it is measured against. Default: `copy`, the rows as CSV. */
  readonly against?: 'copy' | 'copy | gzip -6' | 'copy row_to_json'
  readonly atMost?: number
  readonly megabytesAtMost?: number
  readonly settings?: Readonly<Record<string, string>>
  /** Whether the file must be the yardstick's, byte for byte. */
  readonly isSame?: true
}

const fileCases: readonly FileCase[] = [
  {
    name: 'csv',
    sentence: 'CSV, the same bytes as copy',
    input: { options: asCopy },
    atMost: 0.9,
    megabytesAtMost: 200,
    isSame: true,
  },
  {
    name: 'csv-one',
    sentence: 'CSV over one connection',
    input: { options: asCopy },
    atMost: 1.1,
    megabytesAtMost: 200,
    isSame: true,
    settings: { SOURCE_CONNECTIONS: '1' },
  },
  { name: 'csv-defaults', sentence: 'CSV with formula guard and readable lists', input: {} },
  {
    name: 'csv-parts',
    sentence: 'CSV in parts, two workers',
    input: { options: asCopy },
    atMost: 0.9,
    settings: { SLUICE_WORKERS: '2', SLUICE_PART_ROWS: '260000' },
  },
  { name: 'csv-zst', sentence: 'CSV.zst', input: { options: asCopy, compression: 'ZSTD' }, atMost: 1.1 },
  {
    name: 'csv-gz',
    sentence: 'CSV.gz, level 6',
    input: { options: asCopy, compression: 'GZIP' },
    against: 'copy | gzip -6',
    atMost: 0.65,
  },
  {
    name: 'csv-gz-1',
    sentence: 'CSV.gz, level 1',
    input: { options: asCopy, compression: 'GZIP', compressionLevel: 1 },
    atMost: 1.2,
  },
  {
    name: 'ndjson',
    sentence: 'NDJSON',
    input: { format: 'NDJSON' },
    against: 'copy row_to_json',
    atMost: 1.15,
    megabytesAtMost: 200,
  },
  { name: 'xlsx', sentence: 'XLSX', input: { format: 'XLSX' }, atMost: 2.2, megabytesAtMost: 250 },
  { name: 'parquet', sentence: 'Parquet', input: { format: 'PARQUET' }, atMost: 1.7, megabytesAtMost: 400 },
]

export const fileCasesOfAll: readonly Case[] = fileCases.map((fileCase) => ({
  name: fileCase.name,
  sentence: fileCase.sentence,
  measure: (bench) => measureFile(bench, fileCase),
}))

/** Yardstick and export take turns: whatever else the machine does, it does to both. */
async function measureFile(bench: Bench, fileCase: FileCase): Promise<Result[]> {
  const { against = 'copy' } = fileCase
  const service = await bench.service(fileCase.settings)
  const yardstick = findYardstick()
  const file = join(bench.folder, 'yardstick')
  const sql = against === 'copy row_to_json' ? `SELECT row_to_json(r) FROM (${dealsSql}) AS r` : dealsSql
  const copy = () =>
    yardstick.copy(service.databaseUrl, sql, file, {
      gzip: against === 'copy | gzip -6',
      csv: against !== 'copy row_to_json',
    })
  const ratios: number[] = []
  const peaks: Peaks[] = []
  try {
    for (let run = 0; run <= bench.runs; run += 1) {
      const copySeconds = await seconds(copy)
      const endPeaks = watchPeaks(service.workerPids())
      const { seconds: exportSeconds, made } = await makeExport(service, fileCase.input, bench.rows)
      const peak = endPeaks()
      if (fileCase.isSame && made.files[0]?.sha256 !== (await sha256Of(file))) {
        throw new Error('The export and the yardstick wrote different bytes: the ratio would mean nothing.')
      }
      bench.log(
        `${fileCase.name}: ${run === 0 ? 'warm-up' : `run ${run}`}: ${against} ${copySeconds.toFixed(2)} s, export ${exportSeconds.toFixed(2)} s`,
      )
      if (run === 0) continue
      ratios.push(exportSeconds / copySeconds)
      peaks.push(peak)
    }
  } finally {
    rmSync(file, { force: true })
  }
  return [
    {
      what: fileCase.sentence,
      unit: `× ${against}`,
      values: ratios,
      ...(fileCase.atMost === undefined ? {} : { bar: { atMost: fileCase.atMost } }),
    },
    {
      what: `${fileCase.sentence}: peak of the process that makes it`,
      unit: 'MB',
      values: peaks.map(({ ofOne }) => ofOne),
      ...noteOf(peaks),
      ...(fileCase.megabytesAtMost === undefined ? {} : { bar: { atMost: fileCase.megabytesAtMost } }),
    },
  ]
}

/** Parquet is made by a process that the worker starts. */
function noteOf(peaks: readonly Peaks[]): { note: string } | null {
  const isAlone = peaks.every(({ ofOne, together }) => ofOne === together)
  return isAlone
    ? null
    : { note: `with the worker ${medianOf(peaks.map(({ together }) => together)).toFixed(0)} MB` }
}
