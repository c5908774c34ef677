import { type FileHandle, mkdir, open, rename, rmdir } from 'node:fs/promises'
import { dirname, relative, sep } from 'node:path'
import { errnoOf } from './errors.ts'

// Somebody who deletes the last object of a folder removes the folder, perhaps between our mkdir and
// what we made it for. Losing that race ten times running does not happen by chance.
const attempts = 10

/** Makes the folder of `path`, and in it a file that is ours alone (0600 in 0700 folders). */
export async function createFileIn(path: string): Promise<FileHandle> {
  await makeFolder(dirname(path))
  return await withFolderOf(path, () => open(path, 'wx', 0o600))
}

/** Makes the folder of `to` and moves the file there, over one that may exist, in one step. */
export async function moveFile(from: string, to: string): Promise<void> {
  await withFolderOf(to, () => rename(from, to))
}

async function withFolderOf<T>(path: string, use: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      if (attempt > 1) await makeFolder(dirname(path))
      return await use()
    } catch (error) {
      if (errnoOf(error) !== 'ENOENT' || attempt === attempts) throw error
    }
  }
}

/** One call for all that is missing, which is eight fewer than one by one. */
async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
  } catch {
    // On Node 24, `recursive` turns EROFS and EDQUOT into a misleading ENOENT: one by one, the true error shows.
    await makeFolders(folder)
  }
}

async function makeFolders(folder: string): Promise<void> {
  const make = async () => {
    try {
      await mkdir(folder, 0o700)
    } catch (error) {
      if (errnoOf(error) !== 'EEXIST') throw error
    }
  }
  try {
    await make()
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT' || dirname(folder) === folder) throw error
    await makeFolders(dirname(folder))
    await make()
  }
}

/** Folders that are remembered: of each export under way there is one. */
const maxRemembered = 1_000

/**
 * Makes names durable. fsync of a file does not save its name, and a folder made on the way to it has a name
 * in its own parent. @see fsync(2), NOTES
 */
export class FolderSync {
  readonly #root: string
  /** Folders whose own names are durable, and which hold a file: nobody has removed them, so nobody has made them anew. */
  readonly #durable = new Set<string>()
  #isRootDurable = false

  /** @param root stays, whatever is removed from it */
  constructor(root: string) {
    this.#root = root
  }

  /** The names on the way from the root down to a file that has just been put there. */
  async sync(path: string): Promise<void> {
    const folder = dirname(path)
    // A second file beside the first, such as the manifest, adds one name: three calls instead of fifteen.
    const above = this.#durable.has(folder) ? [folder] : [...foldersUpTo(this.#root, path), this.#root]
    for (const each of this.#isRootDurable ? above : [...above, dirname(this.#root)]) await syncFolder(each)
    this.#isRootDurable = true
    this.#durable.add(folder)
    const [oldest] = this.#durable
    if (this.#durable.size > maxRemembered && oldest !== undefined) this.#durable.delete(oldest)
  }

  /** To be told before a file is removed, since its folder may go with it. */
  forget(path: string): void {
    this.#durable.delete(dirname(path))
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Removes the folders above `path` that have become empty; `root` stays. */
export async function removeEmptyFolders(path: string, root: string): Promise<void> {
  for (const folder of foldersUpTo(root, path)) {
    try {
      await rmdir(folder)
    } catch (error) {
      const code = errnoOf(error)
      if (code === 'ENOENT') continue
      if (code === 'ENOTEMPTY' || code === 'EEXIST') return
      throw error
    }
  }
}

/** Folders strictly between `root` and `path`, the deepest first. */
function foldersUpTo(root: string, path: string): string[] {
  const folders: string[] = []
  const depth = relative(root, dirname(path)).split(sep).filter(Boolean).length
  for (let folder = dirname(path); folders.length < depth; folder = dirname(folder)) folders.push(folder)
  return folders
}
