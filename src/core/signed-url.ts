import { createHmac, timingSafeEqual } from 'node:crypto'

/**
 * Links to files are credentials of their own: whoever holds one may download that file until it
 * expires, with no key and no session.
 *
 *     <base>/files/<file id>/<name>?expires=<unix seconds>&key=<key id>&signature=<HMAC-SHA256, base64url>
 *
 * `&for=<API key id>` is there when the link was signed for a key, whose rights are then looked at again.
 * `&disposition=inline` is there only when it is inline. The name is for people and for `curl -O`: it
 * is not signed, and the answer carries the stored name. Each link has exactly one valid spelling.
 */
export type Disposition = 'attachment' | 'inline'

export interface SigningKey {
  /** Public, part of every link: 1 to 64 letters, digits, `-` and `_`. */
  readonly id: string
  /** 32 random bytes or more. @see RFC 2104 section 3 */
  readonly secret: Buffer
}

export interface FileLink {
  /** Where the server is reached from outside, with any path prefix: `https://exports.example.com`. */
  readonly baseUrl: string
  readonly fileId: string
  readonly fileName: string
  /** Rounded down to the second. */
  readonly expiresAt: Date
  /** Default: attachment. */
  readonly disposition?: Disposition
  /** Id of the API key that the link is signed for: it dies with that key. Left out: it lives until it expires. */
  readonly grantedTo?: string | undefined
  readonly key: SigningKey
}

/** What stood in a request's address; undefined where there was nothing. */
export interface FileUrlParams {
  readonly fileId: string
  readonly expires: string | undefined
  readonly key: string | undefined
  readonly signature: string | undefined
  readonly disposition: string | undefined
  /** `for` in the address. */
  readonly grantedTo?: string | undefined
}

export type FileUrlVerdict =
  | {
      readonly verdict: 'ok'
      readonly expiresAt: Date
      readonly disposition: Disposition
      readonly grantedTo?: string
    }
  | { readonly verdict: 'expired'; readonly expiresAt: Date }
  | { readonly verdict: 'forged' }
  | { readonly verdict: 'malformed' }

const fileIdWord = /^[A-Za-z0-9_-]{1,128}$/
const keyIdWord = /^[A-Za-z0-9_-]{1,64}$/
// No leading zeros, and within the range of Date (8.64e12 seconds).
const unixSeconds = /^(?:0|[1-9][0-9]{0,11})$/
const base64Sha256 = /^[A-Za-z0-9_-]{43}$/
const minSecretBytes = 32

/** @throws TypeError or RangeError for what could not be verified later: a mistake of the caller */
export function signFileUrl(link: FileLink): string {
  const { fileId, expiresAt, disposition = 'attachment', grantedTo, key } = link
  const expires = String(Math.floor(expiresAt.getTime() / 1000))
  if (!fileIdWord.test(fileId)) {
    throw new TypeError(
      `The file id ${JSON.stringify(fileId)} cannot stand in a link; use 1 to 128 letters, digits, "-" and "_"`,
    )
  }
  if (!keyIdWord.test(key.id)) {
    throw new TypeError(
      `The signing key's id ${JSON.stringify(key.id)} cannot stand in a link; use 1 to 64 letters, digits, "-" and "_"`,
    )
  }
  if (grantedTo !== undefined && !keyIdWord.test(grantedTo)) {
    throw new TypeError(`The API key's id ${JSON.stringify(grantedTo)} cannot stand in a link`)
  }
  if (key.secret.length < minSecretBytes) {
    throw new RangeError(
      `The signing key ${key.id} has ${key.secret.length} bytes; use ${minSecretBytes} random bytes or more`,
    )
  }
  if (!unixSeconds.test(expires)) {
    throw new RangeError(`A link cannot expire at ${expires} seconds; use a date from 1970 to 33658`)
  }
  const query = new URLSearchParams({
    expires,
    key: key.id,
    ...(grantedTo !== undefined && { for: grantedTo }),
    signature: signatureOf({ fileId, expires, disposition, grantedTo }, key),
    ...(disposition === 'inline' && { disposition }),
  })
  return `${withoutTrailingSlash(link.baseUrl)}/files/${fileId}/${pathSegmentOf(link.fileName)}?${query}`
}

/**
 * `keys` are all that are still honoured: one signs, the retired ones stay until their last link has
 * expired. The expiry is looked at only after the signature, so a forger learns nothing from it.
 */
export function verifyFileUrl(params: FileUrlParams, keys: readonly SigningKey[], now: Date): FileUrlVerdict {
  const { fileId, expires = '', key: keyId = '', signature = '', grantedTo } = params
  const disposition = dispositionOf(params.disposition)
  const wellFormed =
    fileIdWord.test(fileId) &&
    keyIdWord.test(keyId) &&
    (grantedTo === undefined || keyIdWord.test(grantedTo)) &&
    unixSeconds.test(expires) &&
    base64Sha256.test(signature)
  if (!wellFormed || disposition === null) return { verdict: 'malformed' }
  const key = keys.find((candidate) => candidate.id === keyId)
  if (!key) return { verdict: 'forged' }
  // Compared as text: the last base64url letter carries two unused bits, so four spellings decode alike.
  const right = signatureOf({ fileId, expires, disposition, grantedTo }, key)
  if (!timingSafeEqual(Buffer.from(right), Buffer.from(signature))) return { verdict: 'forged' }
  const expiresAt = new Date(Number(expires) * 1000)
  if (expiresAt <= now) return { verdict: 'expired', expiresAt }
  return { verdict: 'ok', expiresAt, disposition, ...(grantedTo === undefined ? {} : { grantedTo }) }
}

/** "attachment" is never written out: a second spelling of a link would be an alteration of it. */
function dispositionOf(spelled: string | undefined): Disposition | null {
  if (spelled === undefined) return 'attachment'
  return spelled === 'inline' ? 'inline' : null
}

/** JSON keeps the fields apart whatever they hold; the first says what the text is, and its version. */
function signatureOf(
  link: { fileId: string; expires: string; disposition: Disposition; grantedTo: string | undefined },
  key: SigningKey,
): string {
  const { fileId, expires, disposition, grantedTo } = link
  const fields = ['sluice.file-link.v1', fileId, expires, disposition, key.id]
  const text = JSON.stringify(grantedTo === undefined ? fields : [...fields, grantedTo])
  return createHmac('sha256', key.secret).update(text).digest('base64url')
}

function withoutTrailingSlash(baseUrl: string): string {
  const url = new URL(baseUrl)
  if (!/^https?:$/.test(url.protocol) || url.search || url.hash) {
    throw new TypeError(
      `The base address ${JSON.stringify(baseUrl)} cannot begin a link; use http(s)://host with an optional path, no query and no fragment`,
    )
  }
  return url.href.replace(/\/+$/, '')
}

/** One path segment. `.` and `..`, encoded or not, would be resolved away. @see WHATWG URL, "double-dot" */
function pathSegmentOf(fileName: string): string {
  const name = fileName.toWellFormed().replace(/[\p{Cc}/\\]/gu, '_')
  return /^\.{0,2}$/.test(name) ? 'file' : encodeURIComponent(name)
}
