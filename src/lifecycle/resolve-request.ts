import { type Dataset, defaultColumnsOf, keyOf, visibleRelationsOf } from '../core/dataset.ts'
import { type Issue, ValidationError } from '../core/errors.ts'
import { findColumn } from '../core/find-column.ts'
import { findPath, maxRelationDepth, noPath } from '../core/find-path.ts'
import { findRelation, noRelation } from '../core/find-relation.ts'
import { errorOf } from '../core/issue-list.ts'
import { type Labels, labelIn } from '../core/labels.ts'
import { resolveOptions } from '../core/options.ts'
import { type ColumnRequest, type ExportRequest, headerStyles, valueStyles } from '../core/request.ts'
import { resolveFilter } from '../core/resolve-filter.ts'
import { resolveSort } from '../core/resolve-sort.ts'
import type { ExportFormat, ExportSpec, SortKey, SpecColumn } from '../core/spec.ts'
import { countsFromToday, dayOf } from '../core/today.ts'
import { unknownName } from '../core/unknown-name.ts'
import { checkColumns } from '../engine/formats/parquet/parquet-column.ts'
import { resolvePacking } from './resolve-packing.ts'

/** PostgreSQL's own limit for the columns of a result. */
const maxColumns = 1_600
/** Of Excel 97 to 2003. */
const maxXlsColumns = 256
const maxNameLength = 200
const maxHeaderLength = 1_000
const maxNestedHeaderBytes = 63

/**
 * Turns a request into the frozen spec, or says everything that is wrong with it at once.
 * @throws ValidationError; ForbiddenError when it names what the caller's key may not use
 */
export function resolveRequest(
  request: ExportRequest,
  context: {
    organizationId: string
    dataset: Dataset
    findDataset(name: string): Dataset | undefined
    now: Date
  },
): ExportSpec {
  const { dataset } = context
  const issues: Issue[] = []
  const format = request.format ?? 'csv'
  const columns = resolveColumns(
    request.columns,
    { ...context, headerOf: resolveHeaders(request, issues) },
    issues,
  )
  checkWidth(columns, format, dataset, issues)
  const expand = resolveExpand(request.expand, context, issues)
  const options = resolveOptions(format, request.options, issues)
  if (format === 'parquet' && Array.isArray(options.textColumns)) {
    const { textColumns } = options
    collect(issues, () => checkColumns(columns, { textColumns }))
  }
  const packing = resolvePacking(request, issues)
  const { limit, excludeDelivered } = request
  if (excludeDelivered && !dataset.recordsDelivered) {
    issues.push({
      path: 'excludeDelivered',
      message: `it is not recorded which rows of ${dataset.name} were delivered`,
    })
  }
  if (request.values !== undefined && !valueStyles.includes(request.values)) {
    issues.push({ path: 'values', message: `must be one of ${valueStyles.join(', ')}` })
  }
  if (limit !== undefined && !(Number.isSafeInteger(limit) && limit >= 1)) {
    issues.push({ path: 'limit', message: 'must be a whole number from 1' })
  }
  const timeZone = typeof options.timeZone === 'string' ? options.timeZone : 'UTC'
  const filter = collect(issues, () => resolveFilter(request.filter, { ...context, timeZone }))
  const sort = collect(issues, () => resolveSort(request.sort ?? dataset.defaultSort ?? [], dataset))
  if (issues.length > 0) throw errorOf(issues)
  const rows = { columns, filter: filter ?? null, sort: sortWithLimit(sort ?? [], dataset, limit) }
  return {
    organizationId: context.organizationId,
    dataset: dataset.name,
    ...rows,
    format,
    options,
    ...packing,
    ...(expand === undefined ? {} : { expand }),
    ...(request.values === 'labels' ? { valueLanguage: (request.language ?? 'en').toLowerCase() } : {}),
    ...(countsFromToday(rows, dataset, context.findDataset) ? { today: dayOf(context.now, timeZone) } : {}),
    ...(excludeDelivered ? { excludeDelivered } : {}),
    ...(limit === undefined ? {} : { limit }),
  }
}

/**
 * The first rows of no order are others for another query, and which rows an export delivered is asked by
 * another query than its file: a limit without an order has the key's.
 */
function sortWithLimit(
  sort: readonly SortKey[],
  dataset: Dataset,
  limit: number | undefined,
): readonly SortKey[] {
  if (sort.length > 0 || limit === undefined || !dataset.recordsDelivered) return sort
  return keyOf(dataset).map((column) => ({ column, direction: 'asc', nulls: 'last' }))
}

/** Adds what is wrong to `issues`, so that the caller hears of everything at once. */
export function collect<T>(issues: Issue[], resolve: () => T): T | undefined {
  try {
    return resolve()
  } catch (error) {
    if (!(error instanceof ValidationError)) throw error
    issues.push(...error.issues)
    return undefined
  }
}

/** What the export is called; the dataset's label when the caller does not say. */
export function resolveName(name: string | undefined, dataset: Dataset, issues: Issue[]): string {
  const trimmed = name?.trim()
  if (!trimmed) return labelIn(dataset.label)
  if (trimmed.length > maxNameLength || trimmed.includes('\0')) {
    issues.push({ path: 'name', message: `can have ${maxNameLength} characters at most, and no NUL` })
  }
  return trimmed
}

interface ColumnContext {
  readonly dataset: Dataset
  findDataset(name: string): Dataset | undefined
  /** What a column without a label of its own is called. */
  headerOf(name: string, label: Labels): string
}

