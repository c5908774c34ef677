import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readlinkSync, rmSync, statSync } from 'node:fs'
import { type FileHandle, open, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { storageErrorFrom } from '../../../src/engine/storage/errors.ts'
import { LocalStorage } from '../../../src/engine/storage/local.ts'
import { storageContract } from './storage-contract.ts'

const newFolder = () => mkdtempSync(join(tmpdir(), 'sluice-storage-'))

storageContract('local disk', async () => {
  const root = newFolder()
  return {
    storage: new LocalStorage(root),
    [Symbol.asyncDispose]: async () => rmSync(root, { recursive: true, force: true }),
  }
})

const key = 'org-1/export-1/1/Deals.csv'

describe('local disk', () => {
  let root: string
  let storage: LocalStorage
  beforeEach(() => {
    root = newFolder()
    storage = new LocalStorage(root)
  })
  afterEach(() => rmSync(root, { recursive: true, force: true }))

  const put = async (at: string, text: string) => {
    await using upload = await storage.openUpload(at)
    await upload.write(Buffer.from(text))
    await upload.complete()
  }
  const treeOf = () =>
    readdirSync(root, { recursive: true, withFileTypes: true })
      .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
      .sort()
  /** Open descriptors of this process that point below the root. */
  const openFiles = () =>
    readdirSync('/proc/self/fd').filter((fd) => {
      try {
        return readlinkSync(`/proc/self/fd/${fd}`).startsWith(root)
      } catch {
        return false
      }
    })

  test('files are 0600 in folders of 0700', async () => {
    await using unfinished = await storage.openUpload('org-1/export-2/1/Deals.csv')
    await put(key, 'x')
    const modes = treeOf().map((path) => (statSync(join(root, path)).mode & 0o777).toString(8))
    expect(new Set(modes)).toEqual(new Set(['600', '700']))
    expect(unfinished.key).toBe('org-1/export-2/1/Deals.csv')
  })

  test('a name is durable with its folders: those of a second file are, until the folder may have gone', async () => {
    const handle = await open(root, 'r')
    const sync = vi.spyOn(Object.getPrototypeOf(handle) as FileHandle, 'sync')
    await handle.close()
    onTestFinished(() => sync.mockRestore())
    const syncsOf = async (work: Promise<void>) => {
      sync.mockClear()
      await work
      return sync.mock.calls.length
    }
    // The file, a/b, a, objects, and what objects lies in.
    expect(await syncsOf(put('a/b/one', 'x'))).toBe(5)
    expect(await syncsOf(put('a/b/two', 'x'))).toBe(2)
    await storage.delete('a/b/one')
    await storage.delete('a/b/two')
    expect(await syncsOf(put('a/b/three', 'x'))).toBe(4)
  })

  test('deleting, aborting and removing leave no empty folder', async () => {
    await put(key, 'x')
    await (await storage.openUpload(key)).abort()
    const leftover = await storage.openUpload('org-2/export-1/1/a.csv')
    await storage.removeUpload(leftover.key, leftover.uploadId)
    await leftover.abort()
    expect(treeOf()).toEqual([
      'objects',
      'objects/org-1',
      'objects/org-1/export-1',
      'objects/org-1/export-1/1',
      `objects/${key}`,
      'uploads',
    ])
    await storage.delete(key)
    expect(treeOf()).toEqual(['objects', 'uploads'])
  })

  test('deleting again removes the folders that a crash in between left', async () => {
    await put(key, 'x')
    rmSync(join(root, 'objects', key))
    await storage.delete(key)
    expect(treeOf()).toEqual(['objects', 'uploads'])
  })

  test('a file that somebody else put among the uploads is not taken for one', async () => {
    await put(key, 'x')
    await writeFile(join(root, 'uploads', 'lost+found'), '')
    const keys: string[] = []
    for await (const entry of storage.list('')) keys.push(entry.key)
    expect(keys).toEqual([key])
  })

  test('a key inside another object is refused at the end, and the object stays', async () => {
    await put(key, 'x')
    await using upload = await storage.openUpload(`${key}/inside.csv`)
    await expect(upload.complete()).rejects.toMatchObject({ code: 'STORAGE_KEY_INVALID' })
    await using above = await storage.openUpload('org-1/export-1')
    await expect(above.complete()).rejects.toMatchObject({ code: 'STORAGE_KEY_INVALID' })
    expect((await buffer(await storage.read(key))).toString()).toBe('x')
  })

  test.skipIf(!existsSync('/proc/self/fd'))(
    'no file stays open after reading, leaving early, failing, completing and aborting',
    async () => {
      await put(key, 'x'.repeat(5_000_000))
      await buffer(await storage.read(key))
      const left = await storage.read(key)
      for await (const _ of left) break
      const unread = await storage.read(key)
      unread.destroy()
      await once(unread, 'close')
      await expect(storage.read(key, { start: 9_000_000, end: 9_000_001 })).rejects.toThrow('9000000')
      await expect(storage.read('org-1/export-1')).rejects.toThrow('no object')
      for await (const _ of storage.list('')) break
      await (await storage.openUpload('org-1/export-1/1/b.csv')).abort()
      expect(openFiles()).toEqual([])
    },
  )

  test('a root that is no folder is an unavailable storage, with the cause for the log only', async () => {
    const file = join(root, 'file')
    await writeFile(file, '')
    const broken = new LocalStorage(file)
    const error = await broken.openUpload(key).catch((e: unknown) => e)
    expect(error).toMatchObject({
      code: 'STORAGE_UNAVAILABLE',
      retryable: true,
      message: 'Storage failed (ENOTDIR) while beginning org-1/export-1/1/Deals.csv; try again later',
      cause: { code: 'ENOTDIR' },
    })
    expect((error as Error).message).not.toContain(root)
  })

  test.each([
    ['ENOSPC', 'STORAGE_FULL'],
    ['EDQUOT', 'STORAGE_FULL'],
    ['EACCES', 'STORAGE_UNAVAILABLE'],
    ['EIO', 'STORAGE_UNAVAILABLE'],
    ['EROFS', 'STORAGE_UNAVAILABLE'],
    ['EMFILE', 'STORAGE_UNAVAILABLE'],
  ])('the system error %s is %s, worth another try, and keeps its cause', (errno, code) => {
    const cause = Object.assign(new Error(`${errno}: /secret/path`), { code: errno })
    const error = storageErrorFrom(cause, 'writing k')
    expect(error).toMatchObject({ code, retryable: true, cause })
    expect(error.message).toContain(errno)
    expect(error.message).not.toContain('/secret')
    expect(storageErrorFrom(error, 'anything')).toBe(error)
  })
})

const whyNoMount = tryMounting()

describe.skipIf(whyNoMount !== null)(
  `a real full disk${whyNoMount ? ` (skipped: ${whyNoMount})` : ''}`,
  () => {
    let disk: string
    let storage: LocalStorage
    beforeEach(() => {
      disk = newFolder()
      mount(disk, 'size=1m')
      storage = new LocalStorage(disk)
    })
    afterEach(() => {
      execFileSync('umount', [disk])
      rmSync(disk, { recursive: true })
    })

    test('says so in a typed error, publishes nothing, and has its room back after the abort', async () => {
      const upload = await storage.openUpload(key)
      const fill = async () => {
        for (let n = 0; n < 100; n++) await upload.write(Buffer.alloc(100_000))
      }
      const full = { code: 'STORAGE_FULL', retryable: true, cause: { code: 'ENOSPC' } }
      await expect(fill()).rejects.toMatchObject(full)
      await expect(upload.write(Buffer.from('x'))).rejects.toMatchObject(full)
      await expect(upload.complete()).rejects.toMatchObject(full)
      expect(await storage.stat(key)).toBeNull()
      await upload.abort()

      await using second = await storage.openUpload(key)
      await second.write(Buffer.alloc(900_000))
      await second.complete()
      expect(await storage.stat(key)).toEqual({ bytes: 900_000 })
    })

    test('a disk that turns read-only is unavailable', async () => {
      await using upload = await storage.openUpload(key)
      await upload.write(Buffer.from('x'))
      await upload.complete()
      execFileSync('mount', ['-o', 'remount,ro', disk])
      const unavailable = { code: 'STORAGE_UNAVAILABLE', cause: { code: 'EROFS' } }
      await expect(storage.openUpload('org-1/other/1/a.csv')).rejects.toMatchObject(unavailable)
      await expect(storage.delete(key)).rejects.toMatchObject(unavailable)
      expect((await buffer(await storage.read(key))).toString()).toBe('x')
    })
  },
)

function mount(folder: string, options: string): void {
  execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'sluice-test', folder], { stdio: 'pipe' })
}

/** Null when this process may mount, else why not. */
function tryMounting(): string | null {
  if (process.getuid?.() !== 0) return 'mounting needs root'
  const folder = newFolder()
  try {
    mount(folder, 'size=64k')
    execFileSync('umount', [folder])
    return null
  } catch {
    return 'this container may not mount a tmpfs'
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
