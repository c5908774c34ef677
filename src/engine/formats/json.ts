import type { JsonOptions } from '../../core/options/json.ts'
import type { Format } from './format.ts'
import { jsonCells } from './json-cells.ts'
import { jsonLines } from './json-lines.ts'
import { jsonCopySql } from './json-row-sql.ts'

/** copyOut ends each row with it, so that what is written here for every block is all there is to do. */
const rowEnd = ',\n'
const separator = Buffer.from(rowEnd)

/** One array of objects, each on a line of its own, in constant memory. */
export const json: Format = {
  extension: 'json',
  contentType: 'application/json',
  copySql: (plan, options) => jsonCopySql(plan, options as JsonOptions),
  cells: (columns, options) => jsonCells(columns, options as JsonOptions, rowEnd),
  rowEnd: () => rowEnd,
  async *encode(rows) {
    let before = Buffer.from('[\n')
    for await (const { bytes } of rows) {
      if (!bytes.subarray(-separator.length).equals(separator)) {
        throw new TypeError(`A row does not end in ${JSON.stringify(rowEnd)}`)
      }
      yield before
      // The last one's is held back: only the next block shows that it is needed.
      yield jsonLines(bytes.subarray(0, -separator.length))
      before = separator
    }
    yield Buffer.from(before === separator ? '\n]\n' : '[]\n')
  },
}
