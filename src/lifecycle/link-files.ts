import { signFileUrl } from '../core/signed-url.ts'
import type { Export } from '../platform/db/entities/export.ts'
import { ExportFile } from '../platform/db/entities/export-file.ts'
import { Organization } from '../platform/db/entities/organization.ts'
import type { Services } from './services.ts'
import type { SigningKeys } from './signing-keys.ts'

/** What signing a link takes. */
export interface LinkServices {
  readonly signingKeys: Pick<SigningKeys, 'newest'>
  /** Without a trailing slash; links begin with it. */
  publicUrl(): string
}

export interface LinkedFile {
  readonly file: ExportFile
  /** Works without a key until `expiresAt`. */
  readonly url: string
  readonly expiresAt: Date
}

/**
 * The files of an export with fresh links, in order; none unless it is completed and its files are kept.
 * @param lifetimeSeconds of the links, which end with the files at the latest. Default: the plan's; `files`: as long as the files
 */
export async function linkFiles(
  services: Pick<Services, 'orm' | 'now'> & LinkServices,
  row: Export,
  lifetimeSeconds?: number | 'files',
): Promise<readonly LinkedFile[]> {
  const now = services.now()
  if (row.status !== 'completed' || (row.expiresAt && row.expiresAt <= now)) return []
  const em = services.orm.em.fork()
  const files = await em.find(ExportFile, { export: row.id, kind: 'data' }, { orderBy: { position: 'asc' } })
  const filesEnd = row.expiresAt?.getTime() ?? Number.POSITIVE_INFINITY
  const lifetime = lifetimeSeconds ?? (await lifetimeOfPlan(em, row))
  const expiresAt = new Date(
    lifetime === 'files' ? filesEnd : Math.min(now.getTime() + lifetime * 1000, filesEnd),
  )
  const key = await services.signingKeys.newest()
  return files.map((file) => ({
    file,
    expiresAt,
    url: signFileUrl({ baseUrl: services.publicUrl(), fileId: file.id, fileName: file.name, expiresAt, key }),
  }))
}

async function lifetimeOfPlan(em: Services['orm']['em'], row: Export): Promise<number> {
  const organization = await em.findOneOrFail(Organization, row.organization.id, { populate: ['plan'] })
  return organization.plan.getEntity().linkLifetimeSeconds
}
