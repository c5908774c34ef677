/** What an export meets that would be one too many at once: a refusal, or a wait for its turn. */
export const beyondConcurrencies = ['refuse', 'queue'] as const
export type BeyondConcurrency = (typeof beyondConcurrencies)[number]

/** How many exports may be accepted, and how many may be under way. null: no limit. */
export interface ExportLimits {
  /** Accepted in any 60 minutes. */
  readonly exportsPerHour: number | null
  /** Accepted in any 24 hours. */
  readonly exportsPerDay: number | null
  /** Pending or processing; of those that queue, only the ones whose turn has come. */
  readonly maxConcurrentExports: number | null
  readonly beyondConcurrency: BeyondConcurrency
}

/** Limits of a door; what is left out has no limit, and refuses. */
export type DoorLimits = Readonly<Record<string, Partial<ExportLimits>>>

/** Exports that count together against one set of limits. */
export interface LimitPool extends ExportLimits {
  /** The door whose exports count here; null: those of all doors without limits of their own. */
  readonly door: string | null
}

const none: ExportLimits = {
  exportsPerHour: null,
  exportsPerDay: null,
  maxConcurrentExports: null,
  beyondConcurrency: 'refuse',
}

/** The limits that an export meets by the door it came in by: each export counts against one pool. */
export function poolOf(
  plan: { readonly doorLimits: DoorLimits } & {
    readonly [Name in keyof ExportLimits]?: ExportLimits[Name] | null | undefined
  },
  door: string,
): LimitPool {
  if (Object.hasOwn(plan.doorLimits, door)) return { ...none, ...plan.doorLimits[door], door }
  return {
    exportsPerHour: plan.exportsPerHour ?? null,
    exportsPerDay: plan.exportsPerDay ?? null,
    maxConcurrentExports: plan.maxConcurrentExports ?? null,
    beyondConcurrency: plan.beyondConcurrency ?? 'refuse',
    door: null,
  }
}
