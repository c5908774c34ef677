import type { Server } from 'node:http'
import { createAdaptorServer } from '@hono/node-server'
import { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { openDownload, recordDownload } from '../../lifecycle/open-download.ts'
import type { ApiServices } from '../graphql/context.ts'
import { createGraphql } from '../graphql/yoga.ts'
import { dialects } from '../rest/dialects.ts'
import { mountDialects } from '../rest/mount.ts'
import { mountReference } from '../rest/reference.ts'
import { crossOrigin } from './cross-origin.ts'
import { downloadRoutes } from './download.ts'
import { healthRoutes } from './health.ts'
import { type CallerEnv, meetCaller, refuseCaller } from './meet-caller.ts'
import { securityHeaders } from './security-headers.ts'
import { serveWebSocket } from './websocket.ts'

/** Bytes of a request's body. */
const maxBodyBytes = 1024 * 1024

/** Milliseconds that open requests get to end when the server stops. */
const drainMs = 2_000

/** Nobody can listen there: another program does, or it needs rights that we do not have. */
export class PortUnavailableError extends Error {
  readonly code = 'PORT_UNAVAILABLE'
}

export interface HttpServer {
  readonly fetch: (request: Request) => Response | Promise<Response>
  /** @returns the port that was taken. @throws PortUnavailableError */
  start(options: { port: number; host: string | null }): Promise<number>
  stop(): Promise<void>
}

/** Everything that is reached by HTTP, on one port. */
export function createHttpServer(
  services: ApiServices,
  { trustedProxies, corsOrigins }: { trustedProxies: number; corsOrigins: readonly string[] },
): HttpServer {
  const yoga = createGraphql(services)
  const app = new Hono<CallerEnv>()
  app.use(securityHeaders(services.publicUrl))
  app.use(meetCaller(services.gate, trustedProxies))
  app.use(crossOrigin(corsOrigins))
  // First, since what comes in there is bounded and answered in the vendors' own words.
  mountDialects(app, services, dialects)
  app.use(refuseCaller)
  mountReference(app, services, dialects)
  app.use(
    bodyLimit({
      maxSize: maxBodyBytes,
      onError: (c) =>
        c.json({ errors: [{ message: `A request's body can have ${maxBodyBytes} bytes at most.` }] }, 413),
    }),
  )
  app.post('/graphql', async (c, next) => {
    // Forms and plain text are what another site's page can send without asking: only JSON may carry an operation.
    if (/^application\/(graphql\+)?json\s*(;|$)/i.test(c.req.header('content-type') ?? ''))
      return await next()
    return c.json(
      { errors: [{ message: 'Send the operation as JSON: Content-Type: application/json.' }] },
      415,
    )
  })
  app.all('/graphql', (c) => yoga.fetch(c.req.raw, { caller: c.get('caller') }))
  app.route(
    '/files',
    downloadRoutes({
      signingKeys: () => services.signingKeys.all(),
      openFile: (fileId, grantedTo) => openDownload(services, fileId, grantedTo),
      storage: services.storage,
      onDownload: (download) => recordDownload(services, download),
      now: services.now,
      log: services.log,
    }),
  )
  app.route('/', healthRoutes(services))
  app.get('/', (c) => c.redirect('/graphql'))
  app.notFound((c) =>
    c.json({ error: { code: 'NOT_FOUND', message: `Nothing is served at ${c.req.path}.` } }, 404),
  )
  app.onError((error, c) => {
    services.log.error({ err: error, path: c.req.path }, 'a request failed')
    return c.json({ error: { code: 'INTERNAL', message: 'Something went wrong on our side.' } }, 500)
  })

  const server = createAdaptorServer({ fetch: app.fetch }) as Server
  let webSocket: { stop(): Promise<void> } | null = null
  return {
    fetch: (request) => app.fetch(request),
    async start({ port, host }) {
      const taken = await listen(server, port, host)
      webSocket = serveWebSocket(server, yoga, services, trustedProxies)
      return taken
    },
    async stop() {
      await webSocket?.stop()
      if (!server.listening) return
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      server.closeIdleConnections()
      const timer = setTimeout(() => server.closeAllConnections(), drainMs)
      await closed
      clearTimeout(timer)
    },
  }
}

async function listen(server: Server, port: number, host: string | null): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(portError(error, port)))
    server.listen({ port, ...(host ? { host } : {}) }, resolve)
  })
  const address = server.address()
  return typeof address === 'object' && address ? address.port : port
}

function portError(error: NodeJS.ErrnoException, port: number): Error {
  const reasons: Record<string, string> = {
    EADDRINUSE: `Port ${port} is in use. Stop the program that uses it, or choose another port: PORT=${port + 1} npm start.`,
    EACCES: `Port ${port} needs rights that this user does not have. Choose one above 1023 with PORT.`,
    EADDRNOTAVAIL: 'HOST is not an address of this machine.',
  }
  return new PortUnavailableError(
    reasons[error.code ?? ''] ?? `The server cannot listen on port ${port}: ${error.message}`,
    {
      cause: error,
    },
  )
}
