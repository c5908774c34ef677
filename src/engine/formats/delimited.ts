import { stringify } from 'csv-stringify/sync'
import { isNumeric } from '../../core/column-type.ts'
import type { CsvOptions } from '../../core/options/delimited.ts'
import { quoteLiteral } from '../../core/sql.ts'
import type { PlannedColumn } from '../plan/plan-query.ts'
import { cellSql, valueSql } from './cell-sql.ts'
import { cellText } from './cell-text.ts'
import type { FileColumn, Format, RowBlock } from './format.ts'
import { guardText } from './formula-guard.ts'
import { selectCells } from './select-cells.ts'
import { encodeText } from './text-encoding.ts'

/** Cells between delimiters, written by Postgres itself; only the header row is ours, and bytes that must not be UTF-8. */
export function delimited(
  extension: string,
  mediaType: string,
  optionsOf: (untyped: unknown) => CsvOptions,
): Format {
  const rowEnd = (untyped: unknown) => (optionsOf(untyped).lineEnding === 'crlf' ? '\r\n' : '\n')
  return {
    extension,
    contentType: `${mediaType}; charset=utf-8`,
    contentTypeFor: (untyped) => `${mediaType}; charset=${optionsOf(untyped).encoding}`,
    rowEnd,

    copySql(plan, untyped) {
      const options = optionsOf(untyped)
      const select = selectCells(
        plan,
        (column) => valueSql(column, options),
        (value, column) => cellSql(value, column, options),
      )
      const quoted = quotedColumns(plan.columns, options)
      const copyOptions = [
        'FORMAT csv',
        `DELIMITER ${quoteLiteral(options.delimiter)}`,
        `NULL ${quoteLiteral(options.nullText)}`,
        ...(quoted ? [`FORCE_QUOTE ${quoted}`] : []),
      ]
      return `COPY (${select}) TO STDOUT WITH (${copyOptions.join(', ')})`
    },

    cells(columns, untyped) {
      const options = optionsOf(untyped)
      return {
        valueSql: (column) => valueSql(column, options),
        cellSql: (value, column) => cellSql(value, column, options),
        cellText: (value, column) => cellText(value, column, options),
        rowsText: rowWriter(columns, options, rowEnd(untyped)),
      }
    },

    encode(rows, file) {
      const options = optionsOf(file.options)
      const end = rowEnd(options)
      return encodeText(utf8Of(beginningOf(file.columns, options, end), rows, end), options.encoding)
    },
  }
}

/** What FORCE_QUOTE names: columns of the COPY's query; undefined for none. */
function quotedColumns(columns: readonly PlannedColumn[], { quote }: CsvOptions): string | undefined {
  switch (quote) {
    case 'minimal':
      return undefined
    case 'all':
      return '*'
    case 'nonnumeric': {
      const names = columns.flatMap(({ type }, index) => (isNumeric(type) ? [] : [`c${index}`]))
      return names.length > 0 ? `(${names.join(', ')})` : undefined
    }
    default:
      return quote satisfies never
  }
}

function beginningOf(columns: readonly FileColumn[], options: CsvOptions, rowEnd: string): string {
  const mark = (options.bom ?? options.encoding === 'utf-16le') ? '\ufeff' : ''
  if (!options.header) return mark
  const names = columns.map(({ header }) => (options.formulaGuard ? guardText(header) : header))
  return mark + stringify([names], stringifyOptions(options, columns.length, rowEnd))
}

/** csv-stringify's options under which it writes what COPY does: null bare, and the same texts quoted. */
export function stringifyOptions(options: CsvOptions, columns: number, rowEnd: string) {
  const quoted = options.quote !== 'minimal'
  return {
    delimiter: options.delimiter,
    quoted,
    // Empty ones too, of which `quoted` knows nothing; `quoted_empty` would quote null.
    quoted_string: quoted,
    quoted_match: [
      /[\r\n]/,
      new RegExp(`^${RegExp.escape(options.nullText)}$`),
      // Alone on a line this is the end of data to psql.
      ...(columns === 1 ? [/^\\\.$/] : []),
    ],
    record_delimiter: rowEnd,
  }
}

/** A cell of a column of numbers: bare under `nonnumeric`, where csv-stringify quotes strings. */
class BareCell {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

/** csv-stringify over rows of cells, with the bytes that COPY would have given them. */
function rowWriter(
  columns: readonly FileColumn[],
  options: CsvOptions,
  rowEnd: string,
): (rows: readonly (readonly (string | null)[])[]) => string {
  const settings = {
    ...stringifyOptions(options, columns.length, rowEnd),
    cast: {
      object: (cell: object) => (cell as BareCell).text,
      null: () => ({ value: options.nullText, quoted: false, quoted_string: false, quoted_match: null }),
    },
  }
  if (options.quote !== 'nonnumeric') return (rows) => stringify(rows as string[][], settings)
  const isBare = columns.map(({ type }) => isNumeric(type))
  const bare = (cell: string | null, index: number) =>
    cell !== null && isBare[index] ? new BareCell(cell) : cell
  return (rows) =>
    stringify(
      rows.map((row) => row.map(bare)),
      { ...settings, quoted: false },
    )
}

async function* utf8Of(
  beginning: string,
  rows: AsyncIterable<RowBlock>,
  rowEnd: string,
): AsyncGenerator<Buffer> {
  if (beginning !== '') yield Buffer.from(beginning)
  const end = Buffer.from(rowEnd)
  for await (const { bytes } of rows) {
    if (!bytes.subarray(-end.length).equals(end))
      throw new TypeError(`A row does not end in ${JSON.stringify(rowEnd)}`)
    yield bytes
  }
}
