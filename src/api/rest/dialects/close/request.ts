import { z } from '@hono/zod-openapi'
import { collectIssues, type IssueList } from '../../../../core/issue-list.ts'
import { isPlainObject } from '../../../../core/plain-object.ts'
import type { FilterInput } from '../../filter-input.ts'
import { Origins, type Translated } from '../../origins.ts'
import { columnsOf } from './columns.ts'
import { fieldOf } from './field.ts'
import type { CloseObject, CloseObjects } from './objects.ts'
import { filterOfParams } from './params.ts'
import { filterOf } from './s-query.ts'

const maxFields = 500

const shared = {
  format: z.enum(['csv', 'json']),
  date_format: z.enum(['original', 'iso8601', 'excel']).default('original').openapi({
    description: 'CSV only; JSON always has ISO 8601.',
  }),
  fields: z.array(z.string()).min(1).max(maxFields).nullish().openapi({
    description: 'In the order of the file. Default: every field of the type.',
  }),
  include_smart_fields: z.boolean().default(false),
  send_done_email: z.boolean().default(true).openapi({ description: 'To the owner of the API key.' }),
}

export const leadExportBody = z
  .strictObject({
    type: z.enum(['leads', 'contacts', 'lead_opps']),
    ...shared,
    s_query: z.record(z.string(), z.unknown()).nullish().openapi({
      description: 'A query of Advanced Filtering, or `{"query", "sort", "results_limit"}`. Default: all.',
    }),
    sort: z.array(z.unknown()).nullish().openapi({
      description:
        '`[{"direction": "asc", "field": {"type": "regular_field", "object_type", "field_name"}}]`',
    }),
    results_limit: z.int().min(1).nullish(),
    include_activities: z.boolean().default(false).openapi({ description: '`leads` as JSON only.' }),
    include_addresses: z.boolean().default(true),
    include_custom_objects: z.boolean().default(false).openapi({
      description: 'Accepted; leads have no custom objects here.',
    }),
  })
  .openapi('CloseLeadExportRequest')

export const opportunityExportBody = z
  .strictObject({
    ...shared,
    params: z.record(z.string(), z.unknown()).nullish().openapi({
      description:
        'By field, as lists of opportunities are filtered: `status_id`, `user_id__in`, `date_won__gte` …',
    }),
  })
  .openapi('CloseOpportunityExportRequest')

const rowsOf = { leads: 'lead', contacts: 'contact', lead_opps: 'opportunity', opps: 'opportunity' } as const
type ExportType = keyof typeof rowsOf

type Asked = Partial<Omit<z.infer<typeof leadExportBody>, 'type'>> &
  z.infer<typeof opportunityExportBody> & { readonly type: ExportType }

/** As Close defines `original`: always microseconds, always a whole offset. */
const originalPattern = 'YYYY-MM-DD HH:mm:ss.SSSSSSZ'

/** @throws ValidationError in Close's own names */
export function toRequest(
  asked: Asked,
  { objects, ownerEmail }: { objects: CloseObjects; ownerEmail: string | null },
): Translated {
  const issues = collectIssues()
  const origins = new Origins({ filter: asked.params ? 'params' : 's_query', limit: 'results_limit' })
  const rows = objects.require(rowsOf[asked.type])
  const context = { objects, ownerEmail, report: issues.report, origins }
  checkTogether(asked, issues)
  const { query, sort, limit } = unwrapped(asked, issues)
  const filter =
    asked.type === 'opps'
      ? filterOfParams(asked.params ?? {}, rows, context)
      : query && filterOf(query.node, rows, query.path, context)
  const columns = columnsOf(
    {
      rows,
      format: asked.format,
      fields: asked.fields ?? null,
      includeActivities: asked.include_activities ?? false,
      includeSmartFields: asked.include_smart_fields,
      includeAddresses: asked.include_addresses ?? true,
    },
    context,
  )
  const keys = sort && sortOf(sort.keys, rows, sort.path, { issues, origins })
  issues.throwIfAny()
  return {
    origins,
    request: {
      door: 'close',
      dataset: rows.dataset.name,
      columns,
      ...(filter ? { filter: filter satisfies FilterInput } : {}),
      ...(keys ? { sort: keys } : {}),
      ...(limit === null ? {} : { limit }),
      format: asked.format,
      options: optionsOf(asked),
      contentEncoding: 'gzip',
      notifyByMail: asked.send_done_email,
      doorDetails: detailsOf(asked, limit, sort?.keys ?? []),
    },
  }
}

