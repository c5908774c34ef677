import type { Context } from 'hono'

/** Everything a download can be refused with: status, and the sentence for whoever clicked. */
const refusals = {
  SIGNATURE_INVALID: [
    403,
    'This link is not valid. Copy it again, whole; or ask for the export again to get a fresh link.',
  ],
  LINK_REVOKED: [
    403,
    'The API key that this link was made for does not work any more, or may not have all that is in the file. Ask for a link with a key that may.',
  ],
  FILE_NOT_FOUND: [404, 'There is no such file. Ask for the export again.'],
  METHOD_NOT_ALLOWED: [405, 'A file can only be read. Use GET or HEAD.'],
  LINK_EXPIRED: [410, 'This link has expired. Ask for the export again to get a fresh link.'],
  FILE_EXPIRED: [410, 'This file has expired and was removed. Make the export again.'],
  PRECONDITION_FAILED: [
    412,
    'The file is not the one that If-Match or If-Unmodified-Since names. Download it from the start.',
  ],
  RANGE_NOT_SATISFIABLE: [
    416,
    'The range begins after the end of the file; Content-Range says how long it is.',
  ],
  INTERNAL_ERROR: [500, 'The server failed. Try again; if it stays, report it with the time of this answer.'],
  FILE_UNAVAILABLE: [
    503,
    'The file cannot be read just now. Try again in a while; if it stays, make the export again.',
  ],
} as const

export type DownloadRefusal = keyof typeof refusals

/** A refusal is JSON, and no cache may keep it: the next answer may be another. */
export function refuse(c: Context, code: DownloadRefusal, headers: Record<string, string> = {}): Response {
  const [status, message] = refusals[code]
  return c.json({ error: { code, message } }, status, { 'Cache-Control': 'no-store', ...headers })
}
