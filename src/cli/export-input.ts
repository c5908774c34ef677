import { type Command, InvalidArgumentError, Option } from 'commander'
import type { CreateExportInput } from '../client/client.ts'
import { UsageError } from './exit-codes.ts'
import { optionNames, parseOptions } from './format-options.ts'

/** The options that say what the file holds. */
export interface ExportWords {
  readonly columns?: string
  readonly format: string
  readonly compression: string
  readonly compressionLevel?: number
  readonly filter?: string
  readonly sort?: string
  readonly name?: string
  readonly option?: readonly string[]
  readonly dedupe?: number
  readonly labels?: string | true
  readonly valueLabels?: true
  readonly expand?: string
  readonly newOnly?: true
  readonly mail?: true
  readonly contentEncoding?: string
  readonly limit?: number
  readonly rowsPerFile?: number
  readonly bytesPerFile?: number
}

/** Adds the dataset and those options: to `export`, and to what says beforehand what would come of it. */
export function withExportWords(command: Command): Command {
  return command
    .argument('<dataset>', 'its name; `sluice datasets` shows them')
    .option('--columns <names>', "separated by commas, in the file's order (default: the dataset's own)")
    .addOption(
      new Option('--format <format>', 'of the file')
        .choices(['csv', 'tsv', 'json', 'ndjson', 'xlsx', 'xls', 'parquet'])
        .default('csv'),
    )
    .addOption(
      new Option('--compression <kind>', 'of the file')
        .choices(['none', 'gzip', 'zip', 'zstd'])
        .default('none'),
    )
    .option(
      '--compression-level <level>',
      'from 1, the fastest, to 9 of gzip and zip or 19 of zstd',
      parseCount,
    )
    .option(
      '--filter <json>',
      `which rows, as GraphQL's RowFilter: {"field": {"column": "amount", "is": {"number": {"gte": 1000}}}}`,
    )
    .option('--sort <keys>', 'as in amount:desc,name')
    .option('--option <name=value...>', `of the format: ${optionNames.join(', ')}`)
    .option('--name <name>', "what the export and its file are called (default: the dataset's label)")
    .option('--dedupe <seconds>', 'take an equal export that is under way or at most so old', parseCount)
    .option('--labels [language]', 'labels for people as headers, in a language such as de')
    .option('--value-labels', 'enumerations by their labels, in the language of --labels')
    .option('--new-only', 'without the rows that earlier exports delivered')
    .option('--mail', "tell the key's owner by mail when it has ended")
    .addOption(
      new Option('--content-encoding <kind>', 'stored and sent encoded, under its plain name').choices([
        'gzip',
      ]),
    )
    .option('--expand <relation>', 'one row for each related row, instead of a list in one cell')
    .option('--limit <rows>', 'the first so many rows only', parseCount)
    .option('--rows-per-file <rows>', 'several files of so many rows at most', parseCount)
    .option(
      '--bytes-per-file <bytes>',
      'several files of so many bytes at most, before compression',
      parseCount,
    )
}

/** @throws UsageError; whether the words name anything is for the server to say */
export function exportInput(dataset: string, words: ExportWords): CreateExportInput {
  return {
    dataset,
    format: words.format.toUpperCase() as NonNullable<CreateExportInput['format']>,
    compression: words.compression.toUpperCase() as NonNullable<CreateExportInput['compression']>,
    ...(words.compressionLevel === undefined ? {} : { compressionLevel: words.compressionLevel }),
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
    ...(words.valueLabels ? { values: 'LABELS' as const } : {}),
    ...(words.newOnly ? { excludeDelivered: true } : {}),
    ...(words.mail ? { notifyByMail: true } : {}),
    ...(words.contentEncoding === undefined ? {} : { contentEncoding: 'GZIP' as const }),
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
    `--filter takes JSON such as '{"field": {"column": "amount", "is": {"number": {"gte": 1000}}}}', not '${text}'.`,
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

/** For the values of options. */
export function parseCount(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text)
  throw new InvalidArgumentError('It must be a whole number.')
}
