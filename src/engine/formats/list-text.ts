import type { ScalarType } from '../../core/column-type.ts'
import type { ValueText } from './format.ts'

type List = readonly ValueText[]

/** `joinedSql` for a list in JavaScript that holds no lists. */
export function joinedText(
  list: List,
  options: { separator: string; nullText: string },
  elementText: (element: string) => string = (element) => element,
): string {
  return list
    .map((element) => (typeof element === 'string' ? elementText(element) : options.nullText))
    .join(options.separator)
}

/** Postgres' own text of an array, in which booleans are t and f. @see PostgreSQL docs, "Array Input and Output Syntax" */
export function arrayText(list: List, type: ScalarType): string {
  const elements = list.map((element) => {
    if (isList(element)) return arrayText(element, type)
    if (element === null) return 'NULL'
    return type === 'boolean' ? element.slice(0, 1) : quotedElement(element)
  })
  return `{${elements.join(',')}}`
}

function quotedElement(text: string): string {
  const needsQuotes = text === '' || /[\\"{}, \t\n\r\v\f]/.test(text) || text.toLowerCase() === 'null'
  return needsQuotes ? `"${text.replaceAll(/["\\]/g, '\\$&')}"` : text
}

/** Array.isArray does not know readonly arrays. */
export function isList(value: ValueText): value is List {
  return Array.isArray(value)
}
