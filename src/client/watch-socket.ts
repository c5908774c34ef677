import { createClient } from 'graphql-ws/client'
import { exportProgressDocument } from './documents.ts'
import { fromGraphqlErrors, SluiceClientError } from './errors.ts'
import { type Export, exportOf } from './export.ts'
import type { ExportProgressSubscription } from './generated/graphql.ts'
import { authorization, type Server, webSocketUrl } from './server.ts'
import type { StateSource } from './watch.ts'

/** Milliseconds between pings: a peer that vanished without a word is found by the pong that does not come. */
const pingIntervalMs = 15_000
const pongTimeoutMs = 10_000

/** Close codes after which trying again cannot help. @see graphql-transport-ws protocol */
const refusals: Readonly<Record<number, readonly [code: string, message: string]>> = {
  4400: ['BAD_REQUEST', 'The server did not understand the connection.'],
  4401: ['UNAUTHENTICATED', 'The server refused the connection.'],
  4403: ['UNAUTHENTICATED', 'The API key is unknown, expired or revoked.'],
  4406: ['UNSUPPORTED', 'The server does not speak graphql-transport-ws.'],
}

/** States over WebSocket. All watches of one client share a socket, which is open while there is one. */
export function socketStates(server: Server, webSocket: typeof WebSocket): StateSource {
  let pongTimer: ReturnType<typeof setTimeout> | undefined
  const client = createClient({
    url: webSocketUrl(server),
    webSocketImpl: webSocket,
    connectionParams: () => authorization(server),
    lazy: true,
    onNonLazyError: () => {},
    // Trying again is `watchExport`'s, which also knows what it has seen.
    retryAttempts: 0,
    keepAlive: pingIntervalMs,
    on: {
      ping: (received) => {
        if (!received) pongTimer = setTimeout(() => client.terminate(), pongTimeoutMs)
      },
      pong: (received) => {
        if (received) clearTimeout(pongTimer)
      },
      closed: () => clearTimeout(pongTimer),
    },
  })

  return async function* (id, signal) {
    // Only the newest state waits for a slow reader.
    let newest: Export | null = null
    let end: { error: unknown } | null = null
    let wake = () => {}
    const finish = (error: unknown) => {
      end ??= { error }
      wake()
    }
    const unsubscribe = client.subscribe<ExportProgressSubscription>(
      { query: exportProgressDocument.toString(), variables: { id } },
      {
        next({ data, errors }) {
          if (errors?.length) return finish(fromGraphqlErrors(errors))
          if (data) newest = exportOf(data.exportProgress)
          wake()
        },
        error: (error) => finish(translate(error)),
        complete: () => finish(null),
      },
    )
    const abort = () => finish(signal?.reason)
    signal?.addEventListener('abort', abort, { once: true })
    try {
      for (;;) {
        const state = newest as Export | null
        const ended = end as { error: unknown } | null
        if (state) {
          newest = null
          yield state
        } else if (!ended) {
          await new Promise<void>((resolve) => {
            wake = resolve
          })
        } else if (ended.error === null) {
          return
        } else {
          throw ended.error
        }
      }
    } finally {
      signal?.removeEventListener('abort', abort)
      unsubscribe()
    }
  }
}

/** GraphQL's errors, a close of the socket, or an error of it. */
function translate(error: unknown): SluiceClientError {
  if (Array.isArray(error)) return fromGraphqlErrors(error)
  const code = typeof error === 'object' && error !== null && 'code' in error ? Number(error.code) : 0
  const refusal = refusals[code]
  if (refusal) return new SluiceClientError(refusal[0], refusal[1], { cause: error })
  return new SluiceClientError('UNREACHABLE', `The live connection was lost (${code || 'no connection'}).`, {
    cause: error,
  })
}
