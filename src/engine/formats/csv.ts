import { stringify } from 'csv-stringify/sync'
import type { CsvOptions } from '../../core/options.ts'
import { quoteLiteral } from '../../core/sql.ts'
import { cellSql } from './cell-sql.ts'
import type { FileRequest, Format, RowBlock } from './format.ts'

/** Comma-separated values, written by Postgres itself; only the header row is ours. @see RFC 4180 */
export const csv: Format = {
  extension: 'csv',
  contentType: 'text/csv; charset=utf-8',

  copySql(plan, untyped) {
    const options = untyped as CsvOptions
    const cells = plan.columns.map((column) => cellSql(column, options)).join(', ')
    const copyOptions = [
      'FORMAT csv',
      `DELIMITER ${quoteLiteral(options.delimiter)}`,
      `NULL ${quoteLiteral(options.nullText)}`,
      ...(options.quote === 'all' ? ['FORCE_QUOTE *'] : []),
    ]
    return `COPY (SELECT ${cells} ${plan.from} ${plan.orderBy}) TO STDOUT WITH (${copyOptions.join(', ')})`
  },

  async *encode(rows, file) {
    const beginning = beginningOf(file)
    if (beginning.length > 0) yield beginning
    for await (const block of rows as AsyncIterable<RowBlock>) yield block.bytes
  },
}

function beginningOf(file: FileRequest): Buffer {
  const options = file.options as CsvOptions
  const header = options.header
    ? stringify([file.columns.map((column) => column.header)], {
        delimiter: options.delimiter,
        quoted: options.quote === 'all',
        record_delimiter: '\n',
      })
    : ''
  return Buffer.from((options.bom ? '\ufeff' : '') + header)
}
