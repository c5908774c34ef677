import { type Column, type Dataset, defaultColumnsOf, type Relation } from './dataset.ts'
import { allows, type Scope } from './scope.ts'

/** What a key is limited to, by name. */
export interface KeyLimits {
  /** The only datasets it may use; null: all of them. */
  readonly datasets: readonly string[] | null
  /** For each dataset named here, the only columns of it that the key may use. */
  readonly columns: Readonly<Record<string, readonly string[]>>
}

/** What a key may touch: its scopes, within its limits. */
export interface Access {
  readonly scopes: readonly Scope[]
  readonly limits: KeyLimits
}

export function mayUseDataset({ limits }: Access, name: string): boolean {
  return limits.datasets === null || limits.datasets.includes(name)
}

/** Whether nothing of any dataset is withheld from it. */
export function isUnlimited({ scopes, limits }: Access): boolean {
  return allows(scopes, 'pii:read') && limits.datasets === null && Object.keys(limits.columns).length === 0
}

/**
 * Whether it may use a column by that name, also one of those that only some organizations have. Nobody
 * knows what a column was that is declared no more, so only a key that may use everything may use it.
 */
export function mayUseColumn(dataset: Dataset | undefined, name: string, access: Access): boolean {
  if (isUnlimited(access)) return true
  if (!dataset || !mayUseDataset(access, dataset.name)) return false
  const declared = Object.hasOwn(dataset.columns, name) ? dataset.columns[name] : undefined
  const families = dataset.dynamicColumns?.filter(({ prefix }) => name.startsWith(prefix)) ?? []
  // Several can claim the name, and which of them has it only the organization's catalogs say.
  const claims = [...(declared ? [declared] : []), ...families]
  return claims.length > 0 && claims.every((claim) => whyWithheld(dataset, name, claim, access) === null)
}

/**
 * The dataset as a key may use it. What it may not use stays in place, marked as withheld: rows are still
 * ordered by their key and matched over relations, but no word of a caller finds it, and whoever asks for
 * it is told so. Default columns and the default sort go without it, since nobody named them.
 */
export function limitDataset(dataset: Dataset, access: Access): Dataset {
  if (isUnlimited(access)) return dataset
  const columns = mapValues(dataset.columns, (column, name): Column => {
    const withheld = whyWithheld(dataset, name, column, access)
    return withheld === null ? column : { ...column, withheld }
  })
  const relations = mapValues(dataset.relations ?? {}, (relation): Relation => {
    if (mayUseDataset(access, relation.dataset)) return relation
    return { ...relation, withheld: `This API key may not use the dataset '${relation.dataset}'` }
  })
  const isUsable = (name: string) => columns[name]?.withheld === undefined
  return {
    ...dataset,
    columns,
    relations,
    defaultColumns: defaultColumnsOf(dataset).filter(isUsable),
    ...(dataset.defaultSort
      ? { defaultSort: dataset.defaultSort.filter(({ column }) => isUsable(column)) }
      : {}),
  }
}

function whyWithheld(
  dataset: Dataset,
  name: string,
  column: Pick<Column, 'pii'>,
  { scopes, limits }: Access,
): string | null {
  const only = Object.hasOwn(limits.columns, dataset.name) ? limits.columns[dataset.name] : undefined
  if (only && !only.includes(name)) return `This API key may not use the column '${name}' of ${dataset.name}`
  if (column.pii && !allows(scopes, 'pii:read')) {
    return `'${name}' of ${dataset.name} is personal data, and this API key lacks the scope pii:read`
  }
  return null
}

/** Without a prototype, as declarations are: a caller's `constructor` finds nothing. */
function mapValues<T>(
  record: Readonly<Record<string, T>>,
  map: (value: T, name: string) => T,
): Readonly<Record<string, T>> {
  const mapped = Object.entries(record).map(([name, value]) => [name, map(value, name)] as const)
  return Object.assign(Object.create(null), Object.fromEntries(mapped))
}
