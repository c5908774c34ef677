/** What identifies a stored file to caches. It never changes under its id, so both are strong. */
export interface Validators {
  /** Without quotes. */
  readonly etag: string
  /** HTTP knows whole seconds only. */
  readonly lastModified: Date
}

/**
 * What the conditional fields of a GET or HEAD decide, in the order that RFC 9110 section 13.2.2
 * prescribes. A date that is no HTTP date is ignored (sections 13.1.3, 13.1.4).
 */
export function precondition(headers: Headers, file: Validators): 'proceed' | 'not-modified' | 'failed' {
  const modified = wholeSeconds(file.lastModified)

  const ifMatch = headers.get('if-match')
  const unmodifiedSince = httpDate(headers.get('if-unmodified-since'))
  if (ifMatch !== null) {
    if (!names(ifMatch, file.etag, 'strong')) return 'failed'
  } else if (unmodifiedSince !== null && modified > unmodifiedSince) {
    return 'failed'
  }

  const ifNoneMatch = headers.get('if-none-match')
  const modifiedSince = httpDate(headers.get('if-modified-since'))
  if (ifNoneMatch !== null) {
    if (names(ifNoneMatch, file.etag, 'weak')) return 'not-modified'
  } else if (modifiedSince !== null && modified <= modifiedSince) {
    return 'not-modified'
  }
  return 'proceed'
}

/** Whether a Range may be answered with a part: If-Range is absent or names this very file. @see RFC 9110 section 13.1.5 */
export function rangeStillApplies(headers: Headers, file: Validators): boolean {
  const ifRange = headers.get('if-range')?.trim()
  if (ifRange === undefined) return true
  if (ifRange.startsWith('"') || ifRange.startsWith('W/')) return ifRange === `"${file.etag}"`
  return httpDate(ifRange) === wholeSeconds(file.lastModified)
}

/** Opaque tags may hold commas, so a list is not split at them. @see RFC 9110 section 8.8.3 */
function names(list: string, etag: string, comparison: 'strong' | 'weak'): boolean {
  if (list.trim() === '*') return true
  for (const [, weak, tag] of list.matchAll(/(W\/)?"([\x21\x23-\x7e\x80-\xff]*)"/g)) {
    if (tag === etag && (comparison === 'weak' || !weak)) return true
  }
  return false
}

const imfFixdate = /^\w{3}, \d{2} \w{3} \d{4} \d{2}:\d{2}:\d{2} GMT$/
const rfc850Date = /^\w{6,9}, \d{2}-\w{3}-\d{2} \d{2}:\d{2}:\d{2} GMT$/
const asctimeDate = /^\w{3} \w{3} [ \d]\d \d{2}:\d{2}:\d{2} \d{4}$/

/** Seconds since 1970, or null. All three forms are to be understood. @see RFC 9110 section 5.6.7 */
function httpDate(text: string | null): number | null {
  const trimmed = text?.trim() ?? ''
  // asctime names no zone and means UTC, where Date.parse would take the server's.
  const zoned = asctimeDate.test(trimmed) ? `${trimmed} GMT` : trimmed
  if (zoned === trimmed && !imfFixdate.test(trimmed) && !rfc850Date.test(trimmed)) return null
  const parsed = Date.parse(zoned)
  return Number.isNaN(parsed) ? null : parsed / 1000
}

function wholeSeconds(date: Date): number {
  return Math.floor(date.getTime() / 1000)
}
