import { readFileSync, writeFileSync } from 'node:fs'

/** Forgets the peaks of processes so far. */
export function resetPeaks(pids: readonly number[]): void {
  for (const pid of pids) writeFileSync(`/proc/${pid}/clear_refs`, '5')
}

/** Megabytes of the largest resident set of any of them since. */
export function peakMegabytes(pids: readonly number[]): number {
  const peaks = pids.map((pid) =>
    Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]),
  )
  return Math.max(...peaks) / 1000
}
