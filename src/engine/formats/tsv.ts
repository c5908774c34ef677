import type { TsvOptions } from '../../core/options/delimited.ts'
import { delimited } from './delimited.ts'

/** Tab-separated values, quoted as CSV is: a tab or line break inside a cell stays what it is. */
export const tsv = delimited('tsv', 'text/tab-separated-values', (options) => ({
  ...(options as TsvOptions),
  delimiter: '\t',
}))
