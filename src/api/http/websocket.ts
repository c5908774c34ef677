import type { Server } from 'node:http'
import { GraphQLError, specifiedRules, validate } from 'graphql'
import { type Extra, useServer } from 'graphql-ws/use/ws'
import { WebSocketServer } from 'ws'
import { secretFrom } from '../../core/api-key.ts'
import { RateLimitedError } from '../../core/errors.ts'
import type { Authenticated } from '../../lifecycle/authenticate.ts'
import { addressOf, type Caller } from '../caller.ts'
import type { ApiServices } from '../graphql/context.ts'
import { maskError } from '../graphql/errors.ts'
import { operationLimitRules, parseOperation } from '../graphql/operation-limits.ts'
import type { Yoga } from '../graphql/yoga.ts'

/** Bytes of one message: the largest sensible operation with room to spare. */
const maxMessageBytes = 256 * 1024
/** Milliseconds until a connection that says nothing is closed (4408). */
const connectionInitTimeoutMs = 10_000

/** Clients reconnect, to another server or to this one after its restart. @see RFC 6455, section 7.4, and IANA's registry */
const serviceRestart = 1012
const tryAgainLater = 1013

type ConnectionExtra = {
  principal?: Authenticated
  caller?: Caller
}

/** GraphQL over WebSocket on the same path as HTTP. @see graphql-transport-ws protocol */
export function serveWebSocket(
  server: Server,
  yoga: Yoga,
  services: ApiServices,
  trustedProxies: number,
): { stop(): Promise<void> } {
  const sockets = new WebSocketServer({
    server,
    path: '/graphql',
    maxPayload: maxMessageBytes,
    perMessageDeflate: false,
  })
  const protocol = useServer<Record<string, unknown>, ConnectionExtra>(
    {
      connectionInitWaitTimeout: connectionInitTimeoutMs,
      // Refusing closes the socket with 4403 Forbidden.
      onConnect: async ({ connectionParams, extra }) => {
        const { socket, headers } = extra.request
        const forwardedFor = headers['x-forwarded-for']?.toString()
        extra.caller = await services.gate.meet(addressOf(socket.remoteAddress, forwardedFor, trustedProxies))
        try {
          const principal = await authenticateConnection(services, connectionParams, extra, extra.caller)
          if (principal) extra.principal = principal
          return principal !== null
        } catch (error) {
          if (!(error instanceof RateLimitedError)) throw error
          extra.socket.close(tryAgainLater, 'Too many requests')
          return false
        }
      },
      onSubscribe: async ({ extra }, _id, payload) => {
        const { schema, execute, subscribe, contextFactory } = yoga.getEnveloped({
          principal: extra.principal ?? null,
          request: new Request('http://localhost/graphql'),
          params: payload,
        } as never)
        try {
          if (extra.principal && extra.caller) await services.gate.count(extra.caller, extra.principal)
          const document = parseOperation(payload.query)
          const errors = validate(schema, document, [...specifiedRules, ...operationLimitRules])
          if (errors.length > 0) return errors
          return {
            schema,
            document,
            operationName: payload.operationName,
            variableValues: payload.variables,
            contextValue: await contextFactory(),
            rootValue: { execute, subscribe },
          }
        } catch (error) {
          if (error instanceof GraphQLError) return [error]
          if (error instanceof RateLimitedError) return [maskError(error, error.message) as GraphQLError]
          services.log.error({ err: error }, 'an operation failed')
          return [new GraphQLError('Unexpected error.')]
        }
      },
      execute: (args) => (args.rootValue as { execute(a: unknown): never }).execute(args),
      subscribe: (args) => (args.rootValue as { subscribe(a: unknown): never }).subscribe(args),
    },
    sockets,
  )
  return {
    async stop() {
      for (const socket of sockets.clients) socket.close(serviceRestart, 'Service restart')
      await protocol.dispose()
    },
  }
}

/** The key comes in the connection's parameters, as a browser must send it, or in the headers of the upgrade. */
async function authenticateConnection(
  services: ApiServices,
  parameters: Readonly<Record<string, unknown>> | undefined,
  { request }: Extra,
  caller: Caller,
): Promise<Authenticated | null> {
  const lowered = new Map(
    Object.entries({ ...request.headers, ...parameters }).map(([name, value]) => [name.toLowerCase(), value]),
  )
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
