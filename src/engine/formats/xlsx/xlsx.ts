import { ValidationError } from '../../../core/errors.ts'
import { type ZipEntry, zip } from '../../compression/zip.ts'
import { excelFormatsOf } from '../excel-format.ts'
import type { FileColumn, RowBlock } from '../format.ts'
import { CellBuffer } from './cell-buffer.ts'
import { columnWidths } from './column-widths.ts'
import { excelLimits, maxColumns, type SheetLimits } from './limits.ts'
import {
  applicationXml,
  contentTypesXml,
  coreXml,
  packageRelationshipsXml,
  type SheetPart,
  sheetPath,
  workbookRelationshipsXml,
  workbookXml,
} from './package-parts.ts'
import { RowReader } from './row-reader.ts'
import { type SheetLayout, sheetXml } from './sheet.ts'
import { sheetNames } from './sheet-names.ts'
import { stylesXml } from './styles.ts'

export interface XlsxOptions {
  /** Made valid: see `sheetNames`. Default `Export`. */
  readonly sheetName?: string | undefined
  /** The document's title. Default none. */
  readonly title?: string | undefined
  /** The document's date, and its parts' in the archive. Default none (1980 in the archive). */
  readonly createdAt?: Date | undefined
  /**
   * The zone that instants were written in, that is the session's TimeZone. Cells have no zone; the
   * document's description says it. Default `UTC`.
   */
  readonly timeZone?: string | undefined
  /**
   * zlib's level, 0 to 9. Default 1: level 6 makes the file a sixth smaller for 2.6 times the time spent
   * in zlib, which is most of the time there is.
   */
  readonly level?: number | undefined
  /** Smaller ones are for tests. */
  readonly limits?: Partial<SheetLimits> | undefined
  /** Called once, after the last byte was taken. */
  readonly onSummary?: ((summary: XlsxSummary) => void) | undefined
}

/** What a reader of the file should be told. */
export interface XlsxSummary {
  /** Cells, headers too, that had more than 32,767 characters and lost some. */
  readonly truncatedCells: number
  readonly sheets: number
}

/**
 * A workbook of `rows`, which are COPY's text format in UTF-8 with a cell for each column, lists already
 * joined to text. Each sheet has a frozen, bold header with a filter; after 1,048,576 rows the next
 * begins. NULL is no cell, an empty text is an empty one. Memory does not grow with the rows (about
 * 10 MiB); equal rows and options give equal bytes, however the rows are cut into blocks.
 *
 * A block may be overwritten once the next one is asked for. Ending early, by `return`, an error or
 * `signal`, closes `rows`.
 * @throws ValidationError before reading anything, for no columns or more than 16,384; ZipEntryTooLarge
 * when one row takes a sheet past 4 GiB; the signal's reason; the errors of `rows`.
 * @see text-cell.ts, number-cell.ts, date-cell.ts for what becomes of values that Excel cannot hold
 */
export async function* xlsx(
  rows: AsyncIterable<RowBlock>,
  columns: readonly FileColumn[],
  options: XlsxOptions = {},
  signal?: AbortSignal,
): AsyncGenerator<Buffer, void, void> {
  checkColumns(columns)
  const { level = 1, onSummary } = options
  const cells = new CellBuffer()
  const sheets: SheetPart[] = []
  const blocks = rows[Symbol.asyncIterator]()
  try {
    yield* zip(parts(new RowReader(blocks), columns, options, cells, sheets), { level, signal })
  } finally {
    await blocks.return?.()
  }
  onSummary?.({ truncatedCells: cells.truncatedCells, sheets: sheets.length })
}

function checkColumns(columns: readonly FileColumn[]): void {
  if (columns.length === 0) {
    throw new ValidationError([{ path: 'columns', message: 'an XLSX file needs at least one column' }])
  }
  if (columns.length > maxColumns) {
    const message = `an XLSX sheet has at most ${maxColumns} columns, not ${columns.length}`
    throw new ValidationError([{ path: 'columns', message }])
  }
}

/**
 * The package's parts. `_rels` and `docProps` come first, by which libmagic and browsers know a workbook;
 * those that name all sheets come when all are written. Fills `sheets`.
 */
async function* parts(
  reader: RowReader,
  columns: readonly FileColumn[],
  options: XlsxOptions,
  cells: CellBuffer,
  sheets: SheetPart[],
): AsyncGenerator<ZipEntry, void, void> {
  const modifiedAt = options.createdAt ?? new Date(0)
  const part = (name: string, bytes: AsyncIterable<Buffer>): ZipEntry => ({
    name,
    bytes,
    modifiedAt,
    below4GiB: true,
  })
  const textPart = (name: string, xml: string) => part(name, only(Buffer.from(xml)))

  yield textPart('_rels/.rels', packageRelationshipsXml)
  yield textPart(
    'docProps/core.xml',
    coreXml({ ...options, description: zoneNote(columns, options.timeZone) }),
  )
  yield textPart('docProps/app.xml', applicationXml)
  yield textPart('xl/styles.xml', stylesXml(excelFormatsOf(columns)))

  const widths = columnWidths(columns, await reader.sample(100, 256 * 1024))
  const layout: SheetLayout = { columns, widths, limits: { ...excelLimits, ...options.limits } }
  const names = sheetNames(options.sheetName ?? 'Export')
  do {
    const name = names.next().value
    const counted = async function* (): AsyncGenerator<Buffer, void, void> {
      const count = yield* sheetXml(cells, reader, layout)
      sheets.push({ name, rows: count, columns: columns.length })
    }
    yield part(sheetPath(sheets.length), counted())
  } while (await reader.hasRows())

  yield textPart('xl/workbook.xml', workbookXml(sheets))
  yield textPart('xl/_rels/workbook.xml.rels', workbookRelationshipsXml(sheets))
  yield textPart('[Content_Types].xml', contentTypesXml(sheets))
}

function zoneNote(columns: readonly FileColumn[], timeZone = 'UTC'): string | undefined {
  return columns.some(({ type }) => type === 'timestamptz') ? `Times are in ${timeZone}.` : undefined
}

async function* only(bytes: Buffer): AsyncGenerator<Buffer, void, void> {
  yield bytes
}
