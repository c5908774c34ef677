import { wait } from './back-off.ts'
import { SluiceClientError } from './errors.ts'
import type { Export } from './export.ts'
import type { StateSource } from './watch.ts'

/** Milliseconds between two questions. */
const intervalMs = 1_000

/** States by asking again and again: for where there is no WebSocket, or something on the way blocks it. */
export function polledStates(
  get: (id: string, signal: AbortSignal | undefined) => Promise<Export | null>,
): StateSource {
  return async function* (id, signal) {
    // Ends with the watch: it reads no further after the export's last state.
    for (;;) {
      const state = await get(id, signal)
      if (!state) throw new SluiceClientError('NOT_FOUND', 'There is no such export.')
      yield state
      await wait(intervalMs, signal)
    }
  }
}
