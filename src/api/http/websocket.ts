import type { IncomingHttpHeaders, IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { GraphQLError } from 'graphql'
import { handleProtocols, makeServer } from 'graphql-ws'
import { type WebSocket, WebSocketServer } from 'ws'
import { secretFrom } from '../../core/api-key.ts'
import { RateLimitedError } from '../../core/errors.ts'
import type { Authenticated } from '../../lifecycle/authenticate.ts'
import { addressOf, type Caller } from '../caller.ts'
import { variablesProblem } from '../graphql/check-variables.ts'
import type { ApiServices } from '../graphql/context.ts'
import { DocumentCache } from '../graphql/document-cache.ts'
import { maskError } from '../graphql/errors.ts'
import { operationRules } from '../graphql/operation-limits.ts'
import { schema } from '../graphql/schema.ts'
import type { Yoga } from '../graphql/yoga.ts'
import { serveSocket } from './graphql-socket.ts'

/** Bytes of one message: the largest sensible operation with room to spare. A larger one closes the connection with 1009. */
const maxMessageBytes = 256 * 1024

/** Operations that one connection runs at once: a page of the console watches as many exports as it shows. */
const maxOperations = 100

/** How long a connection may say nothing. A test says less. */
const defaultTiming = {
  /** Milliseconds until a connection that has not said who it is is closed with 4408. */
  connectionInitTimeoutMs: 10_000,
  /** Milliseconds between pings; a peer that has not answered one by the next is gone. */
  pingMs: 12_000,
}

// Clients come back after both: to another server, or to this one. @see RFC 6455, section 7.4, and IANA's registry
const serviceRestart = 1012
const tryAgainLater = 1013
/** Of graphql-transport-ws: a client that tries again is refused again. */
const forbidden = 4403

/** For yoga, which asks for one with every operation. */
const noRequest = new Request('http://localhost/graphql')

type Connection = {
  readonly socket: WebSocket
  readonly address: string
  /** Of the upgrade, until the client has said who it is. */
  headers: IncomingHttpHeaders
  /** Once the client has said who it is. */
  principal?: Authenticated
  caller?: Caller
}

/** GraphQL over WebSocket on the same path as HTTP. @see graphql-transport-ws protocol */
export function serveWebSocket(
  server: Server,
  yoga: Yoga,
  services: ApiServices,
  trustedProxies: number,
  timing: typeof defaultTiming = defaultTiming,
): { stop(): Promise<void> } {
  const { connections, gate, keyWatch, log, persistedDocuments } = services
  const documents = new DocumentCache(schema, operationRules(services.settings))
  const sockets = new WebSocketServer({
    noServer: true,
    path: '/graphql',
    maxPayload: maxMessageBytes,
    perMessageDeflate: false,
    handleProtocols,
  })
  const onUpgrade = (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    if (!sockets.shouldHandle(request)) {
      stream.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
      return
    }
    sockets.handleUpgrade(request, stream, head, (socket) => {
      const release = connections.open()
      if (!release) {
        refuse(socket)
        return
      }
      socket.once('close', release)
      const { headers } = request
      const forwardedFor = headers['x-forwarded-for']?.toString()
      const address = addressOf(request.socket.remoteAddress, forwardedFor, trustedProxies)
      serveSocket(protocol, socket, { socket, address, headers }, { pingMs: timing.pingMs, onError })
    })
  }
  server.on('upgrade', onUpgrade)

  const onError = (error: unknown) => log.info({ err: error }, 'a WebSocket failed')
  const protocol = makeServer<Record<string, unknown>, Connection>({
    connectionInitWaitTimeout: timing.connectionInitTimeoutMs,
    // Refusing closes the socket with 4403 Forbidden, unless it is being closed with another code.
    onConnect: async ({ connectionParams, extra }) => {
      const { socket } = extra
      const said = { ...extra.headers, ...connectionParams }
      extra.headers = {}
      extra.caller = await gate.meet(extra.address)
      const principal = await authenticateConnection(services, said, extra.caller).catch((error: unknown) => {
        if (!(error instanceof RateLimitedError)) throw error
        socket.close(tryAgainLater, 'Too many requests')
        return null
      })
      if (!principal) return false
      const leave = connections.join(principal.organizationId)
      if (!leave) {
        socket.close(tryAgainLater, 'Too many connections')
        return false
      }
      if (socket.readyState !== socket.OPEN) {
        leave()
        return false
      }
      const forget = keyWatch.watch(principal, () => socket.close(forbidden, 'Forbidden'))
      socket.once('close', () => {
        leave()
        forget()
      })
      extra.principal = principal
      return true
    },
    onSubscribe: async ({ extra, subscriptions }, _id, payload) => {
      if (Object.keys(subscriptions).length > maxOperations) return [tooManyOperations()]
      const problem = variablesProblem(payload.variables)
      if (problem) return [problem]
      try {
        // Of this operation alone: the next is counted while it runs.
        const caller = extra.caller && { ...extra.caller }
        if (extra.principal && caller) await gate.count(caller, extra.principal)
        const query = persistedDocuments.textOf(payload) ?? ''
        const read = documents.read(query)
        if ('errors' in read) return read.errors
        const { execute, subscribe, contextFactory } = yoga.getEnveloped({
          principal: extra.principal ?? null,
          caller,
          request: noRequest,
          params: { ...payload, query },
        } as never)
        return {
          schema,
          document: read.document,
          operationName: payload.operationName,
          variableValues: payload.variables,
          contextValue: await contextFactory(),
          rootValue: { execute, subscribe },
        }
      } catch (error) {
        if (error instanceof GraphQLError) return [error]
        if (error instanceof RateLimitedError) return [maskError(error, error.message) as GraphQLError]
        log.error({ err: error }, 'an operation failed')
        return [new GraphQLError('Unexpected error.')]
      }
    },
    execute: (args) => (args.rootValue as { execute(a: unknown): never }).execute(args),
    subscribe: (args) => (args.rootValue as { subscribe(a: unknown): never }).subscribe(args),
  })
  return {
    async stop() {
      server.off('upgrade', onUpgrade)
      for (const socket of sockets.clients) socket.close(serviceRestart, 'Service restart')
      // Does not wait for them: a peer that is gone answers no close.
      sockets.close()
    },
  }
}

/** The handshake is finished first: a browser learns the code of a close, and nothing of a refused upgrade. */
function refuse(socket: WebSocket): void {
  socket.on('error', () => socket.terminate())
  socket.close(tryAgainLater, 'Try again later')
}

function tooManyOperations(): GraphQLError {
  return new GraphQLError(
    `A connection runs ${maxOperations} operations at once at most. Complete one of them first, or open another connection.`,
    { extensions: { code: 'TOO_MANY_OPERATIONS' } },
  )
}

/** The key comes in the connection's parameters, as a browser must send it, or in the headers of the upgrade. */
async function authenticateConnection(
  services: ApiServices,
  said: Readonly<Record<string, unknown>>,
  caller: Caller,
): Promise<Authenticated | null> {
  const lowered = new Map(Object.entries(said).map(([name, value]) => [name.toLowerCase(), value]))
  const apiKey = lowered.get('apikey')
  const secret =
    typeof apiKey === 'string' && apiKey
      ? apiKey
      : secretFrom({
          get(name) {
            const value = lowered.get(name)
            return typeof value === 'string' ? value : null
          },
        })
  return secret === null ? null : await services.gate.admit(caller, secret)
}
