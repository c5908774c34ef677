import type { FileColumn } from '../format.ts'
import { cellText, endOfCell, NEWLINE } from './copy-text.ts'

/** Characters of the default font. @see ECMA-376 Part 1, 18.3.1.13 `col` */
const narrowest = 8
const widest = 60
/** Room for the cell's own margin. */
const margin = 2
/** Room for the header's filter button, and for bold letters. */
const filterButton = 3

/** What a cell of this type shows, whatever Postgres writes. */
const shown: Readonly<Record<string, number>> = {
  boolean: 'FALSE'.length,
  date: '2026-03-10'.length,
  time: '12:00:00.123'.length,
  timestamp: '2026-03-10 12:00:00.123'.length,
  timestamptz: '2026-03-10 12:00:00.123'.length,
}

/** A width for each column, from its header, its type, and a sample of its rows as COPY text. */
export function columnWidths(columns: readonly FileColumn[], sample: Buffer): number[] {
  const characters = columns.map(({ header, type }) =>
    Math.max(charactersOf(header) + filterButton, shown[type] ?? 0),
  )
  for (let at = 0, column = 0; at < sample.length; at++) {
    const end = endOfCell(sample, at)
    const width = characters[column]
    if (width !== undefined && !(columns[column]!.type in shown)) {
      characters[column] = Math.max(width, charactersOf(cellText(sample, at, end) ?? ''))
    }
    column = sample[end] === NEWLINE ? 0 : column + 1
    at = end
  }
  return characters.map((count) => Math.min(widest, Math.max(narrowest, count + margin)))
}

/** Of the longest line; East Asian characters take two. */
function charactersOf(text: string): number {
  let longest = 0
  // Past the widest column it makes no difference.
  for (const line of text.slice(0, 2000).split('\n')) {
    let count = 0
    for (const character of line)
      count += /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\uff00-\uff60]/.test(character) ? 2 : 1
    longest = Math.max(longest, count)
  }
  return longest
}
