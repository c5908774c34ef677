import pg from 'pg'
import type { Dataset, TableSource } from '../core/dataset.ts'
import { NotFoundError, ValidationError } from '../core/errors.ts'
import { unknownName } from '../core/unknown-name.ts'
import { checkColumns } from './load-rows/check-columns.ts'
import { checkNoneLeftOut, checkTenant, explainFailure } from './load-rows/explain-failure.ts'
import type { LoadFormat } from './load-rows/load-format.ts'
import { stageCsv } from './load-rows/stage-csv.ts'
import { stageNdjson } from './load-rows/stage-ndjson.ts'
import type { FileColumn } from './load-rows/staged-file.ts'
import { type Load, type LoadResult, storeRows } from './load-rows/store-rows.ts'
import { describeTable } from './load-rows/target-table.ts'
import type { Services } from './services.ts'

export interface LoadRequest {
  /** Name of a dataset that is declared over a table. */
  readonly dataset: string
  /** The organization's external id: every row gets it. */
  readonly tenant: string
  readonly format: LoadFormat
  /** The file's bytes, UTF-8. */
  readonly source: AsyncIterable<Uint8Array>
}

/**
 * Loads a user's own rows into the table behind a dataset. A row whose key is there replaces the values of
 * the columns that the file has, any other is added; it happens to all of them or, when anything is wrong
 * with one, to none. The file passes through in constant memory, into a temporary table first.
 * @param services.url the source database, as a role that may write the table
 * @throws LoadError that names line, column and value; NotFoundError, ValidationError for the dataset
 */
export async function loadRows(
  services: Pick<Services, 'datasets'> & { readonly url: string },
  request: LoadRequest,
): Promise<LoadResult> {
  const dataset = findDataset(services, request.dataset)
  const client = new pg.Client({ connectionString: services.url, application_name: 'sluice-load' })
  // A connection that breaks ends what waits for it; without a listener it would also end the process.
  client.on('error', () => {})
  await client.connect()
  try {
    // Instants without an offset are UTC, as exports write them.
    await client.query(`BEGIN; SET LOCAL TimeZone = 'UTC'; SET LOCAL DateStyle = 'ISO, YMD'`)
    const table = await describeTable(client, dataset.source.table)
    const check = (named: readonly FileColumn[]) => checkColumns(dataset, table, named)
    const file =
      request.format === 'csv'
        ? await stageCsv(client, request.source, check)
        : await stageNdjson(client, request.source, table, check)
    const load = { dataset, table, file, tenant: request.tenant }
    await checkTenant(client, load)
    const result = await storeOrExplain(client, load)
    await checkNoneLeftOut(client, load, result.inserted + result.updated)
    await client.query('COMMIT')
    return result
  } finally {
    // Whatever was not committed ends with the connection.
    await client.end()
  }
}

async function storeOrExplain(client: pg.Client, load: Load): Promise<LoadResult> {
  await client.query('SAVEPOINT staged')
  try {
    return await storeRows(client, load)
  } catch (error) {
    if (!(error instanceof pg.DatabaseError)) throw error
    await client.query('ROLLBACK TO SAVEPOINT staged')
    throw await explainFailure(client, load, error)
  }
}

function findDataset(
  { datasets }: Pick<Services, 'datasets'>,
  name: string,
): Dataset & { readonly source: TableSource } {
  const dataset = datasets.get(name)
  if (!dataset) {
    const known = datasets.all().map((other) => other.name)
    throw new NotFoundError(unknownName('dataset', name, known))
  }
  const { source } = dataset
  if ('table' in source) return { ...dataset, source }
  throw new ValidationError([
    { path: 'dataset', message: `'${name}' is declared over a query, which cannot be loaded into` },
  ])
}