function checkTogether(asked: Asked, { report }: IssueList): void {
  const isLeadsAsJson = asked.type === 'leads' && asked.format === 'json'
  if (asked.include_activities && !isLeadsAsJson) {
    report('include_activities', 'goes with the type leads in the format json only')
  }
  if (asked.include_smart_fields && asked.format === 'json' && !isLeadsAsJson) {
    report('include_smart_fields', 'goes with the format csv, or with the type leads in json')
  }
}

/** `s_query` is the query itself, or an object around query, sort and results_limit, which also stand beside it. */
function unwrapped(asked: Asked, { report }: IssueList) {
  const { s_query: sQuery, sort = null, results_limit: limit = null } = asked
  const isWrapped = isPlainObject(sQuery) && !Object.hasOwn(sQuery, 'type') && Object.hasOwn(sQuery, 'query')
  if (!isWrapped) {
    return {
      query: sQuery && { node: sQuery, path: 's_query' },
      sort: sort && { keys: sort, path: 'sort' },
      limit,
    }
  }
  for (const key of Object.keys(sQuery)) {
    if (!['query', 'sort', 'results_limit'].includes(key)) {
      report(`s_query.${key}`, 'is none of query, sort and results_limit')
    }
  }
  const { sort: innerSort, results_limit: innerLimit = null } = sQuery
  if (innerSort !== undefined && innerSort !== null && !Array.isArray(innerSort)) {
    report('s_query.sort', 'must be a list')
  }
  const isLimit = typeof innerLimit === 'number' && Number.isSafeInteger(innerLimit) && innerLimit >= 1
  if (innerLimit !== null && !isLimit)
    report('s_query.results_limit', 'must be a whole number from 1, or null')
  const inner = Array.isArray(innerSort) ? { keys: innerSort, path: 's_query.sort' } : null
  return {
    query: sQuery.query == null ? null : { node: sQuery.query, path: 's_query.query' },
    sort: sort ? { keys: sort, path: 'sort' } : inner,
    limit: limit ?? (isLimit ? innerLimit : null),
  }
}

function sortOf(
  keys: readonly unknown[],
  rows: CloseObject,
  path: string,
  { issues: { report }, origins }: { issues: IssueList; origins: Origins },
) {
  return keys.map((key, index) => {
    const at = `${path}.${index}`
    if (!isPlainObject(key)) return report(at, 'must be an object with direction and field')
    const field = fieldOf(key.field, rows, `${at}.field`, report)
    return field && origins.note(at, { column: field.name, direction: key.direction })
  })
}

function optionsOf({ format, date_format: dateFormat }: Asked): Readonly<Record<string, unknown>> {
  if (format === 'json') return {}
  return dateFormat === 'original'
    ? { dateFormat: 'pattern', timestampPattern: originalPattern }
    : { dateFormat }
}

/** What Close's export object repeats of its request. */
function detailsOf(asked: Asked, limit: number | null, sort: readonly unknown[]) {
  return {
    type: asked.type,
    date_format: asked.date_format,
    fields: asked.fields ?? null,
    s_query: asked.s_query ?? null,
    ...(asked.params ? { params: asked.params } : {}),
    sort,
    results_limit: limit,
    include_activities: asked.include_activities ?? false,
    include_smart_fields: asked.include_smart_fields,
  }
}
