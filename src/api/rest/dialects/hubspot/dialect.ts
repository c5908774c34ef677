import type { Dialect } from '../../dialect.ts'
import { errors } from './errors.ts'
import { routes } from './routes.ts'

export const hubspot: Dialect = {
  name: 'hubspot',
  title: 'HubSpot',
  description: 'CRM objects as CSV, XLSX or XLS, as `https://api.hubapi.com/crm/v3/exports` serves them.',
  prefixes: ['/crm/v3/exports'],
  auth: ['bearer'],
  routes,
  errors,
}
