import type { Dataset } from '../core/dataset.ts'
import { loadDynamicColumns } from '../datasets/dynamic-columns.ts'
import type { DatasetRegistry } from '../datasets/registry.ts'
import type { Source } from '../engine/source/source.ts'

interface LoadContext {
  readonly datasets: DatasetRegistry
  readonly source: Source
  /** The organization's external id. */
  readonly tenant: string
}

/** A dataset as one organization sees it, with the columns that only it has, and those it is related to. */
export interface LoadedDataset {
  readonly dataset: Dataset
  /** A dataset that can be reached over relations. Without `relations`, these lack their dynamic columns. */
  find(name: string): Dataset | undefined
}

/** @param options.relations whether columns of related datasets will be named: their catalogs are read as well */
export async function loadDataset(
  context: LoadContext,
  name: string,
  options: { relations: boolean } = { relations: false },
): Promise<LoadedDataset | undefined> {
  const declared = context.datasets.get(name)
  if (!declared) return undefined
  const reachable = options.relations ? reachableFrom(declared, context.datasets) : [declared]
  const loaded = new Map<string, Dataset>()
  for (const dataset of reachable) loaded.set(dataset.name, await withDynamicColumns(context, dataset))
  return {
    dataset: loaded.get(name) ?? declared,
    find: (other) => loaded.get(other) ?? context.datasets.get(other),
  }
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

async function withDynamicColumns({ source, tenant }: LoadContext, dataset: Dataset): Promise<Dataset> {
  if (!dataset.dynamicColumns?.length) return dataset
  const dynamic = await loadDynamicColumns((sql, params) => source.query(sql, params), dataset, tenant)
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
