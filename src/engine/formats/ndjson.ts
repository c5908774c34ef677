import type { JsonOptions } from '../../core/options/json.ts'
import type { Format, RowBlock } from './format.ts'
import { jsonCells } from './json-cells.ts'
import { jsonLines } from './json-lines.ts'
import { jsonCopySql } from './json-row-sql.ts'

/** One JSON object a line, as Postgres wrote it. @see https://github.com/ndjson/ndjson-spec */
export const ndjson: Format = {
  extension: 'ndjson',
  contentType: 'application/x-ndjson',
  copySql: (plan, options) => jsonCopySql(plan, options as JsonOptions),
  cells: (columns, options) => jsonCells(columns, options as JsonOptions, '\n'),
  async *encode(rows) {
    for await (const block of rows as AsyncIterable<RowBlock>) yield jsonLines(block.bytes)
  },
}
