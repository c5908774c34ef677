import { createHash } from 'node:crypto'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { download } from '../../src/client/download.ts'
import { SluiceClientError } from '../../src/client/errors.ts'
import { type ReceiveOptions, receive } from '../../src/client/receive.ts'

const content = Buffer.from('0123456789')
const file = {
  url: 'https://exports.example.com/files/1/Deals.csv',
  bytes: content.length,
  sha256: createHash('sha256').update(content).digest('hex'),
}

beforeEach(() => {
  vi.useFakeTimers()
})

afterEach(() => {
  vi.useRealTimers()
})

/** A server whose answers are given one after the other; the last one stays. */
function serve(...answers: (() => Response | Promise<Response>)[]) {
  const requests: { url: string; headers: Record<string, string> }[] = []
  const fetch = (async (url: string, init: RequestInit) => {
    requests.push({ url, headers: init.headers as Record<string, string> })
    const answer = answers.length > 1 ? answers.shift() : answers[0]
    return await answer!()
  }) as typeof globalThis.fetch
  return { fetch, requests }
}

/** A body that breaks off after its bytes. */
function broken(bytes: Uint8Array): ReadableStream<Uint8Array> {
  let isSent = false
  return new ReadableStream(
    {
      pull(controller) {
        if (isSent) return controller.error(new TypeError('terminated'))
        isSent = true
        controller.enqueue(bytes)
      },
    },
    { highWaterMark: 0 },
  )
}

const refusal = (status: number, code: string) => () =>
  Response.json({ error: { code, message: `${code}.` } }, { status })

async function collect(options: ReceiveOptions): Promise<string> {
  const pieces: Uint8Array[] = []
  for await (const bytes of receive(file, options)) pieces.push(bytes)
  return Buffer.concat(pieces).toString()
}

async function settled<T>(promise: Promise<T>): Promise<T | SluiceClientError> {
  const result = promise.catch((error: unknown) => error as SluiceClientError)
  await vi.runAllTimersAsync()
  return await result
}

test('a server that never sends a byte is given up after seven tries', async () => {
  const { fetch, requests } = serve(async () => {
    throw new TypeError('fetch failed')
  })
  expect(await settled(collect({ fetch }))).toMatchObject({ code: 'DOWNLOAD_BROKEN' })
  expect(requests).toHaveLength(7)
})

test('the rest is asked for with the checksum as its condition', async () => {
  const { fetch, requests } = serve(
    () => new Response(content.subarray(0, 4)),
    () => new Response(content.subarray(4), { status: 206, headers: { 'Content-Range': 'bytes 4-9/10' } }),
  )
  expect(await settled(collect({ fetch }))).toBe('0123456789')
  expect(requests.map(({ headers }) => headers)).toEqual([
    {},
    { Range: 'bytes=4-', 'If-Range': `"${file.sha256}"`, 'Accept-Encoding': 'identity' },
  ])
})

test('the whole file in answer to a range is taken from where we were, if it is the same file', async () => {
  const whole = (etag: string) => () => new Response(content, { headers: { ETag: etag } })
  const first = () => new Response(content.subarray(0, 4))
  expect(await settled(collect({ fetch: serve(first, whole(`"${file.sha256}"`)).fetch }))).toBe('0123456789')
  expect(await settled(collect({ fetch: serve(first, whole('"other"')).fetch }))).toMatchObject({
    code: 'FILE_CHANGED',
  })
})

test('an expired link is replaced by a fresh one in the middle of a download', async () => {
  const { fetch, requests } = serve(
    () => new Response(content.subarray(0, 4)),
    refusal(410, 'LINK_EXPIRED'),
    () => new Response(content.subarray(4), { status: 206, headers: { 'Content-Range': 'bytes 4-9/10' } }),
  )
  const freshUrl = async () => 'https://exports.example.com/fresh'
  expect(await settled(collect({ fetch, freshUrl }))).toBe('0123456789')
  expect(requests.at(-1)?.url).toBe('https://exports.example.com/fresh')
  expect(await settled(collect({ fetch: serve(refusal(410, 'LINK_EXPIRED')).fetch }))).toMatchObject({
    code: 'LINK_EXPIRED',
  })
})

test('what cannot pass is not tried again, and what can is', async () => {
  const gone = serve(refusal(410, 'FILE_EXPIRED'))
  expect(await settled(collect({ fetch: gone.fetch }))).toMatchObject({
    code: 'FILE_EXPIRED',
    message: 'FILE_EXPIRED.',
  })
  expect(gone.requests).toHaveLength(1)
  const busy = serve(refusal(503, 'FILE_UNAVAILABLE'), () => new Response(content))
  expect(await settled(collect({ fetch: busy.fetch }))).toBe('0123456789')
})

test('more bytes than the file has are not taken for the file', async () => {
  const { fetch } = serve(() => new Response('0123456789ABC'))
  expect(await settled(collect({ fetch }))).toMatchObject({ code: 'FILE_CHANGED' })
})

test('a connection that stays silent is left after 30 seconds', async () => {
  const silent = vi.fn(
    (_url: unknown, init?: RequestInit) =>
      new Promise<Response>((_, reject) =>
        init?.signal?.addEventListener('abort', () => reject(init.signal?.reason)),
      ),
  )
  let isFirst = true
  const fetch = ((url: unknown, init?: RequestInit) => {
    if (!isFirst) return Promise.resolve(new Response(content))
    isFirst = false
    return silent(url, init)
  }) as typeof globalThis.fetch
  expect(await settled(collect({ fetch }))).toBe('0123456789')
  expect(silent).toHaveBeenCalledOnce()
})

test('a destination is closed when the checksum is right, and aborted when it is not', async () => {
  const log: string[] = []
  const destination = () =>
    new WritableStream<Uint8Array>({
      write: (bytes) => void log.push(Buffer.from(bytes).toString()),
      close: () => void log.push('closed'),
      abort: (error) => void log.push((error as SluiceClientError).code),
    })
  const whole = serve(() => new Response(content))
  expect(await settled(download(file, { fetch: whole.fetch, destination: destination() }))).toBeNull()
  const wrong = serve(() => new Response('012345678X'))
  expect(await settled(download(file, { fetch: wrong.fetch, destination: destination() }))).toBeInstanceOf(
    SluiceClientError,
  )
  expect(log).toEqual(['0123456789', 'closed', '012345678X', 'CHECKSUM_MISMATCH'])
})

test('a break in the middle of a piece loses nothing and repeats nothing', async () => {
  const { fetch } = serve(
    () => new Response(broken(content.subarray(0, 3))),
    () => new Response(content.subarray(3), { status: 206, headers: { 'Content-Range': 'bytes 3-9/10' } }),
  )
  const text = await settled(collect({ fetch }))
  expect(text).toBe('0123456789')
})
