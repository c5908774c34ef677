const firstDelayMs = 200
const maxDelayMs = 10_000

/**
 * Waits before another try: 0.2 s after the first failure, then twice as long each time, 10 s at most,
 * less up to a half by chance, so that a thousand clients do not come back in the same instant.
 * @param failures in a row, from 1
 * @throws the signal's reason
 */
export async function backOff(failures: number, signal?: AbortSignal): Promise<void> {
  const delayMs = Math.min(maxDelayMs, firstDelayMs * 2 ** (failures - 1))
  await wait(delayMs * (1 - Math.random() / 2), signal)
}

/** @throws the signal's reason */
export async function wait(delayMs: number, signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted()
  await new Promise<void>((resolve, reject) => {
    const abort = () => {
      clearTimeout(timer)
      reject(signal?.reason)
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', abort)
      resolve()
    }, delayMs)
    signal?.addEventListener('abort', abort, { once: true })
  })
}
