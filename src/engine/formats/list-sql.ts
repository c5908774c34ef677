import { quoteLiteral } from '../../core/sql.ts'
import { ownColumn } from './select-cells.ts'

/**
 * SQL for the elements of an array as one text; of an empty array an empty text. An array of arrays keeps
 * Postgres' own text: joined, nobody could tell its rows.
 * @param elementSql the text of one element; left out, Postgres' own text serves, which is faster
 */
export function joinedSql(
  array: string,
  options: { separator: string; nullText: string },
  elementSql?: (element: string) => string,
): string {
  const separator = quoteLiteral(options.separator)
  const nullText = quoteLiteral(options.nullText)
  const text = elementSql && `coalesce((${elementSql('e.v')})::text, ${nullText})`
  const joined = (value: string) =>
    // Without a third argument array_to_string would drop NULLs, and the others would move up.
    text === undefined
      ? `array_to_string(${value}, ${separator}, ${nullText})`
      : `coalesce((SELECT string_agg(${text}, ${separator} ORDER BY e.n) FROM unnest(${value}) WITH ORDINALITY AS e(v, n)), '')`
  const flat = (value: string) =>
    `CASE WHEN array_ndims(${value}) > 1 THEN ${value}::text WHEN ${value} IS NOT NULL THEN ${joined(value)} END`
  // Where the array has to be computed, a subquery does that once.
  if (text === undefined && ownColumn.test(array)) return flat(array)
  return `(SELECT ${flat('a.v')} FROM (SELECT ${array} AS v OFFSET 0) AS a)`
}
