import type { Case, Result } from '../case.ts'
import { eventLoopDelay, probed } from '../event-loop.ts'
import { makeExport } from '../make-export.ts'

const formats = ['CSV', 'TSV', 'JSON', 'NDJSON', 'XLSX', 'XLS', 'PARQUET'] as const
/** XLS is made in memory: a sheet of it. */
const maxXlsRows = 65_000

export const eventLoop: Case = {
  name: 'event-loop',
  sentence: "the delay of the API process' event loop while a file of each format is made and watched",
  async measure(bench) {
    const service = await bench.service(probed)
    const results: Result[] = []
    for (const format of formats) {
      const rows = format === 'XLS' ? Math.min(maxXlsRows, bench.rows) : bench.rows
      const input = { format, limit: rows, compression: format === 'CSV' ? 'GZIP' : 'NONE' } as const
      const delays: number[] = []
      let worst = 0
      for (let run = 0; run <= bench.runs; run += 1) {
        await eventLoopDelay(service.apiPid)
        await makeExport(service, input, rows)
        const { p99Ms, maxMs } = await eventLoopDelay(service.apiPid)
        bench.log(
          `event-loop: ${format}: ${run === 0 ? 'warm-up' : `run ${run}`}: p99 ${p99Ms.toFixed(1)} ms, longest ${maxMs.toFixed(0)} ms`,
        )
        if (run === 0) continue
        delays.push(p99Ms)
        worst = Math.max(worst, maxMs)
      }
      results.push({
        what: `Event loop of the API while ${format === 'CSV' ? 'CSV.gz' : format} is made, p99`,
        unit: 'ms',
        values: delays,
        bar: { atMost: 10 },
        note: `longest ${worst.toFixed(0)} ms`,
      })
    }
    return results
  },
}
