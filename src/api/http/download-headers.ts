import type { Disposition } from '../../core/signed-url.ts'
import { contentDisposition } from './content-disposition.ts'
import type { DownloadableFile } from './download.ts'
import type { Representation } from './representation.ts'

export const allowedMethods = 'GET, HEAD, OPTIONS'

// The address itself is the credential, so any page may read with it; the file is untrusted content
// of our origin, so no browser may run it; and the address must not travel on as a referrer.
export const everyAnswerHeaders = {
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Expose-Headers':
    'Accept-Ranges, Content-Disposition, Content-Encoding, Content-Length, Content-Range, Digest, ETag, Last-Modified, Repr-Digest, Retry-After',
  'Content-Security-Policy': 'sandbox',
  'Cross-Origin-Resource-Policy': 'cross-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
}

export const preflightHeaders = {
  Allow: allowedMethods,
  'Access-Control-Allow-Methods': allowedMethods,
  'Access-Control-Allow-Headers':
    'If-Match, If-Modified-Since, If-None-Match, If-Range, If-Unmodified-Since, Range',
  'Access-Control-Max-Age': '86400',
}

/** What a 304 repeats too. @see RFC 9110 section 15.4.5 */
export function cachingHeaders(
  file: DownloadableFile,
  { sha256 }: Representation,
  linkExpiresAt: Date,
  now: Date,
): Record<string, string> {
  return {
    ETag: `"${sha256}"`,
    ...(file.contentEncoding && { Vary: 'Accept-Encoding' }),
    'Last-Modified': file.createdAt.toUTCString(),
    'Cache-Control': `private, no-transform, max-age=${secondsToKeep(now, linkExpiresAt, file.expiresAt)}`,
  }
}

/** Both digests are of the whole representation as it is sent, also in a 206. @see RFC 9530 section 3, RFC 3230 section 4.3.2 */
export function representationHeaders(
  file: DownloadableFile,
  representation: Representation,
  disposition: Disposition,
): Record<string, string> {
  const sha256 = Buffer.from(representation.sha256, 'hex').toString('base64')
  return {
    'Accept-Ranges': 'bytes',
    'Content-Type': file.contentType,
    'Content-Disposition': contentDisposition(file.fileName, disposition),
    'Repr-Digest': `sha-256=:${sha256}:`,
    Digest: `sha-256=${sha256}`,
    ...(file.contentEncoding && !representation.decodes && { 'Content-Encoding': file.contentEncoding }),
  }
}

/** Until the link or the file expires, whichever comes first. */
function secondsToKeep(now: Date, linkExpiresAt: Date, fileExpiresAt: Date | null): number {
  const ends = Math.min(linkExpiresAt.getTime(), fileExpiresAt?.getTime() ?? Number.POSITIVE_INFINITY)
  return Math.max(0, Math.floor((ends - now.getTime()) / 1000))
}
