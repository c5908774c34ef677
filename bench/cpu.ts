import { familyOf, readOrNull } from './family.ts'

/** Linux counts in these, whatever the kernel's own tick is. @see proc_pid_stat(5), USER_HZ */
const ticksPerSecond = 100

/**
 * Seconds of CPU that a process has used so far, with all that it started: those that run, and those that
 * have ended and been waited for.
 */
export function cpuSeconds(pid: number): number {
  for (;;) {
    const family = familyOf(pid)
    const ticks = family.reduce((sum, member) => sum + ticksOf(member), 0)
    // One that was waited for meanwhile is missing, or counted with its parent once more.
    if (String(familyOf(pid)) === String(family)) return ticks / ticksPerSecond
  }
}

function ticksOf(pid: number): number {
  // The second field is the program's name in brackets, which may hold blanks.
  const fields = readOrNull(`/proc/${pid}/stat`)?.split(') ').at(-1)?.split(' ') ?? []
  const [user = 0, system = 0, userOfEnded = 0, systemOfEnded = 0] = fields.slice(11, 15).map(Number)
  return user + system + userOfEnded + systemOfEnded
}
