import { createReadStream } from 'node:fs'
import { access, constants } from 'node:fs/promises'
import { extname } from 'node:path'
import { Command, Option } from 'commander'
import { type LoadFormat, loadFormats } from '../../lifecycle/load-rows/load-format.ts'
import { UsageError } from '../exit-codes.ts'
import { shownCount } from '../terminal.ts'

interface LoadOptions {
  readonly org?: string
  readonly format?: LoadFormat
  readonly json?: true
}

/** `sluice load <dataset> <file>` */
export function loadCommand(): Command {
  return new Command('load')
    .description("Load rows of your own into a dataset's table: all of them, or none when anything is wrong.")
    .argument('<dataset>', 'a dataset that is declared over a table')
    .argument(
      '<file>',
      'a .csv file with a header (RFC 4180, UTF-8) or .ndjson (one object a line); - for stdin',
    )
    .option(
      '--org <organization>',
      'whose rows they are: id, external id or name (default: the only one there is)',
    )
    .addOption(new Option('--format <format>', "default: by the file's name").choices(loadFormats))
    .option('--json', 'print the counts as JSON')
    .addHelpText(
      'after',
      `
The header (or the keys) are names of the dataset's columns; computed ones cannot be loaded. Rows are
found again by the dataset's key: one that is there gets the values of the columns that the file has.
In CSV an empty cell is NULL and "" an empty text; lists are written 'a; b' or '{a,b}'.
Errors name the line, the column and the value; then nothing was loaded.`,
    )
    .action(async (dataset: string, file: string, options: LoadOptions) => {
      const format = options.format ?? formatOf(file)
      if (file !== '-') await access(file, constants.R_OK).catch(() => unreadable(file))
      // Loaded when they are used: they take half a second, and most commands never need them.
      const [{ loadRows }, { chooseOrganization }, { withDatabase }] = await Promise.all([
        import('../../lifecycle/load-rows.ts'),
        import('../choose-organization.ts'),
        import('../with-database.ts'),
      ])
      const result = await withDatabase(async ({ services, loadUrl }) => {
        const organization = await chooseOrganization(services, options.org)
        return await loadRows(
          { datasets: services.datasets, url: loadUrl },
          {
            dataset,
            tenant: organization.externalId,
            format,
            source: file === '-' ? process.stdin : createReadStream(file, { highWaterMark: 256 * 1024 }),
          },
        )
      })
      process.stdout.write(
        options.json
          ? `${JSON.stringify(result)}\n`
          : `${shownCount(result.inserted)} rows inserted, ${shownCount(result.updated)} updated.\n`,
      )
    })
}

function formatOf(file: string): LoadFormat {
  const extension = extname(file).toLowerCase()
  if (extension === '.csv') return 'csv'
  if (extension === '.ndjson' || extension === '.jsonl') return 'ndjson'
  throw new UsageError(
    `'${file}' is neither .csv nor .ndjson. Say what it is with --format csv or --format ndjson.`,
  )
}

function unreadable(file: string): never {
  throw new UsageError(`The file '${file}' cannot be read.`)
}
