import { gunzipSync, zstdDecompressSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { type Compression, compressions } from '../../../src/core/spec.ts'
import { compressionFor } from '../../../src/engine/compression/compression.ts'
import { chunksOf, collect, prose } from './streams.ts'
import { readZip } from './zip-reader.ts'

/** How the world reads what we write. A new compression brings its line. */
const decode: Record<Compression, (bytes: Buffer) => Buffer> = {
  none: (bytes) => bytes,
  gzip: gunzipSync,
  zip: (bytes) => readZip(bytes)[0]?.bytes ?? Buffer.from('no entry'),
  zstd: (bytes) => zstdDecompressSync(bytes),
}

describe.each([...compressions])('%s', (name) => {
  const { encode, extension, contentType } = compressionFor(name)
  const options = { fileName: 'deals.csv', modifiedAt: new Date('2026-03-10T12:00:00Z') }

  test('gives back what it was given', async () => {
    const raw = prose(1_500_000)
    expect(decode[name](await collect(encode(chunksOf(raw, 65_536), options))).equals(raw)).toBe(true)
    expect(decode[name](await collect(encode(chunksOf(Buffer.alloc(0), 1), options)))).toHaveLength(0)
  })

  test('gives equal bytes for equal input', async () => {
    const raw = prose(1_500_000)
    const once = await collect(encode(chunksOf(raw, 65_536), options))
    expect((await collect(encode(chunksOf(raw, 65_536), options))).equals(once)).toBe(true)
  })

  test('ends with an error of its source', async () => {
    const failing = (async function* () {
      yield prose(10)
      throw new Error('connection lost')
    })()
    await expect(collect(encode(failing, options))).rejects.toThrow('connection lost')
  })

  test('has an extension and a media type, or neither', () => {
    expect(extension === '').toBe(contentType === null)
  })
})

test('zip names the file inside', async () => {
  const options = { fileName: 'deals.csv', modifiedAt: new Date('2026-03-10T12:00:00Z') }
  const archive = await collect(compressionFor('zip').encode(chunksOf(prose(10), 10), options))
  expect(readZip(archive)[0]).toMatchObject({ name: 'deals.csv', modifiedAt: '2026-03-10T12:00:00' })
})
