import type { HttpBindings } from '@hono/node-server'
import type { MiddlewareHandler } from 'hono'
import { addressOf, type Caller } from '../caller.ts'
import type { Gate } from '../gate.ts'
import { rateLimitHeaders } from './rate-limit-headers.ts'

export type CallerEnv = { Bindings: Partial<HttpBindings>; Variables: { caller: Caller } }

/** Whoever watches over us asks often, and must get an answer when everybody else gets none. */
const alwaysAnswered: ReadonlySet<string> = new Set(['/healthz', '/readyz', '/metrics'])

/** Puts the caller into `caller`; afterwards, tells it in the headers where it stands. */
export function meetCaller(gate: Gate, trustedProxies: number): MiddlewareHandler<CallerEnv> {
  return async (c, next) => {
    const peer = c.env?.incoming?.socket.remoteAddress
    const address = addressOf(peer, c.req.header('x-forwarded-for'), trustedProxies)
    const caller = await gate.meet(alwaysAnswered.has(c.req.path) ? '' : address)
    c.set('caller', { ...caller, address })
    await next()
    const { rateLimit, refusal } = c.get('caller')
    const state = refusal ?? rateLimit
    if (!state) return
    for (const [name, value] of Object.entries(rateLimitHeaders(state))) {
      // A vendor may have its own idea of these.
      if (!c.res.headers.has(name)) c.header(name, value)
    }
    if (c.res.status === 429 && !c.res.headers.has('retry-after'))
      c.header('Retry-After', String(state.resetSeconds))
  }
}

/** For the routes that never ask for a key. */
export const refuseCaller: MiddlewareHandler<CallerEnv> = async (c, next) => {
  const { refusal } = c.get('caller')
  if (!refusal || c.req.path === '/graphql') return await next()
  return c.json({ error: { code: refusal.code, message: refusal.message } }, 429)
}
