import { readFileSync } from 'node:fs'

/** A process, and those that it and they have started and that still run. */
export function familyOf(pid: number): number[] {
  const children = readOrNull(`/proc/${pid}/task/${pid}/children`)?.trim().split(' ').filter(Boolean) ?? []
  return [pid, ...children.map(Number).flatMap(familyOf)]
}

/** A file of a process that may have ended meanwhile. */
export function readOrNull(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}
