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
  /** The API key that links are signed for: they end with it. Left out: nobody's. */
  readonly linksFor?: { readonly keyId: string; readonly expiresAt: Date | null }
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
  return (await linkFilesOf(services, [row], lifetimeSeconds)).get(row.id) ?? []
}

/** As `linkFiles`, by the ids of a page of one organization's exports: one query for all of them. */
export async function linkFilesOf(
  services: Pick<Services, 'orm' | 'now'> & LinkServices,
  rows: readonly Export[],
  lifetimeSeconds?: number | 'files',
): Promise<ReadonlyMap<string, readonly LinkedFile[]>> {
  const now = services.now()
  const kept = rows.filter(
    ({ status, expiresAt }) => status === 'completed' && !(expiresAt && expiresAt <= now),
  )
  const [first] = kept
  if (!first) return new Map()
  const em = services.orm.em.fork()
  const ids = kept.map(({ id }) => id)
  const files = await em.find(
    ExportFile,
    { export: { $in: ids }, kind: 'data' },
    { orderBy: { position: 'asc' } },
  )
  const byExport = Map.groupBy(files, (file) => file.export.id)
  const lifetime = lifetimeSeconds ?? (await lifetimeOfPlan(em, first))
  const key = await services.signingKeys.newest()
  return new Map(
    kept.map((row) => {
      const expiresAt = linkEndOf(services, row, lifetime)
      const link = (file: ExportFile): LinkedFile => ({
        file,
        expiresAt,
        url: signLink(services, { key, file, expiresAt }),
      })
      return [row.id, (byExport.get(row.id) ?? []).map(link)]
    }),
  )
}

/**
 * When links to an export's files end: with their lifetime, with the files or with the key that they are signed
 * for, whichever is first.
 */
export function linkEndOf(
  { now, linksFor }: Pick<Services, 'now'> & Pick<LinkServices, 'linksFor'>,
  { expiresAt }: Pick<Export, 'expiresAt'>,
  lifetimeSeconds: number | 'files',
): Date {
  const lifetimeEnd = lifetimeSeconds === 'files' ? null : new Date(now().getTime() + lifetimeSeconds * 1000)
  const ends = [lifetimeEnd, expiresAt, linksFor?.expiresAt].map(
    (end) => end?.getTime() ?? Number.POSITIVE_INFINITY,
  )
  return new Date(Math.min(...ends))
}

export function signLink(
  { publicUrl, linksFor }: Pick<LinkServices, 'publicUrl' | 'linksFor'>,
  link: {
    key: Awaited<ReturnType<LinkServices['signingKeys']['newest']>>
    file: Pick<ExportFile, 'id' | 'name'>
    expiresAt: Date
  },
): string {
  const { key, file, expiresAt } = link
  return signFileUrl({
    baseUrl: publicUrl(),
    fileId: file.id,
    fileName: file.name,
    expiresAt,
    grantedTo: linksFor?.keyId,
    key,
  })
}

async function lifetimeOfPlan(em: Services['orm']['em'], row: Export): Promise<number> {
  const organization = await em.findOneOrFail(Organization, row.organization.id, { populate: ['plan'] })
  return organization.plan.getEntity().linkLifetimeSeconds
}
