import { decodeGlobalID } from '@pothos/plugin-relay'
import { NotFoundError } from '../../core/errors.ts'

export function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(text)
}

/** The id behind a global id; the bare UUID is taken as well. Null for anything else. */
export function parseExportId(id: string): string | null {
  if (isUuid(id)) return id.toLowerCase()
  try {
    const { typename, id: bare } = decodeGlobalID(id)
    return typename === 'Export' && isUuid(bare) ? bare.toLowerCase() : null
  } catch {
    return null
  }
}

/** @throws NotFoundError: a malformed id names nothing, like an unknown one */
export function requireExportId(id: string): string {
  const parsed = parseExportId(id)
  if (!parsed) throw new NotFoundError('There is no such export.')
  return parsed
}
