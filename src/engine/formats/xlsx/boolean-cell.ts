import { type CellWriter, type Snippet, snippet } from './cell-buffer.ts'

const rest = snippet('" t="b"><v>')
const close = snippet('</v></c>')
const T = 0x74

/** COPY's `t` and `f`. */
export function booleanCell(column: Snippet): CellWriter {
  return (cells) => {
    cells.openCell(column, rest)
    cells.out[cells.at++] = cells.input[cells.from] === T ? 0x31 : 0x30
    cells.write(close)
    cells.from++
  }
}
