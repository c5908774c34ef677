import type { MiddlewareHandler } from 'hono'
import { cors } from 'hono/cors'

/** What a page may read besides the body. */
const exposeHeaders = [
  'RateLimit',
  'RateLimit-Policy',
  'Retry-After',
  'X-RateLimit-Limit',
  'X-RateLimit-Remaining',
  'X-RateLimit-Reset',
  'X-Request-Id',
]
const maxAgeSeconds = 86_400

/**
 * Which other origins' pages may read our answers. Keys come in headers and never in cookies, so a page
 * can do nothing here that it has no key for; there are no credentials that a browser would add.
 * Downloads have rules of their own: a link works from anywhere.
 * @param origins `*`: all
 */
export function crossOrigin(origins: readonly string[]): MiddlewareHandler {
  const answer = cors({
    origin: origins.includes('*') ? '*' : [...origins],
    allowMethods: ['GET', 'HEAD', 'POST'],
    exposeHeaders,
    maxAge: maxAgeSeconds,
  })
  return async (c, next) => {
    const isPreflight = c.req.header('access-control-request-method') !== undefined
    const isOptions = c.req.method === 'OPTIONS'
    if (c.req.path.startsWith('/files/') || (isOptions && !isPreflight)) return await next()
    return await answer(c, next)
  }
}
