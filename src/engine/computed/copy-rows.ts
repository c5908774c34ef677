/** Cells of COPY's text format, as texts; null for NULL. */
export type CopyRow = readonly (string | null)[]

/** What a backslash and a letter stand for. @see PostgreSQL docs, COPY, "Text Format" */
const escapes: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' }

/** Whole rows, each ending in a line feed: raw tabs and line feeds never stand inside a cell. */
export function copyRows(bytes: Buffer): CopyRow[] {
  const lines = bytes.toString('utf8').split('\n')
  lines.pop()
  return lines.map((line) => line.split('\t').map(cellOf))
}

function cellOf(cell: string): string | null {
  if (!cell.includes('\\')) return cell
  if (cell === '\\N') return null
  return cell.replace(/\\(.)/gs, (_, letter: string) => escapes[letter] ?? letter)
}
