import type { Case } from '../case.ts'
import { makeExport } from '../make-export.ts'
import { watchPeaks } from '../memory.ts'

/** As many as a sheet has: with the header, a second one begins. @see [MS-XLS] 2.5.196 */
const sheetRows = 65_536

export const xls: Case = {
  name: 'xls',
  sentence: `XLS of ${sheetRows} rows`,
  async measure(bench) {
    const service = await bench.service()
    const rows = Math.min(sheetRows, bench.rows)
    const input = { format: 'XLS', limit: rows } as const
    await makeExport(service, input, rows)
    const times: number[] = []
    const peaks: number[] = []
    for (let run = 1; run <= bench.runs; run += 1) {
      const endPeaks = watchPeaks(service.workerPids())
      times.push((await makeExport(service, input, rows)).seconds)
      peaks.push(endPeaks().ofOne)
      bench.log(`xls: run ${run}: ${times.at(-1)?.toFixed(2)} s`)
    }
    return [
      { what: `XLS of ${rows} rows`, unit: 's', values: times, bar: { atMost: 5 } },
      { what: `XLS of ${rows} rows: peak of the worker`, unit: 'MB', values: peaks, bar: { atMost: 400 } },
    ]
  },
}
