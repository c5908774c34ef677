import { backOff } from './back-off.ts'
import { SluiceClientError } from './errors.ts'
import { type Export, isTerminal } from './export.ts'

/** Failures in a row, without a newer state between them, after which a watch gives up: about a minute. */
const maxFailures = 12
/** After so many of them, a socket that never brought a state is taken to be blocked on the way. */
const maxSocketFailures = 3
/** Milliseconds after which a connection that is lost was a good one: proxies close what is idle. */
const healthyAfterMs = 10_000

/** What another connection can do better. */
const passingCodes: ReadonlySet<string> = new Set(['UNREACHABLE', 'RATE_LIMITED'])

/** One connection's states of an export; ends or throws when the connection does. */
export type StateSource = (id: string, signal: AbortSignal | undefined) => AsyncIterable<Export>

export interface WatchSources {
  /** Null where there is no WebSocket. */
  readonly socket: StateSource | null
  readonly polling: StateSource
}

/**
 * The states of an export, from the current one to the last, over as many connections as it takes. Every
 * state is newer than the one before: what a new connection repeats is left out.
 * @throws SluiceClientError: NOT_FOUND, FORBIDDEN, UNAUTHENTICATED, WATCH_LOST; the signal's reason
 */
export async function* watchExport(
  sources: WatchSources,
  id: string,
  signal?: AbortSignal,
): AsyncGenerator<Export, void, undefined> {
  let version = 0
  let failures = 0
  let socketWorks: boolean | null = null
  for (;;) {
    signal?.throwIfAborted()
    const isBlocked = socketWorks === null && failures >= maxSocketFailures
    const source = sources.socket && !isBlocked ? sources.socket : sources.polling
    const since = performance.now()
    let cause: unknown
    try {
      for await (const state of source(id, signal)) {
        if (source === sources.socket) socketWorks = true
        if (state.version <= version) continue
        version = state.version
        failures = 0
        yield state
        if (isTerminal(state.status)) return
      }
    } catch (error) {
      signal?.throwIfAborted()
      if (error instanceof SluiceClientError && !passingCodes.has(error.code)) throw error
      cause = error
    }
    failures = performance.now() - since > healthyAfterMs ? 1 : failures + 1
    if (failures > maxFailures) {
      throw new SluiceClientError(
        'WATCH_LOST',
        'The live connection to the server was lost and did not come back. The export goes on; ask for it again later.',
        { cause },
      )
    }
    await backOff(failures, signal)
  }
}
