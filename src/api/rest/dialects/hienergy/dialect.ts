import type { Dialect } from '../../dialect.ts'
import { errors } from './errors.ts'
import { routes } from './routes.ts'

export const hienergy: Dialect = {
  name: 'hienergy',
  title: 'HiEnergy',
  description:
    'Reports of advertisers, deals and clicks as CSV or Excel, as `https://app.hienergy.ai/api/v1` serves them.',
  prefixes: ['/api/v1/exports'],
  auth: ['apiKey', 'bearer'],
  routes,
  errors,
}
