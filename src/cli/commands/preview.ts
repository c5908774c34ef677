import { Command } from 'commander'
import { type ExportWords, exportInput, parseCount, withExportWords } from '../export-input.ts'
import { clientFor, type ServerOptions, withServerOptions } from '../server-options.ts'
import { table } from '../terminal.ts'

/** Characters of a cell that a terminal shows; `--json` has more. */
const shownCharacters = 40

interface PreviewOptions extends ServerOptions, ExportWords {
  readonly rows?: number
  readonly json?: true
}

/** `sluice preview <dataset>` */
export function previewCommand(): Command {
  return withExportWords(withServerOptions(new Command('preview')))
    .description(
      'Show the first rows as they would look in the file. Makes nothing, counts against no limit.',
    )
    .option('--rows <count>', 'how many, 100 at most (default: 10)', parseCount)
    .option('--json', 'as JSON: columns, rows, and how the file would begin')
    .action(async (dataset: string, { rows, json, ...options }: PreviewOptions) => {
      const preview = await clientFor(options).preview(exportInput(dataset, options), { rows })
      process.stdout.write(
        json
          ? `${JSON.stringify(preview)}\n`
          : table(
              preview.columns.map(({ header }) => header),
              preview.rows.map((row) => row.map((cell) => shortened(cell ?? ''))),
            ),
      )
    })
}

function shortened(cell: string): string {
  const characters = Array.from(cell)
  return characters.length <= shownCharacters ? cell : `${characters.slice(0, shownCharacters - 1).join('')}…`
}
