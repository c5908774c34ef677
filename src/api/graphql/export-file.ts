import { linkEndOf, signLink } from '../../lifecycle/link-files.ts'
import type { Export } from '../../platform/db/entities/export.ts'
import type { ExportFile } from '../../platform/db/entities/export-file.ts'
import { builder } from './builder.ts'
import type { Context } from './context.ts'
import { ContentEncodingEnum } from './export-format.ts'

/** A file, and until when a link to it works. */
interface LinkedFile {
  readonly file: ExportFile
  readonly linkExpiresAt: Date
}

export const ExportFileType = builder.objectRef<LinkedFile>('ExportFile').implement({
  description: 'A finished file.',
  fields: (t) => ({
    number: t.field({
      type: 'BigInt',
      nullable: true,
      description:
        'Of a file among several: its own number, counted with the exports of the organization. Null: it is the only one.',
      resolve: ({ file }) => file.number ?? null,
    }),
    name: t.string({ description: 'What a download is called.', resolve: ({ file }) => file.name }),
    url: t.string({
      description:
        'A signed link that works without a key, in any browser, until `expiresAt`. Every answer has a fresh one.',
      resolve: (linked, _args, { services }) => linkTo(linked, services),
    }),
    bytes: t.field({
      type: 'BigInt',
      description:
        'Size of what a client has in the end: of the decoded content where there is a `contentEncoding`.',
      resolve: ({ file }) => file.plainBytes ?? file.bytes,
    }),
    rows: t.field({
      type: 'BigInt',
      description: 'Rows in it, without the header.',
      resolve: ({ file }) => file.rows,
    }),
    sha256: t.string({
      description: 'SHA-256 of the same bytes, hex.',
      resolve: ({ file }) => file.plainSha256 ?? file.sha256,
    }),
    contentEncoding: t.field({
      type: ContentEncodingEnum,
      nullable: true,
      description: 'What the bytes are stored and sent in, to clients that accept it; null: nothing.',
      resolve: ({ file }) => file.contentEncoding ?? null,
    }),
    contentType: t.string({ description: 'Media type.', resolve: ({ file }) => file.contentType }),
    expiresAt: t.field({
      type: 'DateTime',
      description: 'When `url` stops working.',
      resolve: ({ linkExpiresAt }) => linkExpiresAt,
    }),
  }),
})

export const ManifestType = builder.objectRef<LinkedFile>('Manifest').implement({
  description: 'What the files hold: the resolved spec, the snapshot, rows and SHA-256 of each file.',
  fields: (t) => ({
    url: t.string({
      description: 'A signed link, like those of the files.',
      resolve: (linked, _args, { services }) => linkTo(linked, services),
    }),
  }),
})

async function linkTo({ file, linkExpiresAt }: LinkedFile, services: Context['services']): Promise<string> {
  return signLink(services, { key: await services.signingKeys.newest(), file, expiresAt: linkExpiresAt })
}

/** None until the export is completed, and after its files have expired. */
export async function linkedFiles(row: Export, context: Context): Promise<LinkedFile[]> {
  if (row.status !== 'completed') return []
  const [files, organization] = await Promise.all([
    context.load.files(row.id),
    context.load.organization(row.organization.id),
  ])
  const { linkLifetimeSeconds } = organization.plan.getEntity()
  const linkExpiresAt = linkEndOf(context.services, row, linkLifetimeSeconds)
  return files.map((file) => ({ file, linkExpiresAt }))
}
