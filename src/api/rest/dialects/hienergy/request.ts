import { z } from '@hono/zod-openapi'
import type { Dataset } from '../../../../core/dataset.ts'
import { ValidationError } from '../../../../core/errors.ts'
import { findColumn } from '../../../../core/find-column.ts'
import { collectIssues, type Report } from '../../../../core/issue-list.ts'
import { unknownName } from '../../../../core/unknown-name.ts'
import type { HiEnergyView } from '../../../../datasets/crm/dialect-views.ts'
import type { RestServices } from '../../dialect.ts'
import { allOf, type FilterInput } from '../../filter-input.ts'
import { Origins, type Translated } from '../../origins.ts'
import { type Viewed, viewsOf } from '../../views.ts'
import { filterOf } from './search-params.ts'

export const exportBody = z
  .strictObject({
    report_type: z.string().openapi({
      description: 'Which export to build.',
      example: 'advertisers_csv',
      enum: ['advertisers_csv', 'deals_excel', 'hot_advertisers_excel', 'clicks_details_excel'],
    }),
    search_params: z.record(z.string(), z.unknown()).optional().openapi({
      description:
        '`q` (free text), a column (equals; with a list: any of it), or a column with `_eq _not_eq _in _lt _lteq _gt _gteq _cont _start _null`.',
    }),
    index_params: z.record(z.string(), z.unknown()).optional().openapi({
      description: '`sort` (a column), `direction` (asc, desc), `limit`.',
    }),
  })
  .openapi('HiEnergyExportRequest')

export type ExportBody = z.infer<typeof exportBody>

/** A report, and the dataset that declares it. */
export interface DeclaredReport {
  readonly viewed: Viewed<HiEnergyView>
  readonly type: string
}

export function reportsOf(services: Pick<RestServices, 'datasets'>): DeclaredReport[] {
  return viewsOf(services, 'hienergy').flatMap((viewed) =>
    Object.keys(viewed.view.reports).map((type) => ({ viewed, type })),
  )
}

/** @throws ValidationError */
export function findReport(services: Pick<RestServices, 'datasets'>, type: string): DeclaredReport {
  const reports = reportsOf(services)
  const found = reports.find((report) => report.type === type)
  if (found) return found
  const known = reports.map((report) => report.type)
  throw new ValidationError([{ path: 'report_type', message: unknownName('report type', type, known) }])
}

/** @throws ValidationError in the words of the request */
export function toRequest(
  body: ExportBody,
  { dataset, view }: Viewed<HiEnergyView>,
  { dedupeSeconds, chunkRows }: RestServices['hienergy'],
): Translated {
  const { report_type: type, search_params: searchParams = {}, index_params: indexParams = {} } = body
  const issues = collectIssues()
  const origins = new Origins({
    filter: 'search_params',
    sort: 'index_params.sort',
    limit: 'index_params.limit',
  })
  const report = view.reports[type]
  const asked = filterOf(searchParams, dataset, { report: issues.report, origins })
  const index = indexOf(indexParams, dataset, issues.report)
  issues.throwIfAny()
  const filters = [report?.filter as FilterInput | undefined, asked].filter((each) => each !== undefined)
  return {
    origins,
    request: {
      door: 'hienergy',
      dataset: dataset.name,
      ...(filters.length > 0 ? { filter: allOf(filters) } : {}),
      ...((index.sort ?? report?.sort) ? { sort: index.sort ?? report?.sort } : {}),
      ...(index.limit === undefined ? {} : { limit: index.limit }),
      format: type.endsWith('_csv') ? 'csv' : 'xlsx',
      maxRowsPerFile: chunkRows,
      name: report?.displayName ?? type,
      dedupeWithinSeconds: dedupeSeconds,
      doorDetails: {
        report_type: type,
        parameters: { search_params: searchParams, index_params: indexParams },
      },
    },
  }
}

const indexKeys = ['sort', 'direction', 'limit']

function indexOf(params: Readonly<Record<string, unknown>>, dataset: Dataset, report: Report) {
  for (const key of Object.keys(params)) {
    if (!indexKeys.includes(key))
      report(`index_params.${key}`, unknownName('index parameter', key, indexKeys))
  }
  const { sort: column, direction, limit } = params
  if (column === undefined && direction !== undefined) report('index_params.direction', 'goes with sort')
  if (column !== undefined && !(typeof column === 'string' && findColumn(dataset, column))) {
    report('index_params.sort', unknownName('column', String(column), Object.keys(dataset.columns)))
  }
  if (direction !== undefined && direction !== 'asc' && direction !== 'desc') {
    report('index_params.direction', 'must be asc or desc')
  }
  return {
    sort: column === undefined ? undefined : [{ column, direction: direction ?? 'asc' }],
    // As digits, too: the parameters are those of a page's address.
    limit:
      typeof limit === 'string' && /^\d{1,15}$/.test(limit) ? Number(limit) : (limit as number | undefined),
  }
}
