import type { Dialect } from '../../dialect.ts'
import { errors } from './errors.ts'
import { routes } from './routes.ts'

export const close: Dialect = {
  name: 'close',
  title: 'Close',
  description:
    'Exports of leads, contacts and opportunities as CSV or JSON, as `https://api.close.com/api/v1` serves them. Files are stored gzipped and served with `Content-Encoding: gzip`.',
  prefixes: ['/api/v1/export'],
  auth: ['basic', 'bearer'],
  routes,
  errors,
  rateLimitHeaders: ({ limit, remaining, resetSeconds }) => ({
    RateLimit: `limit=${limit}, remaining=${remaining}, reset=${resetSeconds}`,
  }),
}
