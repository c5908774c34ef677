import { defineEntity, type InferEntity, p } from '@mikro-orm/core'
import type { ContentEncoding } from '../../../core/spec.ts'
import { ownRows } from '../own-rows.ts'
import { Export } from './export.ts'
import { Organization } from './organization.ts'

/** A finished object in storage. The row is written with the status change that publishes it. */
export const ExportFile = defineEntity({
  name: 'ExportFile',
  tableName: 'export_files',
  schema: 'sluice',
  rowLevelSecurity: 'force',
  policies: [ownRows('organization_id')],
  uniques: [{ name: 'export_files_number', properties: ['organization', 'number'] }],
  properties: {
    id: p.uuid().primary(),
    organization: () => p.manyToOne(Organization).ref().deleteRule('cascade'),
    export: () => p.manyToOne(Export).ref().deleteRule('cascade').index(),
    /** `manifest`: what the data files hold, for `sluice verify`. */
    kind: p.string().columnType('text').$type<'data' | 'manifest'>(),
    /** Counts from 0 in the order of the rows. */
    position: p.integer(),
    /** Of a file among several: counted with the exports of its organization. */
    number: p.bigint('number').nullable(),
    name: p.string().columnType('text'),
    storageKey: p.string().columnType('text').unique(),
    contentType: p.string().columnType('text'),
    contentEncoding: p.string().columnType('text').nullable().$type<ContentEncoding>(),
    /** Decoded, where it is stored in a content encoding. */
    plainBytes: p.bigint('number').nullable(),
    plainSha256: p.string().columnType('text').nullable(),
    bytes: p.bigint('number'),
    rows: p.bigint('number'),
    /** Hex. */
    sha256: p.string().columnType('text'),
    createdAt: p.datetime(3),
    /** Set when the file has expired: its object goes from storage then, with the next sweep at the latest. */
    deletedAt: p.datetime(3).nullable(),
  },
})
export type ExportFile = InferEntity<typeof ExportFile>
