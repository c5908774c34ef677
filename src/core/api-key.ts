import { createHash, randomBytes } from 'node:crypto'

/** How a secret begins, so that scanners and people know what they have found. */
const secretPrefix = 'slc_'
const shownCharacters = 12

/** A new secret with 192 random bits: `slc_` and 32 characters of base64url. */
export function newSecret(): string {
  return secretPrefix + randomBytes(24).toString('base64url')
}

export function hashSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('hex')
}

/** What is kept readable of a secret, to recognise it by: never more than a third of it. */
export function shownPart(secret: string): string {
  return secret.slice(0, Math.min(shownCharacters, Math.floor(secret.length / 3)))
}

/**
 * The secret that a request carries: `Authorization: Bearer <key>`, `X-Api-Key: <key>`, or Basic with the
 * key as user name and any password (or as password of an empty user name). Null when there is none.
 * @see RFC 6750, section 2.1; RFC 7617
 */
export function secretFrom(headers: { get(name: string): string | null }): string | null {
  const apiKey = headers.get('x-api-key')?.trim()
  if (apiKey) return apiKey
  const match = /^(bearer|basic) +(\S+) *$/i.exec(headers.get('authorization')?.trim() ?? '')
  if (!match?.[1] || !match[2]) return null
  if (match[1].toLowerCase() === 'bearer') return match[2]
  const pair = Buffer.from(match[2], 'base64').toString('utf8')
  const colon = pair.indexOf(':')
  if (colon < 0) return pair || null
  return pair.slice(0, colon) || pair.slice(colon + 1) || null
}
