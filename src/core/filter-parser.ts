import type { Dataset } from './dataset.ts'
import { filterLimits } from './filter.ts'
import type { ValueContext } from './filter-value.ts'
import type { Report } from './issue-list.ts'
import { openTimeZone } from './time-zone.ts'

/** What a filter's names and dates mean. */
export interface FilterContext {
  /** The dataset whose rows are filtered, with the organization's dynamic columns among its columns. */
  readonly dataset: Dataset
  /** A related dataset, complete in the same way; undefined when this caller cannot see it. */
  findDataset(name: string): Dataset | undefined
  /** What relative dates count from. */
  readonly now: Date
  /** IANA name: whose days and wall clocks are meant. An unknown one is a RangeError: ask isTimeZone first. */
  readonly timeZone: string
}

/** What parsing one filter carries along. */
export interface FilterParser extends ValueContext, FilterContext {
  /** Counts nodes or words; false once the filter has too many. */
  readonly spendNodes: (count: number) => boolean
}

export function openFilterParser(context: FilterContext, report: Report): FilterParser {
  const { nodes, totalChars } = filterLimits
  return {
    dataset: context.dataset,
    findDataset: (name) => context.findDataset(name),
    now: context.now,
    timeZone: context.timeZone,
    zone: openTimeZone(context.timeZone),
    report,
    spendNodes: countUpTo(nodes, () => report('filter', `has more than ${nodes} nodes and words`)),
    spendChars: countUpTo(totalChars, () => report('filter', `has more than ${totalChars} characters`)),
  }
}

function countUpTo(limit: number, onPassed: () => void): (count: number) => boolean {
  let total = 0
  return (count) => {
    if (total <= limit && total + count > limit) onPassed()
    total += count
    return total <= limit
  }
}
