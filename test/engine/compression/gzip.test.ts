import { execFileSync } from 'node:child_process'
import { gunzipSync } from 'node:zlib'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { gzip } from '../../../src/engine/compression/gzip.ts'
import { chunksOf, collect, hasPython, isInstalled, prose, python, watched } from './streams.ts'

const MiB = 1024 * 1024

test('any bytes come back from gunzip', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 3000 })), async (parts) => {
      const zipped = await collect(gzip(watched(parts.map((part) => Buffer.from(part))).source))
      expect(gunzipSync(zipped)).toEqual(Buffer.concat(parts))
    }),
    { numRuns: 50 },
  )
})

test('equal input gives equal bytes, whatever its chunks, and nothing in the header tells time or place', async () => {
  const raw = prose(2 * MiB + 5)
  const zipped = await collect(gzip(chunksOf(raw, 100_000), { level: 1 }))
  expect((await collect(gzip(chunksOf(raw, 9_999), { level: 1 }))).equals(zipped)).toBe(true)
  expect(zipped.subarray(0, 10).toString('hex')).toBe('1f8b08000000000004ff')
})

test('level 6 is the default, and smaller than level 1', async () => {
  const raw = prose(2 * MiB)
  const byDefault = await collect(gzip(chunksOf(raw, MiB)))
  const six = await collect(gzip(chunksOf(raw, MiB), { level: 6 }))
  const one = await collect(gzip(chunksOf(raw, MiB), { level: 1 }))
  expect(byDefault.equals(six)).toBe(true)
  expect(six.length).toBeLessThan(one.length)
})

test('a consumer that stops closes the source', async () => {
  const seen = watched(Array.from({ length: 20 }, () => prose(MiB)))
  let chunks = 0
  for await (const _ of gzip(seen.source, { level: 1 })) if (++chunks === 2) break
  expect(seen.closed).toBe(true)
  expect(seen.pulled).toBeLessThan(5)
})

const tools = isInstalled('gzip', '--version')

test.skipIf(!tools)(
  `gzip -t finds one whole member${tools ? '' : ' (skipped: gzip is not installed)'}`,
  async () => {
    const raw = prose(3 * MiB + 17)
    const zipped = await collect(gzip(chunksOf(raw, MiB)))
    execFileSync('gzip', ['-t'], { input: zipped })
    const list = execFileSync('gzip', ['-dc'], { input: zipped, maxBuffer: 2 ** 26 })
    expect(list.equals(raw)).toBe(true)
  },
)

test.skipIf(!hasPython)(
  `Python's zlib reads one member to the last byte${hasPython ? '' : ' (skipped: no python3)'}`,
  async () => {
    const zipped = await collect(gzip(chunksOf(prose(50_000), 1000)))
    const script = `
import base64, sys, zlib
d = zlib.decompressobj(31)
out = d.decompress(base64.b64decode(sys.argv[1]))
print(len(out), d.eof, len(d.unused_data))`
    expect(python(script, zipped.toString('base64'))).toBe('50000 True 0\n')
  },
)
