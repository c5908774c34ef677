import type { Dataset, Relation } from '../../core/dataset.ts'
import type { CatalogTable, ForeignKey } from './catalog.ts'
import { toLabel, toWord, uniqueWord } from './words.ts'

/** A table with the dataset that is made of it. */
export interface Draft {
  readonly table: CatalogTable
  readonly name: string
  readonly columns: Dataset['columns']
  readonly tenant: Dataset['tenant']
  readonly relations: Record<string, Relation>
}

/** Adds a relation for each foreign key to both of its sides; over a link table, to both of its ends. */
export function relate(drafts: readonly Draft[], foreignKeys: readonly ForeignKey[]): void {
  const byOid = new Map(drafts.map((draft) => [draft.table.oid, draft]))
  const links = new Set(drafts.filter((draft) => isLink(draft, foreignKeys)).map(({ table }) => table.oid))
  for (const { from, to, pairs } of foreignKeys) {
    const ours = byOid.get(from)
    const theirs = byOid.get(to)
    if (!ours || !theirs) continue
    const role = roleOf(pairs, theirs.name)
    add(ours, role, { kind: 'one', dataset: theirs.name, label: toLabel(role), on: pairs })
    if (links.has(from)) continue
    const isOnly = foreignKeys.filter((other) => other.from === from && other.to === to).length === 1
    const back = isOnly ? ours.name : `${ours.name}_by_${role}`
    add(theirs, back, {
      kind: isUnique(ours.table, pairs) ? 'one' : 'many',
      dataset: ours.name,
      label: toLabel(back),
      on: pairs.map(([our, their]) => [their, our] as const),
    })
  }
  for (const oid of links) {
    const [first, second] = foreignKeys.filter(({ from }) => from === oid)
    const link = byOid.get(oid)
    if (!link || !first || !second) continue
    addOver(link, byOid.get(first.to), first, byOid.get(second.to), second)
    addOver(link, byOid.get(second.to), second, byOid.get(first.to), first)
  }
}

/** Nothing but two foreign keys, and perhaps whose row it is. */
function isLink({ table, tenant }: Draft, foreignKeys: readonly ForeignKey[]): boolean {
  const own = foreignKeys.filter(({ from }) => from === table.oid)
  const named = new Set(own.flatMap(({ pairs }) => pairs.map(([ours]) => ours)))
  if ('column' in tenant) named.add(tenant.column)
  return own.length === 2 && table.columns.every(({ name }) => named.has(name))
}

function addOver(
  link: Draft,
  ours: Draft | undefined,
  toOurs: ForeignKey,
  theirs: Draft | undefined,
  toTheirs: ForeignKey,
): void {
  if (!ours || !theirs) return
  const { schema, name } = link.table
  add(ours, theirs.name === ours.name ? link.name : theirs.name, {
    kind: 'many',
    dataset: theirs.name,
    label: toLabel(theirs.name),
    on: toOurs.pairs.map(([linked, our]) => [our, linked] as const),
    through: {
      table: { schema, name },
      on: toTheirs.pairs,
      ...('column' in link.tenant ? { tenantColumn: link.tenant.column } : {}),
    },
  })
}

/** `customer_id` points at the customer; other columns at what their table is called. */
function roleOf(pairs: ForeignKey['pairs'], dataset: string): string {
  const [column] = pairs[0] ?? []
  const role = /^(.+?)_?id$/i.exec(column ?? '')?.[1]
  return pairs.length === 1 && role ? toWord(role, dataset) : dataset
}

function isUnique(table: CatalogTable, pairs: ForeignKey['pairs']): boolean {
  const columns = pairs.map(([ours]) => ours)
  return table.keys.some((key) => key.every((name) => columns.includes(name)))
}

/** Relations and columns are named in one place by callers, so they share their words. */
function add(draft: Draft, name: string, relation: Relation): void {
  const taken = new Set([...Object.keys(draft.columns), ...Object.keys(draft.relations)])
  draft.relations[uniqueWord(name, taken)] = relation
}
