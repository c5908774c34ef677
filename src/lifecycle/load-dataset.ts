import { limitDataset, mayUseDataset } from '../core/access.ts'
import type { Dataset } from '../core/dataset.ts'
import { ForbiddenError } from '../core/errors.ts'
import type { Principal } from '../core/request.ts'
import { tenantSession } from '../core/tenant.ts'
import { loadDynamicColumns } from '../datasets/dynamic-columns.ts'
import type { DatasetRegistry } from '../datasets/registry.ts'
import type { Source } from '../engine/source/source.ts'

export interface LoadContext {
  readonly datasets: DatasetRegistry
  readonly source: Source
  /** Whose dataset it is, and what its key may use of it. */
  readonly principal: Pick<Principal, 'tenant' | 'scopes' | 'limits'>
}

/** A dataset as one key sees it, with the columns that only its organization has, and those it is related to. */
export interface LoadedDataset {
  readonly dataset: Dataset
  /** A dataset that can be reached over relations, within the key's limits. Without `relations`, these lack their dynamic columns. */
  find(name: string): Dataset | undefined
}

/**
 * Undefined when there is no such dataset.
 * @param options.relations whether columns of related datasets will be named: their catalogs are read as well
 * @throws ForbiddenError when the key is limited to others
 */
export async function loadDataset(
  context: LoadContext,
  name: string,
  options: { relations: boolean } = { relations: false },
): Promise<LoadedDataset | undefined> {
  const declared = context.datasets.get(name)
  if (!declared) return undefined
  const { principal } = context
  if (!mayUseDataset(principal, name)) {
    throw new ForbiddenError(`This API key may not use the dataset '${name}'.`)
  }
  const reachable = options.relations ? reachableFrom(declared, context.datasets) : [declared]
  const loaded = new Map<string, Dataset>()
  for (const dataset of reachable) {
    if (mayUseDataset(principal, dataset.name)) {
      loaded.set(dataset.name, limitDataset(await withDynamicColumns(context, dataset), principal))
    }
  }
  return {
    dataset: loaded.get(name) ?? limitDataset(declared, principal),
    find(other) {
      const known = loaded.get(other) ?? context.datasets.get(other)
      if (!known || !mayUseDataset(principal, other)) return undefined
      if (!loaded.has(other)) loaded.set(other, limitDataset(known, principal))
      return loaded.get(other)
    },
  }
}

/** The datasets that a key may use, as they are declared. */
export function datasetsOf(
  { datasets }: Pick<LoadContext, 'datasets'>,
  principal: LoadContext['principal'],
): Dataset[] {
  return datasets.all().filter(({ name }) => mayUseDataset(principal, name))
}

function reachableFrom(start: Dataset, datasets: DatasetRegistry): Dataset[] {
  const found = new Set([start])
  for (const dataset of found) {
    for (const relation of Object.values(dataset.relations ?? {})) {
      const related = datasets.get(relation.dataset)
      if (related) found.add(related)
    }
  }
  return [...found]
}

async function withDynamicColumns(
  { datasets, source, principal }: LoadContext,
  dataset: Dataset,
): Promise<Dataset> {
  if (!dataset.dynamicColumns?.length) return dataset
  const session = tenantSession(datasets.all(), principal.tenant)
  const query = (sql: string, params: readonly unknown[]) => source.queryPrepared(sql, params, session)
  const dynamic = await loadDynamicColumns(query, dataset, principal.tenant)
  // Without a prototype, as declared: a caller's `constructor` finds nothing.
  const columns = Object.assign(Object.create(null), dataset.columns, Object.fromEntries(dynamic))
  return { ...dataset, columns }
}

/** Whether a request or a spec names anything of related datasets. */
export function namesRelations(
  dataset: Dataset | undefined,
  {
    columns,
    filter,
    expand,
  }: { columns?: readonly { name: string }[] | undefined; filter?: unknown; expand?: string | undefined },
): boolean {
  const relations = dataset?.relations ?? {}
  return (
    expand !== undefined ||
    asksForRelations(filter) ||
    (columns ?? []).some(({ name }) => name.includes('.') || Object.hasOwn(relations, name))
  )
}

/**
 * Whether a filter, resolved or not yet, asks for related rows. Walks without recursion: what is not
 * resolved may be of any depth.
 */
function asksForRelations(filter: unknown): boolean {
  const waiting: unknown[] = [filter]
  while (waiting.length > 0) {
    const value = waiting.pop()
    if (value === null || typeof value !== 'object') continue
    if (Object.hasOwn(value, 'relation')) return true
    for (const inner of Object.values(value)) waiting.push(inner)
  }
  return false
}
