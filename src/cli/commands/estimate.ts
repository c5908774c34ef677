import { Command } from 'commander'
import { type ExportWords, exportInput, withExportWords } from '../export-input.ts'
import { clientFor, type ServerOptions, withServerOptions } from '../server-options.ts'
import { shownBytes, shownCount, shownDuration } from '../terminal.ts'

/** `sluice estimate <dataset>` */
export function estimateCommand(): Command {
  return withExportWords(withServerOptions(new Command('estimate')))
    .description('Say what an export would come to: rows, bytes, seconds. Makes nothing.')
    .option('--json', 'as JSON')
    .action(async (dataset: string, { json, ...options }: ServerOptions & ExportWords & { json?: true }) => {
      const estimate = await clientFor(options).estimate(exportInput(dataset, options))
      const { rows, rowsExact, bytes, seconds, basis } = estimate
      process.stdout.write(
        json
          ? `${JSON.stringify(estimate)}\n`
          : `${rowsExact ? '' : 'about '}${shownCount(rows)} rows, about ${shownBytes(bytes)}, ` +
              `about ${shownDuration(Math.max(1, seconds))}${basis === 'ASSUMED' ? ' (nothing like it was exported yet)' : ''}\n`,
      )
    })
}
