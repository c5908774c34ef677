import { Hono } from 'hono'
import type { ApiServices } from '../graphql/context.ts'

/** `/healthz`: the process answers. `/readyz`: it can also do its work; 503 while the database cannot be reached. */
export function healthRoutes(services: ApiServices): Hono {
  const routes = new Hono()
  routes.get('/healthz', (c) => c.json({ status: 'ok' }))
  routes.get('/readyz', async (c) => {
    try {
      await services.orm.em.fork().execute('select 1')
      return c.json({ status: 'ok' })
    } catch (error) {
      services.log.warn({ err: error }, 'not ready: the database cannot be reached')
      return c.json({ status: 'unavailable', reason: 'The database cannot be reached.' }, 503)
    }
  })
  return routes
}
