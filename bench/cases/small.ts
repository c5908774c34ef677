import type { CreateExportInput } from '../../src/client/client.ts'
import { type Case, medianOf, percentile, seconds } from '../case.ts'
import { deals } from '../deals.ts'
import type { Service } from '../service.ts'

const small: CreateExportInput = { ...deals, limit: 100 }
/** Requests under way at once: as many as a busy API would have. */
const callers = 8
const waitMs = 10 * 60_000

export const start: Case = {
  name: 'start',
  sentence: 'createExport → the worker begins',
  async measure(bench) {
    const { client } = await bench.service()
    const waits: number[] = []
    for (let run = 0; run < 10 + bench.runs * 10; run += 1) {
      const { id, createdAt } = await client.createExport(small)
      const { startedAt } = await client.finished(id)
      if (run >= 10) waits.push(Date.parse(startedAt!) - Date.parse(createdAt))
    }
    return [
      {
        what: 'createExport → the worker begins, median',
        unit: 'ms',
        values: [medianOf(waits)],
        bar: { atMost: 50 },
        note: `p99 ${percentile(waits, 99)} ms`,
      },
    ]
  },
}

export const drain: Case = {
  name: 'small',
  sentence: 'exports of 100 rows, from the first createExport to the last file',
  async measure(bench) {
    const service = await bench.service()
    await makeMany(service, 50)
    const rates: number[] = []
    for (let run = 0; run < bench.runs; run += 1) {
      const count = 300
      rates.push(count / (await seconds(() => makeMany(service, count))))
      bench.log(`small: run ${run + 1}: ${rates.at(-1)?.toFixed(0)} exports/s`)
    }
    return [{ what: 'Exports of 100 rows', unit: 'exports/s', values: rates, bar: { atLeast: 100 } }]
  },
}

export const queued: Case = {
  name: 'queued',
  sentence:
    '10,000 exports of 100 rows are queued and worked off: the pace of the last tenth against the first',
  async measure(bench) {
    const service = await bench.service()
    const count = 10_000
    const before = await completedOf(service)
    const marks: number[] = []
    const startedAt = performance.now()
    const creating = createMany(service, count)
    for (let tenth = 1; tenth <= 10; tenth += 1) {
      await untilCompleted(service, before + (tenth * count) / 10)
      marks.push((performance.now() - startedAt) / 1000)
      bench.log(`queued: ${(tenth * count) / 10} after ${marks.at(-1)?.toFixed(1)} s`)
    }
    await creating
    const paces = marks.map((mark, index) => mark - (marks[index - 1] ?? 0))
    // Among the first tenths exports are still being created; the pace of the rest is the workers' own.
    return [
      {
        what: 'Last tenth of 10,000 queued exports',
        unit: '× median tenth',
        values: [paces.at(-1)! / medianOf(paces)],
        bar: { atMost: 1.5 },
      },
      { what: '10,000 queued exports', unit: 'exports/s', values: [count / marks.at(-1)!] },
    ]
  },
}

async function createMany({ client }: Service, count: number): Promise<void> {
  let left = count
  await Promise.all(
    Array.from({ length: callers }, async () => {
      while (left-- > 0) await client.createExport(small)
    }),
  )
}

async function makeMany(service: Service, count: number): Promise<void> {
  const before = await completedOf(service)
  await createMany(service, count)
  await untilCompleted(service, before + count)
}

async function untilCompleted(service: Service, count: number): Promise<void> {
  const deadline = performance.now() + waitMs
  while ((await completedOf(service)) < count) {
    if (performance.now() > deadline) throw new Error(`Not completed within ${waitMs / 1000} s.`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

/** Asked of the API as anybody would: one indexed count. */
async function completedOf({ url, apiKey }: Service): Promise<number> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${apiKey}` },
    body: JSON.stringify({ query: '{ exports(filter: {status: [COMPLETED]}) { totalCount } }' }),
  })
  const { data } = (await response.json()) as { data: { exports: { totalCount: number } } }
  return data.exports.totalCount
}
