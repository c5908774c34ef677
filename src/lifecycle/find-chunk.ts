import { ForbiddenError, NotFoundError } from '../core/errors.ts'
import type { Principal } from '../core/request.ts'
import { allows } from '../core/scope.ts'
import type { Export } from '../platform/db/entities/export.ts'
import { ExportFile } from '../platform/db/entities/export-file.ts'
import type { Services } from './services.ts'

/** One of the several files of an export, with its parent. */
export interface Chunk {
  readonly file: ExportFile
  readonly export: Export
}

/**
 * By the number that a file among several has in its organization. Null names nothing; unknown numbers
 * and another organization's look exactly alike.
 * @throws ForbiddenError, NotFoundError
 */
export async function findChunk(
  services: Pick<Services, 'orm'>,
  principal: Principal,
  number: number | null,
): Promise<Chunk> {
  if (!allows(principal.scopes, 'exports:read')) {
    throw new ForbiddenError('This API key may not read exports: it lacks the scope exports:read.')
  }
  const where = { organization: principal.organizationId, number }
  const file =
    number === null ? null : await services.orm.em.fork().findOne(ExportFile, where, { populate: ['export'] })
  if (!file) throw new NotFoundError('There is no such export.')
  return { file, export: file.export.getEntity() }
}
