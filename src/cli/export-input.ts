import type { CreateExportInput } from '../client/client.ts'
import { UsageError } from './exit-codes.ts'
import { parseOptions } from './format-options.ts'

/** The options of `sluice export` that say what the file holds. */
export interface ExportWords {
  readonly columns?: string
  readonly format: string
  readonly compression: string
  readonly filter?: string
  readonly sort?: string
  readonly name?: string
  readonly option?: readonly string[]
  readonly dedupe?: number
  readonly labels?: string | true
  readonly expand?: string
  readonly limit?: number
  readonly rowsPerFile?: number
  readonly bytesPerFile?: number
}

/** @throws UsageError; whether the words name anything is for the server to say */
export function exportInput(dataset: string, words: ExportWords): CreateExportInput {
  return {
    dataset,
    format: words.format.toUpperCase() as NonNullable<CreateExportInput['format']>,
    compression: words.compression.toUpperCase() as NonNullable<CreateExportInput['compression']>,
    ...(words.columns === undefined
      ? {}
      : { columns: words.columns.split(',').map((name) => ({ name: name.trim() })) }),
    ...(words.filter === undefined ? {} : { filter: parseFilter(words.filter) }),
    ...(words.sort === undefined ? {} : { sort: words.sort.split(',').map(parseSortKey) }),
    ...(words.name === undefined ? {} : { name: words.name }),
    ...(words.option === undefined ? {} : { options: parseOptions(words.option) }),
    ...(words.dedupe === undefined ? {} : { dedupeWithinSeconds: words.dedupe }),
    ...(words.labels === undefined ? {} : { headers: 'LABELS' as const }),
    ...(typeof words.labels === 'string' ? { language: words.labels } : {}),
    ...(words.expand === undefined ? {} : { expand: words.expand }),
    ...(words.limit === undefined ? {} : { limit: words.limit }),
    ...(words.rowsPerFile === undefined ? {} : { maxRowsPerFile: words.rowsPerFile }),
    ...(words.bytesPerFile === undefined ? {} : { maxBytesPerFile: words.bytesPerFile }),
  }
}

function parseFilter(text: string): NonNullable<CreateExportInput['filter']> {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null) return value as NonNullable<CreateExportInput['filter']>
  } catch {}
  throw new UsageError(
    `--filter takes JSON such as '{"field": {"column": "amount", "is": {"gte": 1000}}}', not '${text}'.`,
  )
}

/** `amount`, `amount:desc`, `amount:desc:last` */
function parseSortKey(text: string): NonNullable<CreateExportInput['sort']>[number] {
  const [, column, direction, nulls] = /^\s*([^:]+?)(?::(asc|desc))?(?::(first|last))?\s*$/i.exec(text) ?? []
  if (column === undefined)
    throw new UsageError(`--sort takes column:asc or column:desc, separated by commas, not '${text}'.`)
  return {
    column,
    ...(direction ? { direction: direction.toUpperCase() as 'ASC' | 'DESC' } : {}),
    ...(nulls ? { nulls: nulls.toUpperCase() as 'FIRST' | 'LAST' } : {}),
  }
}
