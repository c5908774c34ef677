import { execFileSync } from 'node:child_process'
import { zstdDecompressSync } from 'node:zlib'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { zstd } from '../../../src/engine/compression/zstd.ts'
import { chunksOf, collect, isInstalled, prose, reusing, watched } from './streams.ts'

const MiB = 1024 * 1024

test('any bytes come back', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 3000 })), async (parts) => {
      const packed = await collect(zstd(watched(parts.map((part) => Buffer.from(part))).source))
      expect(zstdDecompressSync(packed)).toEqual(Buffer.concat(parts))
    }),
    { numRuns: 50 },
  )
})

test('the frame has a checksum of its content: a flipped bit is found', async () => {
  const packed = await collect(zstd(chunksOf(prose(100_000), 10_000)))
  // RFC 8878 3.1.1.1.1: bit 2 of the frame header's descriptor.
  expect((packed[4] as number) & 0b100).toBe(0b100)
  packed[packed.length - 1] = (packed[packed.length - 1] as number) ^ 1
  expect(() => zstdDecompressSync(packed)).toThrow()
})

test('equal input gives equal bytes', async () => {
  const raw = prose(3 * MiB + 99)
  const packed = await collect(zstd(chunksOf(raw, 100_000)))
  expect((await collect(zstd(chunksOf(raw, 100_000)))).equals(packed)).toBe(true)
  expect((await collect(zstd(chunksOf(raw, 33_333)))).equals(packed)).toBe(true)
})

test('there is one frame and nothing after it', async () => {
  // An empty frame with a checksum is what Node 24 appends when the end comes too early.
  const empty = await collect(zstd(chunksOf(Buffer.alloc(0), 1)))
  const packed = await collect(zstd(chunksOf(prose(10), 5)))
  expect(packed.includes(empty.subarray(0, 4), 4)).toBe(false)
  expect(empty.includes(empty.subarray(0, 4), 4)).toBe(false)
})

test('a source may use its buffer again', async () => {
  const raw = prose(2 * MiB)
  expect(zstdDecompressSync(await collect(zstd(reusing(raw, 50_000)))).equals(raw)).toBe(true)
})

test('a higher level is smaller', async () => {
  const raw = prose(MiB)
  const one = await collect(zstd(chunksOf(raw, 100_000), { level: 1 }))
  const nineteen = await collect(zstd(chunksOf(raw, 100_000), { level: 19 }))
  expect(nineteen.length).toBeLessThan(one.length)
})

test('a consumer that does not read stops the source', async () => {
  const seen = watched(Array.from({ length: 100 }, () => prose(MiB)))
  const packing = zstd(seen.source)
  await packing.next()
  const before = seen.pulled
  // Long enough for anything that would still be reading to do so.
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve))
  expect(seen.pulled).toBeLessThanOrEqual(before + 2)
  expect(seen.pulled).toBeLessThan(20)
  await packing.return()
  expect(seen.closed).toBe(true)
})

test("the source's error comes through", async () => {
  const failing = (async function* () {
    yield prose(MiB)
    throw new Error('connection lost')
  })()
  await expect(collect(zstd(failing))).rejects.toThrow('connection lost')
})

test('an aborted signal ends it and closes the source', async () => {
  const abort = new AbortController()
  const seen = watched(Array.from({ length: 100 }, () => prose(MiB)))
  const run = async () => {
    for await (const _ of zstd(seen.source, { signal: abort.signal })) abort.abort(new Error('canceled'))
  }
  await expect(run()).rejects.toThrow('canceled')
  expect(seen.closed).toBe(true)
})

test('a level that zstd does not know is an error', async () => {
  await expect(collect(zstd(chunksOf(prose(10), 5), { level: 99 }))).rejects.toThrow(RangeError)
})

const tool = isInstalled('zstd', '--version')

test.skipIf(!tool)(
  `the zstd program finds it whole${tool ? '' : ' (skipped: zstd is not installed)'}`,
  async () => {
    const raw = prose(2 * MiB)
    const packed = await collect(zstd(chunksOf(raw, 100_000)))
    expect(execFileSync('zstd', ['-dc'], { input: packed, maxBuffer: 2 ** 26 }).equals(raw)).toBe(true)
  },
)
