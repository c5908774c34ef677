import type { Dataset } from '../core/dataset.ts'
import { type Issue, ValidationError } from '../core/errors.ts'

/** Every dataset that a server knows, by name. */
export interface DatasetRegistry {
  get(name: string): Dataset | undefined
  /** In the order they were declared. */
  all(): readonly Dataset[]
}

/** @throws ValidationError when a name is declared twice or a relation points at no dataset */
export function createRegistry(datasets: readonly Dataset[]): DatasetRegistry {
  const byName = new Map<string, Dataset>()
  const issues: Issue[] = []
  for (const dataset of datasets) {
    if (byName.has(dataset.name)) issues.push({ path: dataset.name, message: 'is declared twice' })
    byName.set(dataset.name, dataset)
  }
  for (const dataset of datasets) {
    for (const [name, relation] of Object.entries(dataset.relations ?? {})) {
      if (byName.has(relation.dataset)) continue
      issues.push({
        path: `${dataset.name}.relations.${name}.dataset`,
        message: `no dataset '${relation.dataset}'`,
      })
    }
  }
  if (issues.length > 0) throw new ValidationError(issues)
  const all = Object.freeze([...datasets])
  return { get: (name) => byName.get(name), all: () => all }
}

/** A registry whose datasets can be exchanged, all of them at once. Who has taken one keeps it to the end. */
export class CurrentDatasets implements DatasetRegistry {
  #current: DatasetRegistry

  constructor(first: DatasetRegistry) {
    this.#current = first
  }

  get(name: string): Dataset | undefined {
    return this.#current.get(name)
  }

  all(): readonly Dataset[] {
    return this.#current.all()
  }

  replace(next: DatasetRegistry): void {
    this.#current = next
  }
}
