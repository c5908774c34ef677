import { ForbiddenError, ValidationError } from '../core/errors.ts'
import type { ExportRequest, Principal } from '../core/request.ts'
import { allows } from '../core/scope.ts'
import { formatFor } from '../engine/formats/formats.ts'
import { withLimit } from '../engine/plan/plan-query.ts'
import { readRows } from '../engine/read-rows.ts'
import { loadRequest } from './load-request.ts'
import { lookIntoSource } from './look-into-source.ts'
import { planRows } from './plan-rows.ts'
import type { Services } from './services.ts'

/** Somebody waits for the answer. */
const timeoutMs = 10_000
const maxBytes = 16 * 1024 * 1024

/**
 * Some rows at once, each the text of a JSON object whose keys are the headers. Makes no file and counts
 * against no limit: what needs more than a few pages is an export.
 * @throws ForbiddenError, ValidationError when the page has more than 16 MiB or takes longer than 10 seconds
 */
export async function pageRows(
  services: Pick<Services, 'orm' | 'datasets' | 'source' | 'now'>,
  principal: Principal,
  request: ExportRequest,
  page: { readonly offset: number; readonly limit: number },
): Promise<string[]> {
  if (!allows(principal.scopes, 'exports:write')) {
    throw new ForbiddenError('This API key may not read rows: it lacks the scope exports:write.')
  }
  const { dataset, findDataset, specAt } = await loadRequest(services, principal, {
    ...request,
    format: 'ndjson',
  })
  const spec = specAt(services.now())
  const plan = withLimit(
    await planRows(services, spec, { dataset, findDataset, tenant: principal.tenant }),
    page.limit,
  )
  const format = formatFor('ndjson')
  const { options } = spec
  const { signal } = new AbortController()
  const look = { tenant: principal.tenant, applicationName: 'sluice-page', timeoutMs }
  const text = await lookIntoSource(services, look, async ({ holder }) => {
    const rows = readRows(holder, {
      format,
      plan: { ...plan, orderBy: `${plan.orderBy} OFFSET ${page.offset}` },
      options,
      signal,
    })
    return await collect(format.encode(rows, { columns: plan.columns, options, signal }))
  })
  return text.split('\n').filter(Boolean)
}

async function collect(stream: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of stream) {
    bytes += chunk.length
    if (bytes > maxBytes) {
      const message = `The page has more than ${maxBytes} bytes. Ask for fewer rows or columns.`
      throw new ValidationError([{ path: '', message }])
    }
    // Copied: the source uses its memory again.
    chunks.push(Buffer.from(chunk))
  }
  return Buffer.concat(chunks).toString()
}
