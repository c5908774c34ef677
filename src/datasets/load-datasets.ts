import type { Dataset } from '../core/dataset.ts'
import { type Issue, ValidationError } from '../core/errors.ts'
import { checkDataset } from './check-dataset.ts'
import { ConfigFileError, importConfigFile, shownPath } from './config-file.ts'
import { issuesOf } from './config-issues.ts'
import { configShape } from './config-shape.ts'
import { crmDatasets } from './crm/datasets.ts'
import type { DatasetsConfig } from './define-config.ts'
import { freezeDeclaration } from './define-dataset.ts'
import { createRegistry, type DatasetRegistry } from './registry.ts'

/**
 * The datasets of a config file, or those of the built-in CRM where there is none.
 * @param file as `findConfigFile` gives it
 * @throws ConfigFileError that names everything that is wrong
 */
export async function loadDatasets(file: string | null): Promise<DatasetRegistry> {
  if (file === null) return createRegistry(crmDatasets)
  const { datasets, builtIn = [] } = readConfig(await importConfigFile(file), file)
  try {
    return createRegistry([...(builtIn.includes('crm') ? crmDatasets : []), ...datasets])
  } catch (error) {
    if (!(error instanceof ValidationError)) throw error
    throw mistakes(
      file,
      error.issues.map(({ path, message }) => ({ path: `datasets.${path}`, message })),
    )
  }
}

/** What nobody has checked, checked. */
function readConfig(exported: unknown, file: string): DatasetsConfig {
  const issues = issuesOf(configShape, exported)
  // What refers to something is looked at when everything has its shape.
  if (issues.length > 0) throw mistakes(file, issues)
  const config = exported as DatasetsConfig
  const wrong = config.datasets.flatMap(checkDataset)
  if (wrong.length > 0) {
    throw mistakes(
      file,
      wrong.map(({ path, message }) => ({ path: `datasets.${path}`, message })),
    )
  }
  return { ...config, datasets: config.datasets.map((dataset) => freezeDeclaration(dataset) as Dataset) }
}

/** A person reads so many at once. */
const maxShown = 50

function mistakes(file: string, issues: readonly Issue[]): ConfigFileError {
  const lines = issues
    .slice(0, maxShown)
    .map(({ path, message }) => `  ${path === '' ? 'the default export' : path}: ${message}`)
  const more = issues.length > maxShown ? [`  … and ${issues.length - maxShown} more`] : []
  const count = issues.length === 1 ? 'one mistake' : `${issues.length} mistakes`
  return new ConfigFileError([`${shownPath(file)} has ${count}:`, ...lines, ...more].join('\n'))
}
