import { exitCodes } from './exit-codes.ts'

/** Milliseconds within which another signal is the same Ctrl-C: npm and bin/sluice.js pass theirs on. */
const sameKeyPressMs = 500

/** Aborts `signal` on the first Ctrl-C (or SIGTERM); a later one ends the process at once. */
export function watchInterruption(): Disposable & { readonly signal: AbortSignal } {
  const controller = new AbortController()
  let firstAt = 0
  const interrupt = () => {
    if (!controller.signal.aborted) {
      firstAt = performance.now()
      controller.abort(new Error('Interrupted.'))
    } else if (performance.now() - firstAt > sameKeyPressMs) {
      process.exit(exitCodes.interrupted)
    }
  }
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  for (const signal of signals) process.on(signal, interrupt)
  const dispose = () => {
    for (const signal of signals) process.removeListener(signal, interrupt)
  }
  return { signal: controller.signal, [Symbol.dispose]: dispose }
}
