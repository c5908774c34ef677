import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Another live process works in this data folder. */
export class DataFolderLockedError extends Error {
  readonly code = 'DATA_FOLDER_LOCKED'
}

/**
 * Claims a data folder for this process until `release`. A lock left by a process that is gone (or by an
 * earlier process that had the same id) is taken over.
 */
export function lockFolder(folder: string): { release(): void } {
  const file = join(folder, 'sluice.lock')
  const mine = `${process.pid} ${startTimeOf(process.pid)}`
  for (;;) {
    try {
      writeFileSync(file, mine, { flag: 'wx', mode: 0o644 })
      return { release: () => rmSync(file, { force: true }) }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
    const holder = lockHolder(folder)
    if (holder !== null) {
      throw new DataFolderLockedError(
        `The data folder ${folder} is in use by process ${holder}. Stop it, or set SLUICE_DATA_DIR to another folder.`,
      )
    }
    rmSync(file, { force: true })
  }
}

/** The id of the live process that works in this folder, if there is one. */
export function lockHolder(folder: string): number | null {
  let text: string
  try {
    text = readFileSync(join(folder, 'sluice.lock'), 'utf8')
  } catch {
    return null
  }
  const [pidText = '', startTime = ''] = text.split(' ')
  const pid = Number(pidText)
  if (!Number.isSafeInteger(pid) || pid <= 0 || !isAlive(pid)) return null
  return startTimeOf(pid) === startTime ? pid : null
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/**
 * Clock ticks from boot to the process' start, which tells a process from a later one with the same id
 * (ids repeat at every start of a container). Empty where there is no /proc.
 * @see proc_pid_stat(5), field 22
 */
function startTimeOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''
  } catch {
    return ''
  }
}
