import { setTimeout as sleep } from 'node:timers/promises'
import { Hono } from 'hono'
import type { ApiServices } from '../graphql/context.ts'

/** Milliseconds that the source gets to answer. */
const sourceTimeoutMs = 2_000

/**
 * `/healthz`: the process answers. `/readyz`: it can also do its work; 503 while its database cannot be
 * reached, 200 and `degraded` while the source of the rows cannot.
 */
export function healthRoutes(services: ApiServices): Hono {
  const routes = new Hono()
  routes.get('/healthz', (c) => c.json({ status: 'ok' }))
  routes.get('/readyz', async (c) => {
    try {
      await services.orm.em.fork().execute('select 1')
      // Lists and downloads need no source: a load balancer that took 503 for an answer would end them too.
      if (await answers(services.source)) return c.json({ status: 'ok' })
      return c.json({ status: 'degraded', reason: 'The source database cannot be reached: exports wait.' })
    } catch (error) {
      services.log.warn({ err: error }, 'not ready: the database cannot be reached')
      return c.json({ status: 'unavailable', reason: 'The database cannot be reached.' }, 503)
    }
  })
  return routes
}

async function answers(source: ApiServices['source']): Promise<boolean> {
  const answer = source.query('SELECT 1', [], {}).then(
    () => true,
    () => false,
  )
  return await Promise.race([answer, sleep(sourceTimeoutMs, false, { ref: false })])
}
