import { writeFileSync } from 'node:fs'
import { familyOf, readOrNull } from './family.ts'

/** Milliseconds between two looks. A process that ends takes its peak with it, so the last look counts. */
const lookMs = 50

/**
 * Watches the resident sets of processes, and of those that they start meanwhile (Parquet is made in one).
 * @returns what ends it: megabytes of the largest of them, each together with the ones it started, all at
 * their own peaks
 */
export function watchPeaks(pids: readonly number[]): () => number {
  const peaks = new Map(pids.map((pid) => [pid, new Map<number, number>()]))
  for (const pid of pids) writeFileSync(`/proc/${pid}/clear_refs`, '5')
  const look = () => {
    for (const [pid, ofFamily] of peaks) {
      for (const member of familyOf(pid)) ofFamily.set(member, peakOf(member) ?? ofFamily.get(member) ?? 0)
    }
  }
  const timer = setInterval(look, lookMs)
  return () => {
    clearInterval(timer)
    look()
    const families = [...peaks.values()].map((family) => [...family.values()])
    return Math.max(...families.map((family) => family.reduce((sum, peak) => sum + peak, 0)))
  }
}

/** Megabytes; null when it has ended. */
function peakOf(pid: number): number | null {
  const peak = /VmHWM:\s+(\d+) kB/.exec(readOrNull(`/proc/${pid}/status`) ?? '')?.[1]
  return peak === undefined ? null : Number(peak) / 1000
}
