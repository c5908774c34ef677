import { afterAll, expect, test, vi } from 'vitest'
import { chunksOf, collect } from './streams.ts'

// Real ones take seven seconds for 4 GiB; the archive only believes what it is told about them.
const deflated = { rawBytes: 0, deflatedBytes: 0 }
const deflateBlocks = '../../../src/engine/compression/deflate-blocks.ts'

// Test files share their modules: this one takes a zip of its own, and leaves none behind.
vi.resetModules()
vi.doMock(deflateBlocks, () => ({
  async *deflateBlocks() {
    yield Buffer.from('a')
    yield Buffer.from('b')
    return { crc32: 0, ...deflated }
  },
}))
const { ZipEntryTooLarge, zip } = await import('../../../src/engine/compression/zip.ts')

afterAll(() => {
  vi.doUnmock(deflateBlocks)
  vi.resetModules()
})

const entry = {
  name: 'sheet1.xml',
  bytes: chunksOf(Buffer.alloc(0), 1),
  modifiedAt: new Date(0),
  below4GiB: true,
}

test('an entry that was to stay below 4 GiB and does not ends the archive with an error', async () => {
  Object.assign(deflated, { rawBytes: 2 ** 32 - 1, deflatedBytes: 2 })
  await expect(collect(zip([entry]))).rejects.toThrow(ZipEntryTooLarge)
  Object.assign(deflated, { rawBytes: 2 ** 32 - 2, deflatedBytes: 2 ** 32 - 1 })
  await expect(collect(zip([entry]))).rejects.toThrow('sheet1.xml was to stay below 4 GiB')
})

test('up to there it is written without Zip64', async () => {
  Object.assign(deflated, { rawBytes: 2 ** 32 - 2, deflatedBytes: 2 })
  const archive = await collect(zip([entry]))
  expect(archive.readUInt16LE(4)).toBe(20)
  expect(archive.includes(Buffer.from('504b0606', 'hex'))).toBe(false)
})
