import type { FilterQuery } from '@mikro-orm/core'
import { ForbiddenError } from '../core/errors.ts'
import type { Principal } from '../core/request.ts'
import { allows } from '../core/scope.ts'
import type { ExportStatus } from '../core/status.ts'
import { Export } from '../platform/db/entities/export.ts'
import type { Services } from './services.ts'

/** Everything that is given must hold. */
export interface ExportListFilter {
  /** Any of these. */
  readonly status?: readonly ExportStatus[]
  /** Any of these. */
  readonly dataset?: readonly string[]
  /** Any of these doors. */
  readonly door?: readonly string[]
  /** A member of what the door remembers of the request, and any of these values. */
  readonly doorDetail?: { readonly name: string; readonly values: readonly string[] }
}

export interface ExportList {
  readonly exports: readonly Export[]
  /** On all pages; null when it was not asked for. */
  readonly total: number | null
  readonly hasMore: boolean
}

/**
 * A page of the organization's exports, newest first. Pages by number are what vendors' clients ask for;
 * whoever can follow a cursor does better with GraphQL's `exports`.
 * @throws ForbiddenError
 */
export async function listExports(
  services: Pick<Services, 'orm'>,
  principal: Principal,
  filter: ExportListFilter,
  page: { offset: number; limit: number; withTotal?: boolean },
): Promise<ExportList> {
  if (!allows(principal.scopes, 'exports:read')) {
    throw new ForbiddenError('This API key may not read exports: it lacks the scope exports:read.')
  }
  const em = services.orm.em.fork()
  const where: FilterQuery<Export> = {
    organization: principal.organizationId,
    ...(filter.status ? { status: { $in: [...filter.status] } } : {}),
    ...(filter.dataset ? { dataset: { $in: [...filter.dataset] } } : {}),
    ...(filter.door ? { door: { $in: [...filter.door] } } : {}),
    ...(filter.doorDetail
      ? { doorDetails: { [filter.doorDetail.name]: { $in: [...filter.doorDetail.values] } } }
      : {}),
  }
  // One more than the page tells whether there is another.
  const rows = await em.find(Export, where, {
    orderBy: { createdAt: 'desc', id: 'desc' },
    offset: page.offset,
    limit: page.limit + 1,
  })
  return {
    exports: rows.slice(0, page.limit),
    total: page.withTotal ? await em.count(Export, where) : null,
    hasMore: rows.length > page.limit,
  }
}
