/**
 * Text of SQL that COPY needs: its query cannot take parameters, so values become literals, here and
 * nowhere else. Identifiers come from dataset declarations, never from a caller.
 */

/** An identifier, always quoted. @throws when it holds a NUL, which Postgres cannot store. */
export function quoteIdentifier(name: string): string {
  if (name.includes('\0')) throw new TypeError('An SQL identifier cannot hold a NUL character')
  return `"${name.replaceAll('"', '""')}"`
}

/**
 * A string literal. Safe under either setting of standard_conforming_strings: a text with a backslash
 * is written as an escape string. @throws on NUL, which Postgres cannot store in text.
 */
export function quoteLiteral(value: string): string {
  if (value.includes('\0')) throw new TypeError('An SQL literal cannot hold a NUL character')
  const quoted = `'${value.replaceAll("'", "''")}'`
  return value.includes('\\') ? ` E${quoted.replaceAll('\\', '\\\\')}` : quoted
}

export function quoteTable(table: { schema: string; name: string }): string {
  return `${quoteIdentifier(table.schema)}.${quoteIdentifier(table.name)}`
}
