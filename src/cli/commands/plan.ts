import { Command, InvalidArgumentError, Option } from 'commander'
import { type BeyondConcurrency, beyondConcurrencies, type ExportLimits } from '../../core/limits.ts'
import type { Plan } from '../../platform/db/entities/plan.ts'
import { UsageError } from '../exit-codes.ts'
import { shownCount, table } from '../terminal.ts'

/** Commander takes null for no value at all. */
type Limit = number | 'none'

/** The options of `sluice plan set`; left out: as it is. */
interface SetOptions {
  readonly perHour?: Limit
  readonly perDay?: Limit
  readonly atOnce?: Limit
  readonly beyond?: BeyondConcurrency
  readonly requests?: Limit
  readonly maxRows?: Limit
  readonly links?: number
  readonly files?: number
  readonly records?: number
  readonly door?: string
  readonly followPlan?: true
}

/** `sluice plan list`, `sluice plan show`, `sluice plan set`, `sluice plan create` */
export function planCommand(): Command {
  const plan = new Command('plan').description('Plans: the limits of organizations.')
  plan
    .command('list')
    .description('Show all plans.')
    .option('--json', 'as JSON')
    .action(async ({ json }: { json?: true }) => {
      const { listPlans, withDatabase } = await operator()
      const plans = await withDatabase(({ services }) => listPlans(services))
      process.stdout.write(json ? `${JSON.stringify(plans)}\n` : shownPlans(plans))
    })
  plan
    .command('show <plan>')
    .description('Show one plan, with the limits of the doors that have their own.')
    .option('--json', 'as JSON')
    .action(async (name: string, { json }: { json?: true }) => {
      const { findPlan, withDatabase } = await operator()
      const found = await withDatabase(({ services }) => findPlan(services.orm.em.fork(), name))
      process.stdout.write(json ? `${JSON.stringify(found)}\n` : shownPlan(found))
    })
  plan
    .command('create <plan>')
    .description('Add a plan that begins as a copy of another one.')
    .option('--like <plan>', 'which one', 'unlimited')
    .action(async (name: string, { like }: { like: string }) => {
      const { copyPlan, withDatabase } = await operator()
      const copy = await withDatabase(({ services }) => copyPlan(services, { from: like, name }))
      process.stdout.write(shownPlan(copy))
    })
  plan
    .command('set <plan>')
    .description('Change limits. They hold from the next request on; those who wait, within a minute.')
    .option('--per-hour <exports>', 'accepted in any 60 minutes, or none', parseLimit)
    .option('--per-day <exports>', 'accepted in any 24 hours, or none', parseLimit)
    .option('--at-once <exports>', 'pending or processing at once, or none', parseLimit)
    .addOption(new Option('--beyond <what>', 'what meets one too many at once').choices(beyondConcurrencies))
    .option('--requests <requests>', 'with one key in a minute, or none', parseLimit)
    .option('--max-rows <rows>', 'of one export, or none', parseLimit)
    .option('--links <time>', 'how long a download link works: 300s, 10m, 12h, 7d', parseSeconds)
    .option('--files <time>', 'how long files are kept', parseSeconds)
    .option('--records <time>', 'how long records are kept', parseSeconds)
    .option('--door <door>', 'change the limits of one door instead: hubspot, hindsight, graphql …')
    .option('--follow-plan', 'with --door: it has no limits of its own any more')
    .action(async (name: string, options: SetOptions) => {
      const { changePlan, withDatabase } = await operator()
      const { door, followPlan } = options
      const change = changeOf(options)
      if (Object.keys(change).length === 0 && !followPlan)
        throw new UsageError('Say what to change: sluice plan set --help shows what there is.')
      if (door === undefined && followPlan) throw new UsageError('--follow-plan goes with --door.')
      const lasting = [
        'requestsPerMinute',
        'maxRowsPerExport',
        'linkLifetimeSeconds',
        'fileLifetimeSeconds',
        'recordLifetimeSeconds',
      ]
      if (door !== undefined && lasting.some((limit) => limit in change))
        throw new UsageError(
          'A door has --per-hour, --per-day, --at-once and --beyond of its own, nothing else.',
        )
      const changed = await withDatabase(({ services }) =>
        changePlan(
          services,
          name,
          change,
          door === undefined ? undefined : { name: door, ...(followPlan ? { removed: true } : {}) },
        ),
      )
      process.stdout.write(shownPlan(changed))
    })
  return plan
}

