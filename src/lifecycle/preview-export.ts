import { scalarOf } from '../core/column-type.ts'
import { ForbiddenError, ValidationError } from '../core/errors.ts'
import type { ExportRequest, Principal } from '../core/request.ts'
import { allows } from '../core/scope.ts'
import type { ExportSpec, SpecColumn } from '../core/spec.ts'
import { openTimeZone } from '../core/time-zone.ts'
import { computedQuery } from '../engine/computed/computed-rows.ts'
import { ComputeFailedError } from '../engine/computed/errors.ts'
import type { CellFormat } from '../engine/formats/format.ts'
import { formatFor } from '../engine/formats/formats.ts'
import { arrayText, isList } from '../engine/formats/list-text.ts'
import { type QueryPlan, withLimit } from '../engine/plan/plan-query.ts'
import { readRows, timeZoneOf } from '../engine/read-rows.ts'
import type { Snapshot } from '../engine/source/snapshot.ts'
import { loadRequest } from './load-request.ts'
import { lookIntoSource } from './look-into-source.ts'
import { planRows } from './plan-rows.ts'
import type { Services } from './services.ts'

const defaultRows = 10
const maxRows = 100
/** Characters of a cell, and bytes of the file's text: somebody only wants to look. */
const maxCellLength = 2_000
const maxTextBytes = 256 * 1024
const timeoutMs = 10_000

const textFormats: ReadonlySet<string> = new Set(['csv', 'tsv', 'json', 'ndjson'])

export interface ExportPreview {
  readonly columns: readonly SpecColumn[]
  /** Values as text, cut at 2,000 characters; null for NULL. */
  readonly rows: readonly (readonly (string | null)[])[]
  /** The beginning of the file, for the text formats; null for the others. */
  readonly text: string | null
}

/**
 * The first rows as they would look in the file. Makes nothing and counts against no limit.
 * @param rows default 10, at most 100
 * @throws ForbiddenError, ValidationError
 */
export async function previewExport(
  services: Pick<Services, 'orm' | 'datasets' | 'source' | 'now'>,
  principal: Principal,
  request: ExportRequest,
  rows = defaultRows,
): Promise<ExportPreview> {
  if (!allows(principal.scopes, 'exports:write')) {
    throw new ForbiddenError('This API key may not read rows: it lacks the scope exports:write.')
  }
  if (!(Number.isSafeInteger(rows) && rows >= 1 && rows <= maxRows)) {
    throw new ValidationError([{ path: 'rows', message: `must be a whole number from 1 to ${maxRows}` }])
  }
  const { dataset, findDataset, specAt } = await loadRequest(services, principal, request)
  const spec = specAt(services.now())
  const plan = withLimit(
    await planRows(services, spec, { dataset, findDataset, tenant: principal.tenant }),
    rows,
  )
  const look = {
    tenant: principal.tenant,
    applicationName: 'sluice-preview',
    timeZone: timeZoneOf(spec.options),
    timeoutMs,
  }
  try {
    return await lookIntoSource(services, look, async (snapshot) => ({
      columns: spec.columns,
      rows: await readCells(snapshot, plan, spec),
      text: textFormats.has(spec.format) ? await beginningOf(snapshot, plan, spec) : null,
    }))
  } catch (error) {
    if (!(error instanceof ComputeFailedError)) throw error
    throw new ValidationError([{ path: 'columns', message: error.message }])
  }
}

async function readCells(
  snapshot: Snapshot,
  plan: QueryPlan,
  spec: ExportSpec,
): Promise<ExportPreview['rows']> {
  const query = computedQuery(plan, previewCells, openTimeZone(timeZoneOf(spec.options)))
  const { rows } = await snapshot.holder.query<(string | null)[]>({
    text: query.sql,
    rowMode: 'array',
    // As COPY would give it: no numbers, no Dates.
    types: { getTypeParser: () => (text: string) => text },
  })
  return rows.map((row) => query.cells.map((cellOf) => cellOf(row)))
}

/** Postgres' own text, cut. */
const previewCells: Omit<CellFormat, 'rowsText'> = {
  valueSql: ({ sql }) => `left((${sql})::text, ${maxCellLength})`,
  cellSql: (value) => value,
  cellText(value, { type }) {
    const text = isList(value) ? arrayText(value, scalarOf(type)) : value
    return text === null ? null : Array.from(text).slice(0, maxCellLength).join('')
  },
}

async function beginningOf(snapshot: Snapshot, plan: QueryPlan, spec: ExportSpec): Promise<string> {
  const format = formatFor(spec.format)
  // Somebody reads it on a screen, whatever the file's bytes will be.
  const options = {
    ...spec.options,
    ...('encoding' in spec.options ? { encoding: 'utf-8', bom: false } : {}),
  }
  const { signal } = new AbortController()
  const rows = readRows(snapshot.holder, { format, plan, options, signal })
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of format.encode(rows, { columns: plan.columns, options, signal })) {
    // Copied: the source uses its memory again.
    chunks.push(Buffer.from(chunk))
    bytes += chunk.length
    if (bytes > maxTextBytes) break
  }
  return Buffer.concat(chunks).subarray(0, maxTextBytes).toString()
}
