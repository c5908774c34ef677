import type { Dialect } from '../../dialect.ts'
import { errors } from './errors.ts'
import { routes } from './routes.ts'

export const dealmachine: Dialect = {
  name: 'dealmachine',
  title: 'DealMachine',
  description:
    'Exports of properties and people as gzipped CSV, as `https://api.v2.dealmachine.com/v1` serves them.',
  prefixes: ['/v1/exports', '/v1/lists', '/v1/properties', '/v1/people'],
  auth: ['bearer'],
  routes,
  errors,
  rateLimitHeaders: ({ limit, remaining, resetSeconds }) => ({
    'X-RateLimit-Limit': String(limit),
    'X-RateLimit-Remaining': String(remaining),
    'X-RateLimit-Reset': String(resetSeconds),
  }),
}
