import { ForbiddenError, NotFoundError } from '../core/errors.ts'
import type { Principal } from '../core/request.ts'
import { allows } from '../core/scope.ts'
import { Export } from '../platform/db/entities/export.ts'
import type { Services } from './services.ts'

/** The UUID, or the number that counts within the organization. */
export type ExportName = { readonly id: string } | { readonly number: number }

/**
 * One export of the organization, whatever door it came in by. Null names nothing: a malformed id, an
 * unknown one and another organization's look exactly alike.
 * @throws ForbiddenError, NotFoundError
 */
export async function findExport(
  services: Pick<Services, 'orm'>,
  principal: Principal,
  name: ExportName | null,
): Promise<Export> {
  if (!allows(principal.scopes, 'exports:read')) {
    throw new ForbiddenError('This API key may not read exports: it lacks the scope exports:read.')
  }
  const organization = principal.organizationId
  const found = name && (await services.orm.em.fork().findOne(Export, { ...name, organization }))
  if (!found) throw new NotFoundError('There is no such export.')
  return found
}
