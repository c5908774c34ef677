import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { CreateExportInput } from '../src/client/client.ts'
import { cpuSeconds } from './cpu.ts'
import { asCopy, dealsSql } from './deals.ts'
import { makeExport } from './make-export.ts'
import { root, type Service, startService } from './service.ts'
import { findYardstick } from './yardstick.ts'

/** Few, so that CI waits half a minute; enough for the price of a row to stand out from that of an export. */
const rows = 100_000
/** They take turns, and the least of each counts: what others do to a machine only adds. */
const turns = 4

/**
 * What an export costs, as multiples of what copy costs. Others on the machine take time, but hardly add to
 * the CPU that a piece of work needs: those two are held close. Time is for waits, which need no CPU, and is
 * held loosely.
 */
interface Ratios {
  /** CPU of the API, the worker and what it starts. */
  readonly sluice: number
  /** CPU of PostgreSQL. */
  readonly postgres: number
  readonly time: number
}

interface Guarded {
  readonly what: string
  readonly input: Partial<CreateExportInput>
  /** Half as much again as on two cores with a load of 15; of time, four times what idle cores need. */
  readonly atMost: Ratios
}

const guarded: readonly Guarded[] = [
  { what: 'CSV', input: { options: asCopy }, atMost: { sluice: 1.4, postgres: 1.8, time: 6 } },
  {
    what: 'CSV.gz',
    input: { options: asCopy, compression: 'GZIP' },
    atMost: { sluice: 2.7, postgres: 1.8, time: 8 },
  },
  { what: 'NDJSON', input: { format: 'NDJSON' }, atMost: { sluice: 1.5, postgres: 3, time: 8 } },
  { what: 'XLSX', input: { format: 'XLSX' }, atMost: { sluice: 3.2, postgres: 1.4, time: 8 } },
  { what: 'Parquet', input: { format: 'PARQUET' }, atMost: { sluice: 3.1, postgres: 1.9, time: 10 } },
]

/** Seconds. */
interface Cost {
  /** CPU of everything but PostgreSQL: of Sluice and this process, or of psql. */
  readonly sluice: number
  readonly postgres: number
  readonly time: number
}

async function costOf(service: Service, work: () => Promise<unknown>): Promise<Cost> {
  const now = (): Cost => {
    const postgres = cpuSeconds(service.postgresPid())
    return { sluice: cpuSeconds(process.pid) - postgres, postgres, time: performance.now() / 1000 }
  }
  const before = now()
  await work()
  const after = now()
  return {
    sluice: after.sluice - before.sluice,
    postgres: after.postgres - before.postgres,
    time: after.time - before.time,
  }
}

function leastOf(costs: readonly Cost[]): Cost {
  const least = (of: keyof Cost) => Math.min(...costs.map((cost) => cost[of]))
  return { sluice: least('sluice'), postgres: least('postgres'), time: least('time') }
}

const folder = join(root, '.bench')
mkdirSync(folder, { recursive: true })
const file = join(folder, 'yardstick')
const yardstick = findYardstick()
await using service = await startService(join(folder, `data-${rows}`), rows, { SLUICE_LIMIT_RATES: 'off' })
const copies: Cost[] = []
const costs = guarded.map((): Cost[] => [])
try {
  for (let turn = 1; turn <= turns; turn += 1) {
    copies.push(await costOf(service, () => yardstick.copy(service.databaseUrl, dealsSql, file)))
    for (const [index, { input }] of guarded.entries()) {
      costs[index]!.push(await costOf(service, () => makeExport(service, input, rows)))
    }
  }
} finally {
  rmSync(file, { force: true })
}

const copy = leastOf(copies)
process.stdout.write(`${rows} deals, as multiples of copy: ${yardstick.version}\n`)
for (const [index, { what, atMost }] of guarded.entries()) {
  const least = leastOf(costs[index]!)
  const ratios: Ratios = {
    sluice: least.sluice / (copy.sluice + copy.postgres),
    postgres: least.postgres / copy.postgres,
    time: least.time / copy.time,
  }
  const shown = (['sluice', 'postgres', 'time'] as const).map((of) => {
    const holds = ratios[of] <= atMost[of]
    if (!holds) process.exitCode = 1
    return `${of} ${ratios[of].toFixed(2)} (${holds ? '' : 'TOO MUCH: '}at most ${atMost[of]})`
  })
  process.stdout.write(`${what.padEnd(8)} ${shown.join(', ')}\n`)
}
