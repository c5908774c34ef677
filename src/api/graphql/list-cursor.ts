import { isUuid } from './export-id.ts'

/** Where a list goes on: the value that its rows are ordered by, and the id that decides between equal ones. */
export interface ListPosition {
  readonly value: string
  readonly id: string
}

const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/

/** Opaque to clients, so that its contents can change. */
export function writeCursor({ value, id }: ListPosition): string {
  return Buffer.from(JSON.stringify([value, id])).toString('base64url')
}

/** Null for what is no cursor of a list ordered by this: text of anybody's making goes into no query. */
export function readCursor(cursor: string, orderedBy: 'instant' | 'text'): ListPosition | null {
  const [value, id] = elementsOf(cursor)
  if (typeof value !== 'string' || typeof id !== 'string' || !isUuid(id)) return null
  const isValue =
    orderedBy === 'instant'
      ? instant.test(value) && !Number.isNaN(Date.parse(value))
      : value.isWellFormed() && !value.includes('\0')
  return isValue ? { value, id } : null
}

function elementsOf(cursor: string): unknown[] {
  try {
    const elements: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString())
    return Array.isArray(elements) && elements.length === 2 ? elements : []
  } catch {
    return []
  }
}
