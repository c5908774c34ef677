import { quoteLiteral } from '../../core/sql.ts'

/**
 * SQL for the elements of an array as one text; of an empty array an empty text.
 * @param elementSql the text of one element; left out, Postgres' own text serves, which is faster
 */
export function joinedSql(
  array: string,
  options: { separator: string; nullText: string },
  elementSql?: (element: string) => string,
): string {
  const separator = quoteLiteral(options.separator)
  const nullText = quoteLiteral(options.nullText)
  // Without a third argument array_to_string would drop NULLs, and the others would move up.
  if (!elementSql) return `array_to_string(${array}, ${separator}, ${nullText})`
  const text = `coalesce((${elementSql('e.v')})::text, ${nullText})`
  const joined = `SELECT string_agg(${text}, ${separator} ORDER BY e.n) FROM unnest(a.v) WITH ORDINALITY AS e(v, n)`
  return `(SELECT CASE WHEN a.v IS NOT NULL THEN coalesce((${joined}), '') END FROM (SELECT ${array} AS v OFFSET 0) AS a)`
}
