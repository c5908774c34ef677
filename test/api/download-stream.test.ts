import { execFile, execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { DownloadStorage } from '../../src/api/http/download.ts'
import { LocalStorage } from '../../src/engine/storage/local.ts'
import { ask, fileOf, openResponse, serveFile } from './download-server.ts'

const root = mkdtempSync(join(tmpdir(), 'sluice-download-'))
const storage = new LocalStorage(root)
const bytes = randomBytes(24_000_001)
const file = fileOf(bytes)

beforeAll(async () => {
  await using upload = await storage.openUpload(file.storageKey)
  await upload.write(bytes)
  await upload.complete()
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

/** A storage that holds what it says, and gives what it likes. */
const giving = (size: number, read: () => Readable): DownloadStorage => ({
  stat: async () => ({ bytes: size }),
  read: async () => read(),
})

const closed = async (stream: Readable | undefined) => {
  if (!stream) throw new Error('No stream was opened')
  if (!stream.closed) await once(stream, 'close')
}

const openFiles = () =>
  readdirSync('/proc/self/fd').filter((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`).startsWith(root)
    } catch {
      return false
    }
  })

describe('storage that breaks in the middle of a download', () => {
  const content = Buffer.alloc(1_000_000, 'row,')
  const breaks: Record<string, () => Readable> = {
    'fails at once': () =>
      new Readable({
        read() {
          this.destroy(new Error('disk on fire'))
        },
      }),
    'fails after some bytes': () =>
      Readable.from(
        (async function* () {
          yield content
          throw new Error('disk on fire')
        })(),
      ),
    'fails while the client is still behind': () =>
      Readable.from(
        (async function* () {
          for (let n = 0; n < 30; n++) yield content
          throw new Error('disk on fire')
        })(),
      ),
    'ends early': () => Readable.from([content]),
    'has more than it said': () => Readable.from(Array.from({ length: 50 }, () => content)),
  }

  test.each(Object.entries(breaks))('that %s is a broken transfer, never a short file', async (_, read) => {
    const promised = fileOf(Buffer.alloc(0), { bytes: 40_000_000 })
    await using server = await serveFile(promised, giving(promised.bytes, read))
    const answer = await ask(server.link())
    expect(answer.status).toBe(200)
    expect(answer.headers['content-length']).toBe('40000000')
    expect(answer.complete).toBe(false)
    expect(answer.body.length).toBeLessThanOrEqual(promised.bytes)
    // Whatever came are rows: no error text was ever written into the file.
    expect(answer.body.equals(Buffer.alloc(answer.body.length, 'row,'))).toBe(true)
    await closed(server.streams[0])
    expect(server.logged).toMatchObject([
      {
        message: 'Storage failed in the middle of a download',
        details: { fileId: 'file-1', bytes: 40_000_000 },
      },
    ])
  })

  test('fails a fetch, and the next download is served', async () => {
    const short = fileOf(Buffer.alloc(0), { bytes: 2_000_000 })
    await using broken = await serveFile(short, giving(short.bytes, breaks['ends early'] as () => Readable))
    const response = await fetch(broken.link())
    await expect(response.arrayBuffer()).rejects.toThrow('terminated')
    expect((await fetch(broken.link(), { method: 'HEAD' })).status).toBe(200)
  })
})

describe('a client that goes away', () => {
  test('in the middle closes the file', async () => {
    await using server = await serveFile(file, storage)
    const response = await openResponse(server.link())
    await once(response, 'readable')
    response.destroy()
    await closed(server.streams[0])
    if (existsSync('/proc/self/fd')) expect(openFiles()).toEqual([])
    expect(server.logged).toEqual([])
  })

  test('before the first byte closes the file', async () => {
    const called = Promise.withResolvers<void>()
    const recorded = Promise.withResolvers<void>()
    await using server = await serveFile(file, storage, {
      onDownload: () => {
        called.resolve()
        return recorded.promise
      },
    })
    const leaving = new AbortController()
    const response = fetch(server.link(), { signal: leaving.signal })
    await called.promise
    leaving.abort()
    await expect(response).rejects.toThrow('abort')
    await closed(server.streams[0])
    recorded.resolve()
    if (existsSync('/proc/self/fd')) expect(openFiles()).toEqual([])
    expect(server.logged).toEqual([])
  })

  test('twenty times over leaves no file open, nor do twenty whole downloads', async () => {
    await using server = await serveFile(file, storage)
    for (let n = 0; n < 20; n++) {
      const response = await openResponse(server.link())
      response.destroy()
      await fetch(server.link(), { headers: { range: `bytes=${n}-999999` } }).then((r) => r.arrayBuffer())
    }
    expect(server.streams.length).toBeGreaterThanOrEqual(20)
    await Promise.all(server.streams.map(closed))
    if (existsSync('/proc/self/fd')) expect(openFiles()).toEqual([])
  })
})

test('storage is read no faster than the client takes the bytes', async () => {
  const size = 200_000_000
  const chunk = Buffer.alloc(500_000)
  let given = 0
  const read = () =>
    new Readable({
      highWaterMark: 500_000,
      read() {
        given += chunk.length
        this.push(given > size ? null : chunk)
      },
    })
  await using server = await serveFile(fileOf(Buffer.alloc(0), { bytes: size }), giving(size, read))
  const response = await openResponse(server.link())
  let taken = 0
  let furthestAhead = 0
  for await (const part of response) {
    taken += part.length
    furthestAhead = Math.max(furthestAhead, given - taken)
    // Whoever reads without backpressure gains a chunk in each of these turns.
    await nextTurn()
    await nextTurn()
  }
  expect(taken).toBe(size)
  // What the kernel's socket buffers hold, not the file.
  expect(furthestAhead).toBeLessThan(30_000_000)
})

test('the file comes in large chunks from the disk', async () => {
  const sizes: number[] = []
  const spied: DownloadStorage = {
    stat: (key) => storage.stat(key),
    read: async (key, range) => {
      const stream = await storage.read(key, range)
      const push = stream.push.bind(stream)
      stream.push = (chunk: Buffer | null) => {
        if (chunk) sizes.push(chunk.length)
        return push(chunk)
      }
      return stream
    },
  }
  await using server = await serveFile(file, spied)
  expect((await ask(server.link())).body.equals(bytes)).toBe(true)
  expect(Math.max(...sizes)).toBeGreaterThanOrEqual(256 * 1024)
  expect(sizes.length).toBeLessThan(100)
})

const curl = hasCurl()
describe.skipIf(!curl)(`curl${curl ? '' : ' (skipped: there is no curl here)'}`, () => {
  const run = promisify(execFile)

  test('resumes a broken download where it ended', async () => {
    await using server = await serveFile(file, storage)
    const target = join(root, 'resumed.csv')
    writeFileSync(target, bytes.subarray(0, 10_000_000))
    await run('curl', ['--silent', '--show-error', '--fail', '-C', '-', '-o', target, server.link()])
    expect(readFileSync(target).equals(bytes)).toBe(true)
    expect(server.downloads).toMatchObject([
      { status: 206, range: { start: 10_000_000, end: bytes.length - 1 } },
    ])
  })

  test('sees that a broken transfer is broken', async () => {
    const promised = fileOf(Buffer.alloc(0), { bytes: 2000 })
    await using server = await serveFile(
      promised,
      giving(2000, () => Readable.from([Buffer.alloc(1000)])),
    )
    // 18: "a file transfer was shorter or larger than expected".
    await expect(run('curl', ['--silent', '--fail', '-o', '/dev/null', server.link()])).rejects.toMatchObject(
      {
        code: 18,
      },
    )
  })
})

function hasCurl(): boolean {
  try {
    execFileSync('curl', ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
