import type { Service } from './service.ts'

/** One number, and the bar it is held to. */
export interface Result {
  /** `CSV`, `createExport → start` … */
  readonly what: string
  /** `× copy`, `ms`, `exports/s`, `MB` */
  readonly unit: string
  /** One for each run. */
  readonly values: readonly number[]
  /** Left out: shown for comparison only. */
  readonly bar?: { readonly atMost: number } | { readonly atLeast: number }
  /** A note beside it. */
  readonly note?: string
}

export interface Bench {
  readonly runs: number
  /** Deals in the database. */
  readonly rows: number
  /** Where peers and files go. */
  readonly folder: string
  /** Sluice under such settings, with so many deals (default: `rows`); the one that is running stays when they are its own. */
  service(settings?: Readonly<Record<string, string>>, rows?: number): Promise<Service>
  /** Ends the one that is running. */
  stopService(): Promise<void>
  /** Removes the database with so many deals, and what was exported of it; a service starts with a new one. */
  dropData(rows: number): Promise<void>
  log(line: string): void
}

export interface Case {
  readonly name: string
  readonly sentence: string
  /** Takes too long, or too much disk, for a run of all cases. */
  readonly byNameOnly?: true
  measure(bench: Bench): Promise<readonly Result[]>
}

export function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

/** The value that so many percent of the values do not pass. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.ceil((percent / 100) * sorted.length) - 1)]!
}

/** Seconds that `work` takes. */
export async function seconds(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now()
  await work()
  return (performance.now() - startedAt) / 1000
}
