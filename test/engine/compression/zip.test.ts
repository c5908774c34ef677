import { execFileSync } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ZipEntry, zip } from '../../../src/engine/compression/zip.ts'
import { chunksOf, collect, hasPython, isInstalled, prose, python, watched } from './streams.ts'
import { readZip } from './zip-reader.ts'

const MiB = 1024 * 1024
const modifiedAt = new Date('2026-03-10T12:34:56Z')
const entry = (name: string, content: Buffer, more: Partial<ZipEntry> = {}): ZipEntry => ({
  name,
  bytes: chunksOf(content, 100_000),
  modifiedAt,
  ...more,
})

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-zip-'))
})
afterAll(() => rm(folder, { recursive: true }))

async function written(name: string, archive: AsyncIterable<Buffer>): Promise<string> {
  const path = join(folder, name)
  await pipeline(archive, createWriteStream(path))
  return path
}

const hasUnzip = isInstalled('unzip', '-v')
const unzipSkipped = hasUnzip ? '' : ' (skipped: unzip is not installed)'
const pythonSkipped = hasPython ? '' : ' (skipped: no python3)'
const hasBsdtar = isInstalled('bsdtar', '--version')

test('entries come back with their names, times and bytes', async () => {
  const large = prose(3 * MiB + 5)
  const archive = await collect(
    zip([
      entry('deals.csv', prose(1000)),
      entry('folder/größe 😀.csv', large),
      entry('empty.csv', Buffer.alloc(0)),
      entry('sheet.xml', large, { below4GiB: true }),
      entry('one block.csv', prose(MiB)),
    ]),
  )
  const read = readZip(archive)
  expect(read.map(({ name, bytes }) => [name, bytes.length])).toEqual([
    ['deals.csv', 1000],
    ['folder/größe 😀.csv', large.length],
    ['empty.csv', 0],
    ['sheet.xml', large.length],
    ['one block.csv', MiB],
  ])
  expect(read[1]?.bytes.equals(large)).toBe(true)
  expect(read[0]?.modifiedAt).toBe('2026-03-10T12:34:56')
  expect(read.map(({ local }) => local)).toEqual([
    { version: 20, descriptor: 0, zip64: false },
    { version: 45, descriptor: 24, zip64: true },
    { version: 20, descriptor: 0, zip64: false },
    { version: 20, descriptor: 16, zip64: false },
    { version: 45, descriptor: 24, zip64: true },
  ])
})

test('any entries come back', async () => {
  const name = fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 50 })
    .filter((text) => !/[\\/\0]|^\.\.?$/.test(text))
  const files = fc.uniqueArray(fc.record({ name, content: fc.uint8Array({ maxLength: 2000 }) }), {
    selector: (file) => file.name,
  })
  await fc.assert(
    fc.asyncProperty(files, async (list) => {
      const archive = await collect(zip(list.map((file) => entry(file.name, Buffer.from(file.content)))))
      expect(readZip(archive).map(({ name, bytes }) => ({ name, content: new Uint8Array(bytes) }))).toEqual(
        list,
      )
    }),
    { numRuns: 50 },
  )
})

test('equal entries give equal bytes, whatever their chunks', async () => {
  const raw = prose(2 * MiB + 9)
  const one = await collect(zip([entry('a.csv', raw)]))
  const two = await collect(zip([entry('a.csv', raw, { bytes: chunksOf(raw, 7777) })]))
  expect(two.equals(one)).toBe(true)
})

test('no entries make an empty archive', async () => {
  expect(readZip(await collect(zip([])))).toEqual([])
})

test.each(['', '/etc/passwd', '../up.csv', 'a/../b', 'a//b', 'a\\b', 'x\0y'])(
  'the name %j is refused',
  async (name) => {
    await expect(collect(zip([entry(name, prose(10))]))).rejects.toThrow(TypeError)
  },
)

test('a name that comes twice is refused', async () => {
  await expect(collect(zip([entry('a', prose(10)), entry('a', prose(10))]))).rejects.toThrow(
    'two entries named "a"',
  )
})

test('dates that MS-DOS does not know become the nearest it does', async () => {
  const at = (iso: string) => entry(iso.slice(0, 4), prose(10), { modifiedAt: new Date(iso) })
  const archive = await collect(zip([at('1970-01-01T00:00:00Z'), at('2200-01-01T00:00:00Z')]))
  expect(readZip(archive).map((file) => file.modifiedAt)).toEqual([
    '1980-01-01T00:00:00',
    '2107-12-31T23:59:58',
  ])
})

test('the next entry is asked for only when the one before is read', async () => {
  const asked: string[] = []
  const entries = async function* () {
    for (const name of ['a', 'b', 'c']) {
      asked.push(`${name} begins`)
      yield entry(name, prose(2 * MiB))
      asked.push(`${name} is read`)
    }
  }
  await collect(zip(entries()))
  expect(asked).toEqual(['a begins', 'a is read', 'b begins', 'b is read', 'c begins', 'c is read'])
})