function changeOf({ perHour, perDay, atOnce, beyond, requests, maxRows, links, files, records }: SetOptions) {
  return {
    ...(perHour === undefined ? {} : { exportsPerHour: limitOf(perHour) }),
    ...(perDay === undefined ? {} : { exportsPerDay: limitOf(perDay) }),
    ...(atOnce === undefined ? {} : { maxConcurrentExports: limitOf(atOnce) }),
    ...(beyond === undefined ? {} : { beyondConcurrency: beyond }),
    ...(requests === undefined ? {} : { requestsPerMinute: limitOf(requests) }),
    ...(maxRows === undefined ? {} : { maxRowsPerExport: limitOf(maxRows) }),
    ...(links === undefined ? {} : { linkLifetimeSeconds: links }),
    ...(files === undefined ? {} : { fileLifetimeSeconds: files }),
    ...(records === undefined ? {} : { recordLifetimeSeconds: records }),
  }
}

const limitsHead = ['AN HOUR', 'IN 24 HOURS', 'AT ONCE', 'BEYOND']

function limitsRow({
  exportsPerHour,
  exportsPerDay,
  maxConcurrentExports,
  beyondConcurrency,
}: {
  [Name in keyof ExportLimits]?: ExportLimits[Name] | null | undefined
}): string[] {
  return [
    shownLimit(exportsPerHour),
    shownLimit(exportsPerDay),
    shownLimit(maxConcurrentExports),
    maxConcurrentExports == null ? '' : (beyondConcurrency ?? 'refuse'),
  ]
}

function shownPlans(plans: readonly Plan[]): string {
  return table(
    ['PLAN', ...limitsHead, 'REQUESTS', 'ROWS', 'LINKS', 'FILES', 'RECORDS', 'DOORS OF THEIR OWN'],
    plans.map((plan) => [
      plan.name,
      ...limitsRow(plan),
      shownLimit(plan.requestsPerMinute),
      shownLimit(plan.maxRowsPerExport),
      shownSeconds(plan.linkLifetimeSeconds),
      shownSeconds(plan.fileLifetimeSeconds),
      shownSeconds(plan.recordLifetimeSeconds),
      Object.keys(plan.doorLimits).sort().join(', '),
    ]),
  )
}

function shownPlan(plan: Plan): string {
  const doors = Object.entries(plan.doorLimits).sort(([a], [b]) => (a < b ? -1 : 1))
  return `${shownPlans([plan])}\n${table(
    ['DOOR', ...limitsHead],
    [...doors.map(([door, limits]) => [door, ...limitsRow(limits)]), ['all others', ...limitsRow(plan)]],
  )}`
}

function shownLimit(limit: number | null | undefined): string {
  return limit == null ? 'none' : shownCount(limit)
}

const units = { d: 86_400, h: 3600, m: 60, s: 1 } as const

/** In the largest unit that it is whole in: `7d`, `90m`. */
function shownSeconds(seconds: number): string {
  const [unit, length] = Object.entries(units).find(([, each]) => seconds % each === 0)!
  return `${seconds / length}${unit}`
}

function parseSeconds(text: string): number {
  const [, amount, unit] = /^(\d{1,9})([dhms])$/.exec(text) ?? []
  if (amount && unit) return Number(amount) * units[unit as keyof typeof units]
  throw new InvalidArgumentError('It must be a time such as 300s, 10m, 12h or 7d.')
}

function limitOf(limit: Limit): number | null {
  return limit === 'none' ? null : limit
}

function parseLimit(text: string): Limit {
  if (text === 'none') return text
  if (/^\d{1,15}$/.test(text)) return Number(text)
  throw new InvalidArgumentError("It must be a whole number, or 'none'.")
}

/** Loaded when it is used: it takes half a second, and most commands never need it. */
async function operator() {
  const [{ changePlan, copyPlan, findPlan, listPlans }, { withDatabase }] = await Promise.all([
    import('../../lifecycle/plans.ts'),
    import('../with-database.ts'),
  ])
  return { changePlan, copyPlan, findPlan, listPlans, withDatabase }
}
