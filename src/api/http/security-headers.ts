import type { MiddlewareHandler } from 'hono'

/** An answer that is no page: whatever a browser would make of it, it may load and run nothing. */
const noPage = "default-src 'none'; frame-ancestors 'none'"

/**
 * GraphiQL comes as one page with its scripts and styles within it, so these are allowed; nothing is
 * loaded from elsewhere, and nothing is sent there.
 */
const graphiqlPage = [
  "default-src 'self'",
  "script-src 'self' 'unsafe-inline'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "worker-src 'self' blob:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** A year. Only over https, where a browser heeds it. @see RFC 6797 section 7.2 */
const strictTransport = 'max-age=31536000'

const ofEveryAnswer = {
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
}

/** Headers of every answer. A route that has reasons for other ones sets them itself. */
export function securityHeaders(publicUrl: () => string): MiddlewareHandler {
  return async (c, next) => {
    await next()
    const { headers } = c.res
    const isPage = headers.get('content-type')?.startsWith('text/html') ?? false
    const wanted = {
      ...ofEveryAnswer,
      'Content-Security-Policy': isPage ? graphiqlPage : noPage,
      // Answers hold an organization's data, and links that work for whoever reads them.
      ...(isPage ? {} : { 'Cache-Control': 'no-store' }),
      ...(publicUrl().startsWith('https:') ? { 'Strict-Transport-Security': strictTransport } : {}),
    }
    for (const [name, value] of Object.entries(wanted)) if (!headers.has(name)) c.header(name, value)
  }
}