/** How headers are made. @see HeaderStyle */
function resolveHeaders(
  { headers = 'names', language }: ExportRequest,
  issues: Issue[],
): ColumnContext['headerOf'] {
  if (!headerStyles.includes(headers)) {
    issues.push({ path: 'headers', message: `must be one of ${headerStyles.join(', ')}` })
  }
  if (language !== undefined && !/^[a-z]{2,3}(-[a-z0-9]{2,8})*$/i.test(language)) {
    issues.push({ path: 'language', message: 'must be a BCP 47 tag such as de or pt-BR' })
  }
  return headers === 'labels' ? (_, label) => labelIn(label, language) : (name) => name
}

/** One row for each related row: only where there can be several. */
function resolveExpand(
  name: string | undefined,
  { dataset }: { dataset: Dataset },
  issues: Issue[],
): string | undefined {
  if (name === undefined) return undefined
  const relation = findRelation(dataset, name)
  if (relation?.kind === 'many') return name
  const names = visibleRelationsOf(dataset).filter((known) => dataset.relations?.[known]?.kind === 'many')
  const complaint = relation ? null : noRelation(dataset, name)
  if (complaint?.isForbidden) issues.push({ path: 'expand', ...complaint })
  else issues.push({ path: 'expand', message: unknownName('relation', name, names) })
  return undefined
}

function resolveColumns(
  asked: readonly ColumnRequest[] | undefined,
  context: ColumnContext,
  issues: Issue[],
  path = 'columns',
  depth = 1,
): SpecColumn[] {
  const { dataset } = context
  if (!asked) {
    const isKnown = (name: string) => depth === 1 || !dataset.columns[name]?.compute
    const names = defaultColumnsOf(dataset).filter(isKnown)
    if (names.length === 0) {
      const message = `This API key may use none of the default columns of ${dataset.name}`
      issues.push({ path, message, isForbidden: true })
    }
    return names.map((name) => {
      const column = findColumn(dataset, name)
      return { name, header: column ? context.headerOf(name, column.label) : name }
    })
  }
  if (asked.length === 0 || asked.length > maxColumns) {
    issues.push({ path, message: `takes 1 to ${maxColumns} columns; leave it out for the default ones` })
    return []
  }
  const seen = new Set<string>()
  return asked.map((column, index) => {
    const { name, label } = column
    const at = `${path}.${index}`
    if (seen.has(name)) issues.push({ path: `${at}.name`, message: `'${name}' is named twice` })
    seen.add(name)
    if (label !== undefined && (label.length > maxHeaderLength || label.includes('\0'))) {
      issues.push({
        path: `${at}.label`,
        message: `can have ${maxHeaderLength} characters at most, and no NUL`,
      })
    }
    // A nested header is the name of a member, which Postgres would cut at 63 bytes. @see NAMEDATALEN
    if (depth > 1 && !(Buffer.byteLength(label ?? name) <= maxNestedHeaderBytes && (label ?? name) !== '')) {
      issues.push({
        path: `${at}.label`,
        message: `must have 1 to ${maxNestedHeaderBytes} bytes within a relation`,
      })
    }
    const nested = resolveNested(column, context, issues, at, depth)
    const header = label ?? defaultHeader(name, context)
    return { name, header, ...(nested ? { columns: nested } : {}) }
  })
}

/** Functions' own columns and the key are read beside those of the file. */
function checkWidth(
  columns: readonly SpecColumn[],
  format: ExportFormat,
  dataset: Dataset,
  issues: Issue[],
): void {
  if (format === 'xls' && columns.length > maxXlsColumns) {
    const message = `an XLS sheet has at most ${maxXlsColumns} columns, not ${columns.length}; XLSX has room for more`
    issues.push({ path: 'columns', message })
  }
  const read = new Set(columns.flatMap(({ name }) => findColumn(dataset, name)?.compute?.from ?? []))
  if (read.size === 0 || columns.length + read.size + keyOf(dataset).length <= maxColumns) return
  const message = `takes ${maxColumns} columns at most, those that computed columns are made from included`
  issues.push({ path: 'columns', message })
}

/** Of related columns, the labels of the relations before the column's own: "Company: Name". */
function defaultHeader(name: string, context: ColumnContext): string {
  const found = findPath(name, context)
  if (!found) return name
  const labels = [
    ...found.steps.map(({ name: step, relation }) => ({ name: step, label: relation.label })),
    ...(found.column ? [{ name: found.column.name, label: found.column.column.label }] : []),
  ]
  const headers = labels.map((each) => context.headerOf(each.name, each.label))
  const areNames = headers.every((header, index) => header === labels[index]?.name)
  return areNames ? name : headers.join(': ')
}

/** The columns of nested rows, where the name is a relation's. */
function resolveNested(
  { name, columns }: ColumnRequest,
  context: ColumnContext,
  issues: Issue[],
  at: string,
  depth: number,
): SpecColumn[] | undefined {
  const found = findPath(name, context)
  if (!found) {
    issues.push({ path: `${at}.name`, ...noPath(name, context) })
    return undefined
  }
  if (found.column) {
    if (found.column.column.compute && (found.steps.length > 0 || depth > 1)) {
      const message = `'${name}' is computed: it goes into exports of ${found.steps.at(-1)?.dataset.name ?? context.dataset.name} only`
      issues.push({ path: `${at}.name`, message })
    }
    if (columns)
      issues.push({
        path: `${at}.columns`,
        message: `'${name}' is a column, not a relation: it has no columns`,
      })
    return undefined
  }
  if (depth > maxRelationDepth) {
    issues.push({ path: at, message: `relations can be nested ${maxRelationDepth} deep` })
    return undefined
  }
  const dataset = found.steps.at(-1)?.dataset ?? context.dataset
  return resolveColumns(columns, { ...context, dataset }, issues, `${at}.columns`, depth + 1)
}
