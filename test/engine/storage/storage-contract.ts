import { randomBytes, randomUUID } from 'node:crypto'
import { buffer } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Storage, StoredObject } from '../../../src/engine/storage/storage.ts'

export interface StorageUnderTest extends AsyncDisposable {
  readonly storage: Storage
}

/** What every storage promises, run over each of them: an entry is a name and how to open an empty one. */
export function storageContract(name: string, open: () => Promise<StorageUnderTest>): void {
  describe(`storage contract: ${name}`, () => {
    let opened: StorageUnderTest
    let storage: Storage
    beforeEach(async () => {
      opened = await open()
      storage = opened.storage
    })
    afterEach(async () => {
      await opened[Symbol.asyncDispose]()
    })

    const key = 'org-1/export-1/1/Deals.csv'
    const put = async (at: string, ...chunks: (string | Buffer)[]) => {
      await using upload = await storage.openUpload(at)
      for (const chunk of chunks) await upload.write(Buffer.from(chunk))
      await upload.complete()
    }
    const bytesOf = async (at: string, range?: { start: number; end: number }) =>
      buffer(await storage.read(at, range))
    const textOf = async (at: string, range?: { start: number; end: number }) =>
      (await bytesOf(at, range)).toString()
    const listed = async (prefix = '') => {
      const entries: StoredObject[] = []
      for await (const entry of storage.list(prefix)) entries.push(entry)
      return entries.sort((a, b) => (a.key < b.key ? -1 : 1))
    }

    describe('uploads', () => {
      test('a completed object holds exactly the bytes that were written, in order', async () => {
        const chunks = [1, 64 * 1024, 700_001, 3].map((length) => randomBytes(length))
        await put(key, ...chunks)
        const stored = await bytesOf(key)
        expect(stored.equals(Buffer.concat(chunks))).toBe(true)
        expect(await storage.stat(key)).toEqual({ bytes: stored.length })
      })

      test('an object of no bytes exists', async () => {
        await put(key)
        expect(await storage.stat(key)).toEqual({ bytes: 0 })
        expect(await textOf(key)).toBe('')
      })

      test('nothing is visible under the key before the upload is complete', async () => {
        await using upload = await storage.openUpload(key)
        await upload.write(Buffer.from('half'))
        expect(await storage.stat(key)).toBeNull()
        await expect(storage.read(key)).rejects.toMatchObject({ code: 'OBJECT_MISSING', retryable: false })
      })

      test('an aborted upload leaves nothing, not even in the list', async () => {
        const upload = await storage.openUpload(key)
        await upload.write(Buffer.from('half'))
        await upload.abort()
        expect(await storage.stat(key)).toBeNull()
        expect(await listed()).toEqual([])
      })

      test('leaving the scope of an upload that was not completed aborts it', async () => {
        const scope = async () => {
          await using upload = await storage.openUpload(key)
          await upload.write(Buffer.from('half'))
          throw new Error('the database went away')
        }
        await expect(scope()).rejects.toThrow('the database went away')
        expect(await listed()).toEqual([])
      })

      test('completing and aborting can be repeated, and what happened first stays', async () => {
        const first = await storage.openUpload(key)
        await first.write(Buffer.from('whole'))
        await Promise.all([first.complete(), first.complete()])
        await first.complete()
        await first.abort()
        expect(await textOf(key)).toBe('whole')

        const second = await storage.openUpload(key)
        await second.abort()
        await second.abort()
        await expect(second.complete()).rejects.toMatchObject({ code: 'UPLOAD_CLOSED' })
        expect(await textOf(key)).toBe('whole')
      })

      test('aborting while the upload is being completed waits for it and undoes nothing', async () => {
        const upload = await storage.openUpload(key)
        await upload.write(Buffer.from('whole'))
        const completion = upload.complete()
        await upload.abort()
        await completion
        expect(await textOf(key)).toBe('whole')
      })

      test('a write after the end is refused', async () => {
        const completed = await storage.openUpload(key)
        await completed.complete()
        await expect(completed.write(Buffer.from('x'))).rejects.toMatchObject({ code: 'UPLOAD_CLOSED' })
        const aborted = await storage.openUpload(key)
        await aborted.abort()
        await expect(aborted.write(Buffer.from('x'))).rejects.toMatchObject({ code: 'UPLOAD_CLOSED' })
        expect(await textOf(key)).toBe('')
      })

      test('writes that overlap are carried out in order, and completing waits for them', async () => {
        const chunks = Array.from({ length: 40 }, () => randomBytes(20_000))
        const upload = await storage.openUpload(key)
        const writes = chunks.map((chunk) => upload.write(chunk))
        await upload.complete()
        await Promise.all(writes)
        expect((await bytesOf(key)).equals(Buffer.concat(chunks))).toBe(true)
      })

      test('a buffer can be used again once its write has resolved', async () => {
        const upload = await storage.openUpload(key)
        const shared = Buffer.from('one ')
        await upload.write(shared)
        shared.write('two ')
        await upload.write(shared)
        await upload.complete()
        expect(await textOf(key)).toBe('one two ')
      })

      test('a completed upload replaces the object as a whole, and one being read stays what it was', async () => {
        await put(key, 'the first, and longer, version')
        const reading = await storage.read(key)
        await put(key, 'second')
        expect(await textOf(key)).toBe('second')
        expect((await buffer(reading)).toString()).toBe('the first, and longer, version')
      })

      test('two uploads of one key do not mix: the one completed last stays', async () => {
        await using a = await storage.openUpload(key)
        await using b = await storage.openUpload(key)
        await a.write(Buffer.from('aaaa'))
        await b.write(Buffer.from('bb'))
        await b.complete()
        await a.complete()
        expect(await textOf(key)).toBe('aaaa')
        expect(await listed()).toHaveLength(1)
      })
    })

    describe('reading', () => {
      test('a range gives its bytes, both ends included', async () => {
        await put(key, '0123456789')
        expect(await textOf(key, { start: 0, end: 0 })).toBe('0')
        expect(await textOf(key, { start: 3, end: 5 })).toBe('345')
        expect(await textOf(key, { start: 9, end: 9 })).toBe('9')
      })

      test('a range that ends past the object is cut at its end', async () => {
        await put(key, '0123456789')
        expect(await textOf(key, { start: 7, end: 4_000_000_000 })).toBe('789')
      })

      test('a range that does not begin inside the object is refused', async () => {
        await put(key, '0123456789')
        for (const range of [
          { start: 10, end: 12 },
          { start: -1, end: 3 },
          { start: 5, end: 4 },
        ]) {
          await expect(storage.read(key, range)).rejects.toMatchObject({ code: 'OBJECT_RANGE_INVALID' })
        }
      })

      test('a range over many chunks is exact', async () => {
        const bytes = randomBytes(3_000_000)
        await put(key, bytes)
        const range = { start: 123_457, end: 2_876_543 }
        expect((await bytesOf(key, range)).equals(bytes.subarray(range.start, range.end + 1))).toBe(true)
      })

      test('a missing object is a typed error before any stream exists', async () => {
        await expect(storage.read(key)).rejects.toMatchObject({
          code: 'OBJECT_MISSING',
          message: expect.stringContaining(key),
        })
        expect(await storage.stat(key)).toBeNull()
      })

      test('an object that is deleted while being read is read to its end', async () => {
        const bytes = randomBytes(3_000_000)
        await put(key, bytes)
        const reading = await storage.read(key)
        await storage.delete(key)
        expect((await buffer(reading)).equals(bytes)).toBe(true)
      })

      test('neither the folder of a key nor something inside an object is an object', async () => {
        await put(key, 'x')
        for (const other of ['org-1', 'org-1/export-1/1', `${key}/inside`]) {
          expect(await storage.stat(other)).toBeNull()
          await expect(storage.read(other)).rejects.toMatchObject({ code: 'OBJECT_MISSING' })
          await storage.delete(other)
        }
        expect(await textOf(key)).toBe('x')
      })
    })

    describe('deleting and listing', () => {
      test('a deleted object is gone, its neighbours are not, and deleting again is no error', async () => {
        await put(key, 'x')
        await put('org-1/export-1/2/Deals.csv', 'y')
        await storage.delete(key)
        await storage.delete(key)
        expect(await storage.stat(key)).toBeNull()
        expect(await textOf('org-1/export-1/2/Deals.csv')).toBe('y')
      })

      test('objects and unfinished uploads are listed with their size and time', async () => {
        await put(key, 'whole')
        const leftover = await storage.openUpload('org-1/export-2/1/Deals.csv')
        await leftover.write(Buffer.from('half'))
        expect(await listed()).toEqual([
          { complete: true, key, bytes: 5, modifiedAt: expect.any(Date) },
          {
            complete: false,
            key: 'org-1/export-2/1/Deals.csv',
            uploadId: leftover.uploadId,
            bytes: 4,
            modifiedAt: expect.any(Date),
          },
        ])
        for (const { modifiedAt } of await listed()) {
          expect(Math.abs(Date.now() - modifiedAt.getTime())).toBeLessThan(60_000)
        }
        await leftover.abort()
      })

      test('a prefix is text, not a folder', async () => {
        await put('org-1/export-1/1/a.csv', '')
        await put('org-1/export-10/1/a.csv', '')
        await put('org-10/export-1/1/a.csv', '')
        const keys = async (prefix: string) => (await listed(prefix)).map((entry) => entry.key)
        expect(await keys('org-1/export-1/')).toEqual(['org-1/export-1/1/a.csv'])
        expect(await keys('org-1/export-1')).toEqual(['org-1/export-1/1/a.csv', 'org-1/export-10/1/a.csv'])
        expect(await keys('org-1')).toHaveLength(3)
        expect(await keys('org-1/export-1/1/a.csv')).toEqual(['org-1/export-1/1/a.csv'])
        expect(await keys('org-2/')).toEqual([])
        await expect(keys('../')).rejects.toMatchObject({ code: 'STORAGE_KEY_INVALID' })
      })

      test('a listing can be left early, and survives what is deleted during it', async () => {
        for (let n = 0; n < 30; n++) await put(`org-1/export-${n}/1/a.csv`, 'x')
        for await (const entry of storage.list('')) {
          expect(entry.complete).toBe(true)
          break
        }
        let seen = 0
        for await (const entry of storage.list('')) {
          seen++
          await storage.delete(entry.key)
        }
        expect(seen).toBe(30)
        expect(await listed()).toEqual([])
      })

      test('a janitor can end the upload of a process that died, and the object beside it stays', async () => {
        await put(key, 'whole')
        const abandoned = await storage.openUpload(key)
        await abandoned.write(Buffer.from('half'))
        const [leftover] = (await listed()).filter((entry) => !entry.complete)
        if (!leftover || leftover.complete) throw new Error('The unfinished upload was not listed')
        await storage.removeUpload(leftover.key, leftover.uploadId)
        await storage.removeUpload(leftover.key, leftover.uploadId)
        expect((await listed()).map((entry) => entry.complete)).toEqual([true])
        expect(await textOf(key)).toBe('whole')

        // It was not dead after all: it learns so, and does not publish a part.
        await expect(abandoned.complete()).rejects.toMatchObject({ code: 'UPLOAD_CLOSED' })
        await abandoned.abort()
        expect(await textOf(key)).toBe('whole')
      })

      test('uploads and deletions in one folder at the same time do not trip over each other', async () => {
        const turns = Array.from({ length: 60 }, async (_, n) => {
          const at = `org-1/export-1/1/${n}.csv`
          await put(at, `content ${n}`)
          expect(await textOf(at)).toBe(`content ${n}`)
          await storage.delete(at)
        })
        await Promise.all(turns)
        expect(await listed()).toEqual([])
      })
    })

    describe('keys', () => {
      const bad: Record<string, string> = {
        'nothing at all': '',
        'a parent segment': 'org-1/../org-2/a.csv',
        'a parent segment at the end': 'org-1/..',
        'a dot segment': 'org-1/./a.csv',
        'an absolute path': '/etc/passwd',
        'an empty segment': 'org-1//a.csv',
        'a slash at the end': 'org-1/',
        'a NUL': 'org-1/a\0.csv',
        'a backslash': 'org-1\\..\\a.csv',
        'a lone surrogate': 'org-1/\ud800.csv',
        'a segment of 256 bytes': `org-1/${'é'.repeat(128)}`,
        'more than 1024 bytes': Array.from({ length: 11 }, () => 'x'.repeat(100)).join('/'),
      }
      test.each(Object.entries(bad))('a key with %s is refused everywhere', async (_, badKey) => {
        const refused = { code: 'STORAGE_KEY_INVALID', message: expect.stringContaining('a key is segments') }
        await expect(storage.openUpload(badKey)).rejects.toMatchObject(refused)
        await expect(storage.stat(badKey)).rejects.toMatchObject(refused)
        await expect(storage.read(badKey)).rejects.toMatchObject(refused)
        await expect(storage.delete(badKey)).rejects.toMatchObject(refused)
        await expect(storage.removeUpload(badKey, randomUUID())).rejects.toMatchObject(refused)
      })

      test.each([
        'a',
        'org/Отчёт «2026» 📈.csv',
        'org/..hidden',
        'org/a.part',
        'org/ %2e%2e ?#&.csv',
        `org/${'é'.repeat(127)}x`,
      ])('the key %j is stored and listed as it is', async (goodKey) => {
        await put(goodKey, 'x')
        expect(await textOf(goodKey)).toBe('x')
        expect((await listed()).map((entry) => entry.key)).toEqual([goodKey])
      })

      test('an upload id that is none is refused', async () => {
        await expect(storage.removeUpload(key, '../../x')).rejects.toMatchObject({
          code: 'STORAGE_KEY_INVALID',
        })
      })
    })
  })
}
