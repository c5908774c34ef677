const byteOrderMark = '\u00ef\u00bb\u00bf'

/**
 * Lines of JSON as rows of COPY's text format: the number of the line, and the line as it stands. An empty
 * line becomes a row with NULL, so that COPY counts lines as the file does.
 */
export async function* numberLines(
  source: AsyncIterable<Uint8Array>,
): AsyncGenerator<Buffer, void, undefined> {
  let line = 0
  let rest = ''
  // As Latin-1 every byte is one character and comes out as it was; what is replaced is ASCII.
  for await (const piece of source) {
    const text = rest + Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength).toString('latin1')
    const lines = text.split('\n')
    rest = lines.pop() ?? ''
    if (lines.length > 0) yield Buffer.from(lines.map((json) => row(++line, json)).join(''), 'latin1')
  }
  if (rest !== '') yield Buffer.from(row(++line, rest), 'latin1')
}

function row(line: number, json: string): string {
  const bare = (line === 1 && json.startsWith(byteOrderMark) ? json.slice(3) : json).trim()
  if (bare === '') return `${line}\t\\N\n`
  return `${line}\t${bare.replaceAll('\\', '\\\\').replaceAll('\t', '\\t').replaceAll('\r', '\\r')}\n`
}
