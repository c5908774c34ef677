import type { JsonOptions } from '../../core/options/json.ts'
import type { Format, RowBlock } from './format.ts'
import { jsonLines } from './json-lines.ts'
import { jsonCopySql } from './json-row-sql.ts'

/** One JSON object a line, as Postgres wrote it. @see https://github.com/ndjson/ndjson-spec */
export const ndjson: Format = {
  extension: 'ndjson',
  contentType: 'application/x-ndjson',
  copySql: (plan, options) => jsonCopySql(plan, options as JsonOptions),
  async *encode(rows) {
    for await (const block of rows as AsyncIterable<RowBlock>) yield jsonLines(block.bytes)
  },
}
