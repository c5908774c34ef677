import { formatDate, splitDay } from './civil-time.ts'
import type { Dataset } from './dataset.ts'
import { quoteLiteral } from './sql.ts'
import { openTimeZone } from './time-zone.ts'

/** What an expression writes for the day on which its export was accepted. */
const placeholder = /:today\b/

/** The day of a moment on a wall clock, ISO 8601. */
export function dayOf(moment: Date, timeZone: string): string {
  const { days } = splitDay(openTimeZone(timeZone).wallOf(BigInt(moment.getTime()) * 1000n))
  return formatDate(days)
}

/**
 * Whether a request's columns, filter or sort name a column that counts from today, here or over
 * relations. One that only looks as if it did costs nothing but a fingerprint that is new each day.
 */
export function countsFromToday(
  asked: { readonly columns: unknown; readonly filter: unknown; readonly sort: unknown },
  start: Dataset,
  findDataset: (name: string) => Dataset | undefined,
): boolean {
  const reachable = new Set([start])
  for (const dataset of reachable) {
    for (const relation of Object.values(dataset.relations ?? {})) {
      const related = findDataset(relation.dataset)
      if (related) reachable.add(related)
    }
  }
  return mentions(asked, (name) =>
    [...reachable].some(({ columns }) => {
      const { expr } = (Object.hasOwn(columns, name) && columns[name]) || {}
      return expr !== undefined && placeholder.test(expr)
    }),
  )
}

/** Whether a text in a request ends in such a name. Walks without recursion, as deep as the request is. */
function mentions(asked: unknown, isMeant: (name: string) => boolean): boolean {
  const waiting: unknown[] = [asked]
  while (waiting.length > 0) {
    const value = waiting.pop()
    if (typeof value === 'string' && isMeant(value.slice(value.lastIndexOf('.') + 1))) return true
    if (value !== null && typeof value === 'object') waiting.push(...Object.values(value))
  }
  return false
}

/** The dataset with its expressions as they are on that day. */
export function onDay(dataset: Dataset, day: string | undefined): Dataset {
  if (day === undefined) return dataset
  const changed = Object.entries(dataset.columns).filter(([, { expr }]) => expr && placeholder.test(expr))
  if (changed.length === 0) return dataset
  const literal = `DATE ${quoteLiteral(day)}`
  const columns = Object.assign(Object.create(null), dataset.columns)
  for (const [name, column] of changed) {
    columns[name] = { ...column, expr: column.expr?.replaceAll(new RegExp(placeholder, 'g'), literal) }
  }
  return { ...dataset, columns }
}
