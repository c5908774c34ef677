import { randomUUID } from 'node:crypto'
import { type Context, Hono } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { whyRefused } from '../../lifecycle/authenticate.ts'
import { forOrganization } from '../../lifecycle/for-organization.ts'
import type { Caller } from '../caller.ts'
import type { CallerEnv } from '../http/meet-caller.ts'
import { type Dialect, JsonText, type RestServices, type Route } from './dialect.ts'
import { KeyRefusedError, MethodNotAllowedError, UnknownPathError } from './errors.ts'
import { describeRoute } from './openapi.ts'
import { parseInput } from './parse-input.ts'
import { checkText, readBody } from './read-body.ts'
import { authSchemes, readKey } from './read-key.ts'
import { toFailure } from './to-failure.ts'

type RestEnv = { Bindings: { caller: Caller }; Variables: { requestId: string } }
type RestContext = Context<RestEnv>

/** Serves every dialect on its own paths. Whatever comes in under them is answered in the vendor's own words. */
export function mountDialects(
  app: Hono<CallerEnv>,
  services: RestServices,
  dialects: readonly Dialect[],
): void {
  for (const dialect of dialects) {
    // An app of its own, so that its 404 and 500 are the vendor's too.
    const served = serveDialect(dialect, services)
    // The pattern fits the prefix itself, too.
    for (const prefix of dialect.prefixes)
      app.all(`${prefix}/*`, (c) => served.fetch(c.req.raw, { caller: c.get('caller') }))
  }
}

/** Routes, 405 for their other methods, 404 for the rest. */
function serveDialect(dialect: Dialect, services: RestServices) {
  const app = new Hono<RestEnv>({ strict: false })
  app.use(async (c, next) => {
    c.set('requestId', randomUUID())
    c.header('X-Request-Id', c.get('requestId'))
    await next()
    const rateLimit = c.env.caller.rateLimit ?? c.env.caller.addressLimit
    const headers = rateLimit && dialect.rateLimitHeaders?.(rateLimit)
    for (const [name, value] of Object.entries(headers ?? {})) {
      // A plan's limit that refused the request says more than how many requests are left.
      if (!c.res.headers.has(name)) c.header(name, value)
    }
  })
  for (const routes of Map.groupBy(dialect.routes, (route) => route.path).values()) {
    const allowed = routes.flatMap(({ method }) => (method === 'get' ? ['GET', 'HEAD'] : ['POST']))
    for (const route of routes) {
      const path = describeRoute(dialect, route).getRoutingPath()
      app.on(route.method, path, (c) => answer(c, dialect, route, services))
    }
    // After all of the path's methods: the first that fits answers.
    app.all(describeRoute(dialect, routes[0]!).getRoutingPath(), (c) => {
      throw new MethodNotAllowedError(c.req.method, allowed)
    })
  }
  app.notFound((c) =>
    refuse(c, dialect, services, new UnknownPathError(`Nothing is served at ${c.req.path}.`)),
  )
  app.onError((error, c) => refuse(c, dialect, services, error))
  return app
}

/** The key first: who has none learns nothing of what is wrong with a body. */
async function answer(
  c: RestContext,
  dialect: Dialect,
  route: Route,
  services: RestServices,
): Promise<Response> {
  const secret = readKey(c.req.raw.headers, dialect.auth)
  const principal = await services.gate.admit(c.env.caller, secret)
  if (!principal) {
    const problem = await whyRefused(services, secret)
    throw new KeyRefusedError(problem, 'The API key is unknown, expired or revoked.')
  }
  const { status, body, headers } = await route.handle({
    services: { ...forOrganization(services, principal.organizationId), linksFor: principal },
    principal,
    params: route.params && parseInput(route.params, checkTexts(c.req.param())),
    query: route.query && parseInput(route.query, checkTexts(c.req.query())),
    body: route.body && parseInput(route.body, await readBody(c.req.raw)),
  })
  if (body instanceof JsonText) {
    return c.body(body.text, status as ContentfulStatusCode, {
      'Content-Type': 'application/json',
      ...headers,
    })
  }
  return c.json(body, status as ContentfulStatusCode, headers)
}

function refuse(c: RestContext, dialect: Dialect, services: RestServices, error: unknown): Response {
  const requestId = c.get('requestId')
  const failure = toFailure(error, requestId)
  if (failure.status === 500) {
    services.log.error({ err: error, requestId, path: c.req.path, dialect: dialect.name }, 'a request failed')
  }
  const { body, headers } = dialect.errors.answer(failure)
  return c.json(body, failure.status, {
    ...(failure.status === 401 ? { 'WWW-Authenticate': authSchemes[dialect.auth[0]].challenge } : {}),
    ...(failure.retryAfterSeconds ? { 'Retry-After': String(failure.retryAfterSeconds) } : {}),
    ...(error instanceof MethodNotAllowedError ? { Allow: error.allowed.join(', ') } : {}),
    ...headers,
  })
}

function checkTexts(values: Record<string, string>): Record<string, string> {
  for (const [name, value] of Object.entries(values)) checkText(value, name)
  return values
}
