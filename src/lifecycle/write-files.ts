import { ExportFailure } from '../core/failure.ts'
import type { FileLimits } from '../core/spec.ts'
import { compressionFor } from '../engine/compression/compression.ts'
import { formatFor } from '../engine/formats/formats.ts'
import { isJoinable } from '../engine/joinable.ts'
import { type FileResult, makeFile } from '../engine/pipeline.ts'
import { splitParts } from '../engine/plan/split-parts.ts'
import { cutRows } from '../engine/source/cut-rows.ts'
import type { Snapshot } from '../engine/source/snapshot.ts'
import type { Export } from '../platform/db/entities/export.ts'
import type { Attempt } from './attempt.ts'
import { fileNameOf } from './file-name.ts'
import { checkRowLimit, type PreparedQuery } from './prepare-query.ts'
import { readAttemptRows } from './read-attempt-rows.ts'
import type { Services } from './services.ts'
import { writeParts } from './write-parts.ts'
import { zipLargeFile } from './zip-large-file.ts'

/** A file that is complete in storage and not yet published. */
export interface WrittenFile extends FileResult {
  readonly name: string
  readonly storageKey: string
  readonly contentType: string
}

export interface WriteContext {
  readonly row: Export
  readonly attempt: Attempt
  readonly snapshot: Snapshot
  readonly prepared: PreparedQuery
  readonly estimatedRows: number
  readonly signal: AbortSignal
}

/** Files of one export: more than anybody downloads one by one. */
const maxFiles = 400

/** Writes an attempt's files: one from one stream, one from parts made side by side, or several of bounded size. */
export async function writeFiles(services: Services, context: WriteContext): Promise<WrittenFile[]> {
  const files: WrittenFile[] = []
  for (const file of await writeUnpacked(services, context))
    files.push(await zipLargeFile(services, context, file))
  return files
}

async function writeUnpacked(services: Services, context: WriteContext): Promise<WrittenFile[]> {
  const { row, snapshot, prepared, estimatedRows } = context
  if (row.spec.fileLimits) return await writeSeveral(services, context, row.spec.fileLimits)
  if (isJoinable(row.spec) && prepared.canBeSplit) {
    const conditions = await splitParts(snapshot, {
      dataset: prepared.dataset,
      plan: prepared.query,
      sort: row.spec.sort,
      estimatedRows,
      rowsPerPart: services.partRows,
    })
    if (conditions.length > 1) {
      return [await writeParts(services, { ...context, conditions, target: targetOf(row, context.attempt) })]
    }
  }
  return await writeSeveral(services, context, {})
}

/** Where a file goes, and what it is called. */
export interface FileTarget {
  readonly name: string
  /** Without the compression's extension: what a container holds. */
  readonly innerName: string
  readonly storageKey: string
  readonly contentType: string
}

/** @param number from 1, when there are several files */
function targetOf(row: Export, attempt: Attempt, number?: number): FileTarget {
  const format = formatFor(row.spec.format)
  const compression = compressionFor(row.spec.compression)
  const innerName = fileNameOf(row.name, { createdAt: row.createdAt, extension: format.extension, number })
  const fileName = innerName + compression.extension
  return {
    name: fileName,
    innerName,
    storageKey: `${row.organization.id}/${row.id}/${attempt.number}/${fileName}`,
    contentType: compression.contentType ?? format.contentTypeFor?.(row.spec.options) ?? format.contentType,
  }
}

/** Whole files of all that there will be, once the rows are counted; only a limit of rows tells how many. */
function filesOf(
  { exactRows }: Attempt,
  { maxRows }: FileLimits,
  ready: number,
): { partsReady: number; partsTotal: number } | undefined {
  if (maxRows === undefined || exactRows === null) return undefined
  return { partsReady: ready, partsTotal: Math.max(ready + 1, Math.ceil(exactRows / maxRows)) }
}

/** One stream, cut into files where a limit is reached. Without limits it is one file. */
async function writeSeveral(
  services: Services,
  context: WriteContext,
  limits: FileLimits,
): Promise<WrittenFile[]> {
  const { row, attempt, snapshot, prepared, signal } = context
  const { spec } = row
  const format = formatFor(spec.format)
  const compression = compressionFor(spec.contentEncoding ?? spec.compression)
  const source = readAttemptRows(services, context, limits)
  const files: WrittenFile[] = []
  const columns = (await format.describeColumns?.(snapshot.holder, prepared.query)) ?? prepared.query.columns
  let rows = 0
  let bytes = 0
  for await (const rowsOfFile of cutRows(source, limits)) {
    if (files.length === maxFiles) {
      throw new ExportFailure(
        'TOO_MANY_FILES',
        `An export can have ${maxFiles} files at most. Let each have more rows or bytes.`,
      )
    }
    const isAlone = limits.maxRows === undefined && limits.maxBytes === undefined
    const target = targetOf(row, attempt, isAlone ? undefined : files.length + 1)
    await using upload = await services.storage.openUpload(target.storageKey)
    const result = await makeFile({
      rows: rowsOfFile,
      columns,
      format,
      options: spec.options,
      compress: (encoded) =>
        compression.encode(encoded, {
          fileName: target.innerName,
          modifiedAt: row.createdAt,
          level: spec.compressionLevel,
          signal,
        }),
      isContentEncoding: spec.contentEncoding !== undefined,
      upload,
      onWritten(written) {
        checkRowLimit(prepared.plan, rows + written.rows)
        attempt.report({
          rowsExported: rows + written.rows,
          bytes: bytes + written.bytes,
          ...(isAlone ? {} : filesOf(attempt, limits, files.length)),
        })
      },
      signal,
    })
    rows += result.rows
    bytes += result.bytes
    // Rows are counted when their block has been taken, so `onWritten` has not seen those of the last one.
    checkRowLimit(prepared.plan, rows)
    const { name, storageKey, contentType } = target
    files.push({ name, storageKey, contentType, ...result })
  }
  return files
}
