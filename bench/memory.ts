import { writeFileSync } from 'node:fs'
import { familyOf, readOrNull } from './family.ts'

/** Milliseconds between two looks. A process that ends takes its peak with it, so the last look counts. */
const lookMs = 50

/** Megabytes of resident sets at their peaks. What processes share, each of them counts. */
export interface Peaks {
  /** Of the largest process. */
  readonly ofOne: number
  /** Of the largest of those that were named, together with what it started. */
  readonly together: number
}

/**
 * Watches processes, and those that they start meanwhile (Parquet is made in one).
 * @returns what ends it
 */
export function watchPeaks(pids: readonly number[]): () => Peaks {
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
    return {
      ofOne: Math.max(...families.flat()),
      together: Math.max(...families.map((family) => family.reduce((sum, peak) => sum + peak, 0))),
    }
  }
}

/** Megabytes; null when it has ended. */
function peakOf(pid: number): number | null {
  const peak = /VmHWM:\s+(\d+) kB/.exec(readOrNull(`/proc/${pid}/status`) ?? '')?.[1]
  return peak === undefined ? null : Number(peak) / 1000
}
