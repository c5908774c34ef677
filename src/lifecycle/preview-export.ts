import { ForbiddenError, ValidationError } from '../core/errors.ts'
import type { ExportRequest, Principal } from '../core/request.ts'
import { allows } from '../core/scope.ts'
import type { ExportSpec, SpecColumn } from '../core/spec.ts'
import { formatFor } from '../engine/formats/formats.ts'
import { type QueryPlan, withLimit } from '../engine/plan/plan-query.ts'
import { readRows } from '../engine/read-rows.ts'
import { Snapshot } from '../engine/source/snapshot.ts'
import { loadRequest } from './load-request.ts'
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
  await using snapshot = await Snapshot.take({
    url: services.source.url,
    timeZone: String(spec.options.timeZone ?? 'UTC'),
    applicationName: 'sluice-preview',
    statementTimeoutMs: timeoutMs,
  })
  const cells = plan.columns.map(({ sql }) => `left((${sql})::text, ${maxCellLength})`)
  const values = await snapshot.holder.query<(string | null)[]>({
    text: `SELECT ${cells.join(', ')} ${plan.from} ${plan.orderBy}`,
    rowMode: 'array',
  })
  const text = textFormats.has(spec.format) ? await beginningOf(snapshot, plan, spec) : null
  return { columns: spec.columns, rows: values.rows, text }
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
    chunks.push(chunk)
    bytes += chunk.length
    if (bytes > maxTextBytes) break
  }
  return Buffer.concat(chunks).subarray(0, maxTextBytes).toString()
}
