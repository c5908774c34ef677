import { expect, test } from 'vitest'
import { encodeText } from '../../../src/engine/formats/text-encoding.ts'
import { chunksOf, collect } from '../compression/streams.ts'

const text = 'plain; Ä é ÿ € Ž ž Œ ‘’“”•–—™ ƒ…†‡ˆ‰Š‹š›œ Ÿ \u00a0 Ω 日本 😀 e\u0301 \u0081 \u009d\r\n'

test.each([1, 2, 3, 7, 1000])('UTF-16LE, wherever the bytes are cut (every %i)', async (length) => {
  const encoded = encodeText(chunksOf(Buffer.from(text), length), 'utf-16le')
  expect((await collect(encoded)).toString('utf16le')).toBe(text)
})

test.each([1, 2, 3, 7, 1000])('Windows-1252, wherever the bytes are cut (every %i)', async (length) => {
  const encoded = await collect(encodeText(chunksOf(Buffer.from(text), length), 'windows-1252'))
  expect([...encoded.subarray(0, 48)].map((byte) => byte.toString(16).padStart(2, '0')).join(' ')).toBe(
    [
      '70 6c 61 69 6e 3b 20 c4 20 e9 20 ff 20 80 20 8e 20 9e 20 8c',
      '20 91 92 93 94 95 96 97 99 20 83 85 86 87 88 89 8a 8b 9a 9b 9c 20 9f 20 a0 20 3f 20',
    ].join(' '),
  )
  expect(encoded.subarray(48).toString('latin1')).toBe('?? ? e? ? ?\r\n')
})

test('UTF-8 is the source itself', () => {
  const source = chunksOf(Buffer.from(text), 1)
  expect(encodeText(source, 'utf-8')).toBe(source)
})

test('a block of many megabytes is encoded piece by piece', async () => {
  const long = 'aé😀'.repeat(1_000_000)
  const sizes: number[] = []
  let all = ''
  for await (const piece of encodeText(chunksOf(Buffer.from(long), long.length * 4), 'utf-16le')) {
    sizes.push(piece.length)
    all += piece.toString('utf16le')
  }
  expect(all === long).toBe(true)
  expect(Math.max(...sizes)).toBeLessThanOrEqual(2 * 1024 * 1024)
})
