import { crc32, inflateRawSync } from 'node:zlib'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { blockBytes, deflateBlocks } from '../../../src/engine/compression/deflate-blocks.ts'
import { chunksOf, collect, prose, reusing, watched } from './streams.ts'

const MiB = 1024 * 1024

async function deflated(source: AsyncIterable<Buffer>, level = 1) {
  const chunks: Buffer[] = []
  const deflating = deflateBlocks(source, { level })
  for (;;) {
    const next = await deflating.next()
    if (next.done) return { bytes: Buffer.concat(chunks), chunks, totals: next.value }
    chunks.push(next.value)
  }
}

test('what is inflated is what went in, and the totals say so', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.uint8Array({ maxLength: 5000 })),
      fc.integer({ min: 0, max: 9 }),
      async (parts, level) => {
        const raw = Buffer.concat(parts)
        const { bytes, totals } = await deflated(
          watched(parts.map((part) => Buffer.from(part))).source,
          level,
        )
        expect(inflateRawSync(bytes)).toEqual(raw)
        expect(totals).toEqual({ crc32: crc32(raw), rawBytes: raw.length, deflatedBytes: bytes.length })
      },
    ),
    { numRuns: 50 },
  )
})

test.each([0, 1, MiB - 1, MiB, MiB + 1, 5 * MiB, 5 * MiB + 7])(
  '%i bytes come back, in order',
  async (length) => {
    const raw = prose(length)
    const { bytes, totals } = await deflated(chunksOf(raw, 300_000))
    expect(inflateRawSync(bytes).equals(raw)).toBe(true)
    expect(totals.crc32).toBe(crc32(raw))
  },
)

test('bytes do not depend on how the source is cut', async () => {
  const raw = prose(3 * MiB + 1234)
  const whole = await collect(deflateBlocks(chunksOf(raw, raw.length), { level: 6 }))
  const cut = await collect(deflateBlocks(chunksOf(raw, 77_777), { level: 6, inFlight: 1 }))
  expect(cut.equals(whole)).toBe(true)
})

test('input of less than one block is one chunk', async () => {
  expect((await deflated(chunksOf(prose(blockBytes - 1), 100_000))).chunks).toHaveLength(1)
  expect((await deflated(chunksOf(Buffer.alloc(0), 1))).chunks).toHaveLength(1)
})

test('a source may use its buffer again', async () => {
  const raw = prose(4 * MiB)
  expect(inflateRawSync(await collect(deflateBlocks(reusing(raw, 50_000), { level: 1 }))).equals(raw)).toBe(
    true,
  )
})

test('no more than the blocks in flight are read ahead of the consumer', async () => {
  const seen = watched(Array.from({ length: 20 }, () => prose(MiB)))
  const deflating = deflateBlocks(seen.source, { level: 1, inFlight: 3 })
  let handedOut = 0
  for await (const _ of deflating) {
    // Long enough for anything that would still be reading to do so.
    await new Promise((resolve) => setImmediate(resolve))
    handedOut++
    expect(seen.pulled).toBeLessThanOrEqual(handedOut + 2)
  }
  expect(seen.pulled).toBe(20)
  expect(handedOut).toBe(21)
})

test('a consumer that stops closes the source', async () => {
  const seen = watched(Array.from({ length: 20 }, () => prose(MiB)))
  for await (const _ of deflateBlocks(seen.source, { level: 1 })) break
  expect(seen.closed).toBe(true)
  expect(seen.pulled).toBeLessThanOrEqual(3)
})

test('an aborted signal ends it with the reason and closes the source', async () => {
  const abort = new AbortController()
  const seen = watched(Array.from({ length: 20 }, () => prose(MiB)))
  const run = async () => {
    for await (const _ of deflateBlocks(seen.source, { level: 1, signal: abort.signal })) {
      abort.abort(new Error('canceled by the caller'))
    }
  }
  await expect(run()).rejects.toThrow('canceled by the caller')
  expect(seen.closed).toBe(true)
  expect(seen.pulled).toBeLessThan(6)
})

test("the source's error comes through, after which nothing runs on", async () => {
  const failing = (async function* () {
    yield prose(2 * MiB)
    throw new Error('connection lost')
  })()
  await expect(collect(deflateBlocks(failing, { level: 1 }))).rejects.toThrow('connection lost')
})

test('a level that zlib does not know is an error, and the source is closed', async () => {
  const seen = watched([prose(MiB), prose(MiB)])
  await expect(collect(deflateBlocks(seen.source, { level: 12 }))).rejects.toThrow(RangeError)
  expect(seen.closed).toBe(true)
})
