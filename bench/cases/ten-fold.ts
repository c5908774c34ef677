import type { CreateExportInput } from '../../src/client/client.ts'
import type { Bench, Case } from '../case.ts'
import { makeExport } from '../make-export.ts'
import { watchPeaks } from '../memory.ts'

/** Exports of several gigabytes, in a database of their own: by name only. */
export const tenFold: readonly Case[] = (['CSV', 'XLSX', 'PARQUET'] as const).map((format) => ({
  name: `${format.toLowerCase()}-10x`,
  sentence: `peak of the worker for ten times the rows as ${format}, against once`,
  byNameOnly: true,
  async measure(bench) {
    const once = await peakOf(bench, { format }, bench.rows)
    const tenTimes = await peakOf(bench, { format }, bench.rows * 10)
    const what = `Peak of the worker for ${bench.rows * 10} rows as ${format}`
    return [
      { what, unit: 'MB', values: [tenTimes] },
      { what, unit: `× that for ${bench.rows}`, values: [tenTimes / once], bar: { atMost: 1.2 } },
    ]
  },
}))

/** Of a worker that has just started and makes nothing else: one file, in one stream. */
async function peakOf(bench: Bench, input: Partial<CreateExportInput>, rows: number): Promise<number> {
  await bench.stopService()
  const service = await bench.service({ SLUICE_PART_ROWS: '1000000000' }, rows)
  const endPeaks = watchPeaks(service.workerPids())
  const { seconds } = await makeExport(service, input, rows)
  const { together: peak } = endPeaks()
  bench.log(`${rows} rows in ${seconds.toFixed(1)} s, ${peak.toFixed(0)} MB`)
  return peak
}
