import { once } from 'node:events'

/**
 * Writes bytes to stdout as fast as its reader takes them. What was written cannot be taken back: after an
 * error the reader holds a part, and learns it by the exit code.
 * @throws Error when the reader goes away, as `head` does
 */
export async function writeToStdout(source: AsyncIterable<Uint8Array>): Promise<void> {
  let gone: Error | null = null
  const onError = (cause: Error) => {
    gone ??= new Error('Whoever reads stdout went away before the end.', { cause })
  }
  process.stdout.on('error', onError)
  for await (const bytes of source) {
    const isTaken = process.stdout.write(bytes)
    if (!isTaken && !gone) await once(process.stdout, 'drain').catch(onError)
    if (gone) throw gone
  }
}
