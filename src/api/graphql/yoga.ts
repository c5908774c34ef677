import { createYoga, type YogaServerInstance } from 'graphql-yoga'
import { secretFrom } from '../../core/api-key.ts'
import { UnauthenticatedError } from '../../core/errors.ts'
import type { Authenticated } from '../../lifecycle/authenticate.ts'
import type { Caller } from '../caller.ts'
import { type ApiServices, type Context, createContext } from './context.ts'
import { codeVariableErrors } from './error-codes.ts'
import { maskError } from './errors.ts'
import { boundEventStreams } from './event-streams.ts'
import { findDocuments } from './find-documents.ts'
import { pageOptions, renderPage } from './graphiql.ts'
import { limitOperations } from './limit-operations.ts'
import { schema } from './schema.ts'
import { tellRate } from './tell-rate.ts'

/** What a door hands over with an operation; WebSocket connections have authenticated already. */
export interface ServerContext {
  readonly principal?: Authenticated | null
  readonly caller?: Caller
}

export type Yoga = YogaServerInstance<ServerContext, Context>

export function createGraphql(services: ApiServices): Yoga {
  const { settings, persistedDocuments } = services
  return createYoga<ServerContext, Context>({
    schema,
    graphqlEndpoint: '/graphql',
    landingPage: false,
    batching: false,
    // Node's own: a body of yoga's own stream is read through one of undici's that throws, where nobody can
    // catch it, when a client of server-sent events hangs up.
    fetchAPI: { Response, ReadableStream },
    // One rule for all doors: see crossOrigin.
    cors: false,
    extraParamNames: ['documentId'],
    plugins: [
      findDocuments(persistedDocuments),
      codeVariableErrors(),
      tellRate(),
      limitOperations(settings),
      boundEventStreams(services),
    ],
    logging: false,
    renderGraphiQL: renderPage,
    // Where only trusted documents run, a page to write others is of no use.
    graphiql: settings.graphiql && !persistedDocuments.isTrustedOnly ? pageOptions : false,
    maskedErrors: {
      maskError(error, message) {
        const masked = maskError(error, message)
        if (masked.message === message) services.log.error({ err: error }, 'an operation failed')
        return masked
      },
    },
    context: async ({ principal, request, caller }) => {
      const isWebSocket = principal !== undefined
      return createContext(
        services,
        isWebSocket ? principal : await authenticateRequest(services, request, caller),
        isWebSocket,
      )
    },
  })
}

/** Null when the request carries no key. @throws UnauthenticatedError when it carries one that does not work; RateLimitedError */
async function authenticateRequest(
  services: ApiServices,
  request: Request,
  caller: Caller = { address: '', rateLimit: null, addressLimit: null, refusal: null },
): Promise<Authenticated | null> {
  if (caller.refusal) throw caller.refusal
  const secret = secretFrom(request.headers)
  if (secret === null) return null
  const principal = await services.gate.admit(caller, secret)
  if (!principal) throw new UnauthenticatedError('This API key is unknown, expired or revoked.')
  return principal
}
