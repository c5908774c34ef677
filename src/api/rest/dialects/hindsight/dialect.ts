import type { Dialect } from '../../dialect.ts'
import { errors } from './errors.ts'
import { routes } from './routes.ts'

export const hindsight: Dialect = {
  name: 'hindsight',
  title: 'Hindsight',
  description:
    'Deals with their win-loss analysis as CSV, as `https://app.usehindsight.com/api/v1` serves them.',
  prefixes: ['/api/v1/deals'],
  auth: ['bearer'],
  routes,
  errors,
}
