import type { CsvOptions } from '../../core/options/delimited.ts'
import { delimited } from './delimited.ts'

/** Comma-separated values. @see RFC 4180 */
export const csv = delimited('csv', 'text/csv', (options) => options as CsvOptions)
