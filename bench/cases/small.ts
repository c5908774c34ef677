import type { CreateExportInput } from '../../src/client/client.ts'
import { type Case, medianOf, percentile, seconds } from '../case.ts'
import { deals } from '../deals.ts'
import { ask } from '../graphql.ts'
import type { Service } from '../service.ts'

const small: CreateExportInput = { ...deals, limit: 100 }
/** Requests under way at once: as many as a busy API would have. */
const callers = 8
const waitMs = 10 * 60_000
/** V8 compiles what runs often: the first thousand exports of a process cost it half as much again. */
const warmUp = 1_000
/** A count takes as much CPU as a fifth of an export, of cores that have other work. */
const pollMs = 200

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
    await makeMany(service, warmUp)
    const rates: number[] = []
    for (let run = 0; run < bench.runs; run += 1) {
      const count = 300
      rates.push(count / (await seconds(() => makeMany(service, count))))
      bench.log(`small: run ${run + 1}: ${rates.at(-1)?.toFixed(0)} exports/s`)
    }
    return [
      {
        what: 'Exports of 100 rows, asked for meanwhile',
        unit: 'exports/s',
        values: rates,
        bar: { atLeast: 100 },
      },
    ]
  },
}

export const queued: Case = {
  name: 'queued',
  sentence:
    'one export of 100 rows for every 100 deals (10,000), queued and worked off: the pace of the last tenth',
  async measure(bench) {
    const count = Math.max(100, Math.floor(bench.rows / 1_000) * 10)
    const created = await seconds(async () => createMany(await bench.service({ SLUICE_WORKERS: '0' }), count))
    bench.log(`queued: ${count} created in ${created.toFixed(0)} s, while there was no worker`)
    const service = await bench.service()
    // Its worker has begun meanwhile.
    const before = await countOf(service, 'COMPLETED')
    const left = await countOf(service, 'PENDING')
    const marks = [performance.now() / 1000]
    for (let tenth = 1; tenth <= 10; tenth += 1) {
      await untilCompleted(service, before + Math.floor((left * tenth) / 10))
      marks.push(performance.now() / 1000)
      bench.log(`queued: tenth ${tenth}: ${(marks.at(-1)! - marks.at(-2)!).toFixed(1)} s`)
    }
    const tenths = marks.slice(1).map((mark, index) => mark - marks[index]!)
    return [
      {
        what: `Last tenth of ${count} queued exports`,
        unit: '× median tenth',
        values: [tenths.at(-1)! / medianOf(tenths)],
        bar: { atMost: 1.5 },
      },
      {
        what: `${count} queued exports`,
        unit: 'exports/s',
        values: [left / (marks.at(-1)! - marks[0]!)],
        bar: { atLeast: 100 },
      },
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
  const before = await countOf(service, 'COMPLETED')
  await createMany(service, count)
  await untilCompleted(service, before + count)
}

async function untilCompleted(service: Service, count: number): Promise<void> {
  const deadline = performance.now() + waitMs
  while ((await countOf(service, 'COMPLETED')) < count) {
    if (performance.now() > deadline) throw new Error(`Not completed within ${waitMs / 1000} s.`)
    await new Promise((resolve) => setTimeout(resolve, pollMs))
  }
}

/** Asked of the API as anybody would: one indexed count. */
async function countOf(service: Service, status: 'PENDING' | 'COMPLETED'): Promise<number> {
  const { exports } = await ask<{ exports: { totalCount: number } }>(
    service,
    'query ($status: [ExportStatus!]) { exports(filter: {status: $status}) { totalCount } }',
    { status: [status] },
  )
  return exports.totalCount
}