test('a consumer that stops closes the entry and the entries', async () => {
  const seen = watched(Array.from({ length: 20 }, () => prose(MiB)))
  let closed = false
  const entries = async function* () {
    try {
      yield entry('a', prose(0), { bytes: seen.source })
    } finally {
      closed = true
    }
  }
  let chunks = 0
  for await (const _ of zip(entries(), { level: 1 })) if (++chunks === 3) break
  expect(seen.closed).toBe(true)
  expect(seen.pulled).toBeLessThan(8)
  expect(closed).toBe(true)
})

test('an aborted signal closes what is open', async () => {
  const abort = new AbortController()
  const seen = watched(Array.from({ length: 20 }, () => prose(MiB)))
  const run = async () => {
    const archive = zip([entry('a', prose(0), { bytes: seen.source })], { level: 1, signal: abort.signal })
    for await (const _ of archive) abort.abort(new Error('canceled'))
  }
  await expect(run()).rejects.toThrow('canceled')
  expect(seen.closed).toBe(true)
})

test.skipIf(!hasUnzip)(`unzip -t, 7z and bsdtar find no errors${unzipSkipped}`, async () => {
  const path = await written(
    'mixed.zip',
    zip([
      entry('small.csv', prose(1000)),
      entry('empty.csv', Buffer.alloc(0)),
      entry('large.csv', prose(3 * MiB)),
      entry('größe/promised.csv', prose(3 * MiB), { below4GiB: true }),
    ]),
  )
  expect(execFileSync('unzip', ['-t', path], { encoding: 'utf8' })).toContain('No errors detected')
  if (isInstalled('7z', 'i'))
    expect(execFileSync('7z', ['t', path], { encoding: 'utf8' })).toContain('Everything is Ok')
  // From a pipe: without the central directory, so it has to tell the descriptors' widths by itself.
  if (hasBsdtar) {
    const list = execFileSync('sh', ['-c', 'cat "$1" | bsdtar -tvf -', 'sh', path], {
      encoding: 'utf8',
      // In the C locale bsdtar shows names in octal.
      env: { ...process.env, LC_ALL: 'C.UTF-8' },
    })
    expect(list.trim().split('\n')).toHaveLength(4)
  }
})

const readWithPython = `
import sys, zipfile
z = zipfile.ZipFile(sys.argv[1])
assert z.testzip() is None
for i in z.infolist(): print(i.filename, i.file_size, i.date_time)`

test.skipIf(!hasPython)(`Python's zipfile reads it${pythonSkipped}`, async () => {
  const path = await written(
    'python.zip',
    zip([entry('größe.csv', prose(2 * MiB)), entry('b.csv', prose(7))]),
  )
  expect(python(readWithPython, path)).toBe(
    'größe.csv 2097152 (2026, 3, 10, 12, 34, 56)\nb.csv 7 (2026, 3, 10, 12, 34, 56)\n',
  )
})

test.skipIf(!hasPython)(`more than 65,535 entries${pythonSkipped}`, async () => {
  const entries = function* () {
    for (let number = 0; number < 65_540; number++) {
      yield entry(`${number}.csv`, number % 1000 === 0 ? prose(20) : Buffer.alloc(0))
    }
  }
  const path = await written('many.zip', zip(entries(), { level: 1 }))
  const script = `
import sys, zipfile
z = zipfile.ZipFile(sys.argv[1])
print(len(z.namelist()), z.namelist()[-1], len(z.read('65000.csv')))`
  expect(python(script, path)).toBe('65540 65539.csv 20\n')
})

/** Zeros: 1 MiB of them deflates in a millisecond. */
async function* zeros(bytes: number): AsyncGenerator<Buffer, void, void> {
  const chunk = Buffer.alloc(4 * MiB)
  for (let left = bytes; left > 0; left -= chunk.length) yield chunk.subarray(0, Math.min(left, chunk.length))
}

test.skipIf(!hasPython)(`an entry of more than 4 GiB${pythonSkipped}`, async () => {
  const size = 4 * 1024 * MiB + 12_345
  const path = await written(
    'large.zip',
    zip([entry('large.csv', prose(0), { bytes: zeros(size) }), entry('after.csv', prose(100))], { level: 1 }),
  )
  const script = `
import sys, zipfile
z = zipfile.ZipFile(sys.argv[1])
print([(i.file_size, i.extract_version) for i in z.infolist()], len(z.read('after.csv')))`
  expect(python(script, path)).toBe(`[(${size}, 45), (100, 20)] 100\n`)
  if (hasUnzip) expect(execFileSync('unzip', ['-l', path], { encoding: 'utf8' })).toContain(String(size))
})
