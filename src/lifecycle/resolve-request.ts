import { type Dataset, defaultColumnsOf } from '../core/dataset.ts'
import { type Issue, ValidationError } from '../core/errors.ts'
import { findColumn } from '../core/find-column.ts'
import { labelIn } from '../core/labels.ts'
import { resolveOptions } from '../core/options.ts'
import type { ExportRequest } from '../core/request.ts'
import { resolveFilter } from '../core/resolve-filter.ts'
import { resolveSort } from '../core/resolve-sort.ts'
import {
  type Compression,
  compressions,
  type ExportSpec,
  type FileLimits,
  type SpecColumn,
} from '../core/spec.ts'
import { unknownName } from '../core/unknown-name.ts'

/** PostgreSQL's own limit for the columns of a result. */
const maxColumns = 1_600
const maxNameLength = 200
const maxHeaderLength = 1_000
/** Smaller files would be more than anybody wants to download. */
const minRowsPerFile = 100
const minBytesPerFile = 1024 * 1024

/**
 * Turns a request into the frozen spec, or says everything that is wrong with it at once.
 * @throws ValidationError
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
  const columns = resolveColumns(request.columns, dataset, issues)
  const options = resolveOptions(format, request.options, issues)
  const compression = resolveCompression(request.compression ?? 'none', issues)
  const fileLimits = resolveFileLimits(request, issues)
  const timeZone = typeof options.timeZone === 'string' ? options.timeZone : 'UTC'
  const filter = collect(issues, () => resolveFilter(request.filter, { ...context, timeZone }))
  const sort = collect(issues, () => resolveSort(request.sort ?? dataset.defaultSort ?? [], dataset))
  if (issues.length > 0) throw new ValidationError(issues)
  return {
    organizationId: context.organizationId,
    dataset: dataset.name,
    columns,
    filter: filter ?? null,
    sort: sort ?? [],
    format,
    compression,
    options,
    ...(fileLimits ? { fileLimits } : {}),
  }
}

function resolveFileLimits(request: ExportRequest, issues: Issue[]): FileLimits | undefined {
  const { maxRowsPerFile: maxRows, maxBytesPerFile: maxBytes } = request
  if (maxRows !== undefined && !(Number.isSafeInteger(maxRows) && maxRows >= minRowsPerFile)) {
    issues.push({ path: 'maxRowsPerFile', message: `must be a whole number from ${minRowsPerFile}` })
  }
  if (maxBytes !== undefined && !(Number.isSafeInteger(maxBytes) && maxBytes >= minBytesPerFile)) {
    issues.push({
      path: 'maxBytesPerFile',
      message: `must be a whole number from ${minBytesPerFile} (1 MiB)`,
    })
  }
  if (maxRows === undefined && maxBytes === undefined) return undefined
  return { ...(maxRows === undefined ? {} : { maxRows }), ...(maxBytes === undefined ? {} : { maxBytes }) }
}

/** Adds what is wrong to `issues`, so that the caller hears of everything at once. */
function collect<T>(issues: Issue[], resolve: () => T): T | undefined {
  try {
    return resolve()
  } catch (error) {
    if (!(error instanceof ValidationError)) throw error
    issues.push(...error.issues)
    return undefined
  }
}

/** What the export is called when the caller does not say. */
export function resolveName(name: string | undefined, dataset: Dataset): string {
  const trimmed = name?.trim()
  if (!trimmed) return labelIn(dataset.label)
  if (trimmed.length > maxNameLength) {
    throw new ValidationError([{ path: 'name', message: `can have ${maxNameLength} characters at most` }])
  }
  return trimmed
}

function resolveColumns(asked: ExportRequest['columns'], dataset: Dataset, issues: Issue[]): SpecColumn[] {
  if (!asked) return defaultColumnsOf(dataset).map((name) => ({ name, header: name }))
  if (asked.length === 0 || asked.length > maxColumns) {
    issues.push({
      path: 'columns',
      message: `takes 1 to ${maxColumns} columns; leave it out for the default ones`,
    })
    return []
  }
  const seen = new Set<string>()
  return asked.map(({ name, label }, index) => {
    if (!findColumn(dataset, name)) {
      const message = unknownName('column', name, Object.keys(dataset.columns))
      issues.push({ path: `columns.${index}.name`, message })
    } else if (seen.has(name))
      issues.push({ path: `columns.${index}.name`, message: `'${name}' is named twice` })
    seen.add(name)
    if (label !== undefined && (label.length > maxHeaderLength || label.includes('\0'))) {
      issues.push({
        path: `columns.${index}.label`,
        message: `can have ${maxHeaderLength} characters at most, and no NUL`,
      })
    }
    return { name, header: label ?? name }
  })
}

function resolveCompression(compression: Compression, issues: Issue[]): Compression {
  if (!compressions.includes(compression)) {
    issues.push({ path: 'compression', message: `must be one of ${compressions.join(', ')}` })
  }
  return compression
}
