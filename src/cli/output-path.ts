import { constants, existsSync, statSync } from 'node:fs'
import { access } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import type { ExportFile } from '../client/client.ts'
import { UsageError } from './exit-codes.ts'

const maxNumber = 1_000

/** Found out before an export is made for nothing. @throws UsageError when nothing can be written there */
export async function assertWritable(output: string | undefined): Promise<void> {
  if (output === '-') return
  const target = resolve(output ?? '.')
  const folder = isFolder(target) ? target : dirname(target)
  await access(folder, constants.W_OK).catch(() => {
    throw new UsageError(`Nothing can be written in ${folder}. Choose another place with --output.`)
  })
}

/**
 * Where a file goes: to the path that was asked for, replacing what is there; or into a folder (the current
 * one by default) under its own name, which gets a number when it is taken.
 * @throws UsageError when several files would go to one path
 */
export function outputPath(
  output: string | undefined,
  file: Pick<ExportFile, 'name'>,
  fileCount: number,
): string {
  const target = resolve(output ?? '.')
  if (isFolder(target)) return freePath(target, safeName(file.name))
  if (fileCount === 1) return target
  throw new UsageError(`The export has ${fileCount} files: --output must be a folder that exists.`)
}

/** A name comes from a server: it may not lead out of the folder. */
function safeName(name: string): string {
  const bare = basename(name.replaceAll('\\', '/').replaceAll('\0', ''))
  return /^\.*$/.test(bare) ? 'export' : bare
}

function freePath(folder: string, name: string): string {
  const dot = name.indexOf('.', 1)
  const stem = dot < 0 ? name : name.slice(0, dot)
  const extension = name.slice(stem.length)
  for (let number = 1; number <= maxNumber; number += 1) {
    const path = join(folder, number === 1 ? name : `${stem}-${number}${extension}`)
    if (!existsSync(path)) return path
  }
  throw new UsageError(
    `${folder} has ${maxNumber} files called ${name} already. Choose a name with --output.`,
  )
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
}
