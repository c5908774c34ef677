import type { Column, Dataset } from '../core/dataset.ts'
import type { DatasetDefinition } from './define-dataset.ts'

export { defineDataset } from './define-dataset.ts'

/** What a config file exports as its default. */
export interface DatasetsConfig {
  readonly datasets: readonly Dataset[]
  /** Datasets that come with Sluice and are offered besides; their tables lie in the database of DATABASE_URL. Default: none. */
  readonly builtIn?: readonly 'crm'[]
}

type Columns = Readonly<Record<string, Column>>

/** The same, with every dataset's column names known to the compiler. */
interface ConfigDefinition<Datasets extends readonly Columns[]> extends Omit<DatasetsConfig, 'datasets'> {
  readonly datasets: readonly [...{ [At in keyof Datasets]: DatasetDefinition<Datasets[At]> }]
}

/**
 * Gives an editor what it needs to complete and check a config file, and returns it as it is: what is wrong
 * is said when Sluice reads the file, all of it at once.
 */
export function defineConfig<const Datasets extends readonly Columns[]>(
  config: ConfigDefinition<Datasets>,
): DatasetsConfig {
  return config as unknown as DatasetsConfig
}
