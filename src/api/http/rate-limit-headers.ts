import type { RateLimit } from '../../core/errors.ts'

/**
 * A minute's requests, how many of them are left, and for how long.
 * @see draft-ietf-httpapi-ratelimit-headers-10: structured fields, a policy's name with its parameters
 */
export function rateLimitHeaders({ limit, remaining, resetSeconds }: RateLimit): Record<string, string> {
  return {
    'RateLimit-Policy': `"minute";q=${limit};w=60`,
    RateLimit: `"minute";r=${remaining};t=${resetSeconds}`,
  }
}
