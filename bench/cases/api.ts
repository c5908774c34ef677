import { type Case, percentile } from '../case.ts'
import { deals } from '../deals.ts'
import type { Service } from '../service.ts'

const asks = 300

export const list: Case = {
  name: 'list',
  sentence: 'p99 of a page of the list while two exports run, against idle',
  async measure(bench) {
    const service = await bench.service()
    const { client } = service
    await pageTimes(service)
    const ratios: number[] = []
    for (let run = 0; run < bench.runs; run += 1) {
      const idle = percentile(await pageTimes(service), 99)
      const exports = await Promise.all(
        (['XLSX', 'CSV'] as const).map((format) => client.createExport({ ...deals, format })),
      )
      // Both are being written, not waiting.
      for (const { id } of exports) {
        for await (const { rowsExported } of client.watch(id)) if (rowsExported > 0) break
      }
      const busy = percentile(await pageTimes(service), 99)
      for (const { id } of exports) await client.delete(id)
      bench.log(
        `list: run ${run + 1}: p99 idle ${idle.toFixed(1)} ms, beside two exports ${busy.toFixed(1)} ms`,
      )
      ratios.push(busy / idle)
    }
    return [{ what: 'p99 of a page beside two exports', unit: '× idle', values: ratios, bar: { atMost: 2 } }]
  },
}

export const startup: Case = {
  name: 'startup',
  sentence: 'npm start with the database already made, to the first answer',
  async measure(bench) {
    const values: number[] = []
    for (let run = 0; run < bench.runs; run += 1) {
      await bench.stopService()
      values.push((await bench.service()).startMs / 1000)
    }
    return [{ what: 'Start, with the database made', unit: 's', values, bar: { atMost: 4 } }]
  },
}

async function pageTimes({ client }: Service): Promise<number[]> {
  const times: number[] = []
  for (let index = 0; index < asks; index += 1) {
    const startedAt = performance.now()
    await client.page()
    times.push(performance.now() - startedAt)
  }
  return times
}
