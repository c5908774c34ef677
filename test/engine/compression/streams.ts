import { execFileSync } from 'node:child_process'

/** What a test feeds to an encoder, and what it saw happen to it. */
export interface Watched {
  readonly source: AsyncGenerator<Buffer, void, void>
  pulled: number
  closed: boolean
}

/** `chunks` as a source that counts what was taken from it and notices being closed. */
export function watched(chunks: Iterable<Buffer>): Watched {
  const seen = { pulled: 0, closed: false }
  async function* source(): AsyncGenerator<Buffer, void, void> {
    try {
      for (const chunk of chunks) {
        seen.pulled++
        yield chunk
      }
    } finally {
      seen.closed = true
    }
  }
  return Object.assign(seen, { source: source() })
}

export async function* chunksOf(bytes: Buffer, length: number): AsyncGenerator<Buffer, void, void> {
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length)
}

/** A source that hands out one buffer again and again, overwritten each time. */
export async function* reusing(bytes: Buffer, length: number): AsyncGenerator<Buffer, void, void> {
  const buffer = Buffer.alloc(length)
  for (let at = 0; at < bytes.length; at += length) {
    yield buffer.subarray(0, bytes.copy(buffer, 0, at, at + length))
    buffer.fill(0)
  }
}

export async function collect(source: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of source) chunks.push(chunk)
  return Buffer.concat(chunks)
}

/** Text that compresses about as well as an export does, the same for the same length. */
export function prose(length: number): Buffer {
  const bytes = Buffer.alloc(length)
  let seed = 1
  for (let at = 0; at < length; at++) {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0
    bytes[at] = (seed >>> 28 === 0 ? 10 : 97 + (seed >>> 29)) & 0xff
  }
  return bytes
}

/** Whether a program answers, for tests that skip where it is not installed. */
export function isInstalled(command: string, ...args: string[]): boolean {
  try {
    execFileSync(command, args, { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** What Python prints; the system's own one, which has Debian's packages. */
export function python(script: string, ...args: string[]): string {
  return execFileSync('/usr/bin/python3', ['-c', script, ...args], { encoding: 'utf8', maxBuffer: 2 ** 28 })
}

export const hasPython = isInstalled('/usr/bin/python3', '-c', 'import zipfile')
