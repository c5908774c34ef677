import { Command } from 'commander'
import type { Export, SluiceClient } from '../../client/client.ts'
import { assertOutput, type DownloadWords, downloadFiles, withDownloadWords } from '../download-files.ts'
import { errorJson } from '../error-json.ts'
import { exitCodes, exitCodesHelp } from '../exit-codes.ts'
import { type ExportWords, exportInput, withExportWords } from '../export-input.ts'
import { watchInterruption } from '../interruption.ts'
import { createProgressDisplay } from '../progress-display.ts'
import { clientFor, type ServerOptions, withServerOptions } from '../server-options.ts'

interface ExportCommandOptions extends ServerOptions, ExportWords, DownloadWords {
  readonly wait: boolean
}

/** `sluice export <dataset>` */
export function exportCommand(): Command {
  return withDownloadWords(withExportWords(withServerOptions(new Command('export'))))
    .description('Export a dataset to a file: ask for it, watch it, download it, verify its checksum.')
    .option('--no-wait', 'only ask for it, and print its id')
    .addHelpText(
      'after',
      `\nCtrl-C asks the server to cancel the export; what was written of the file is removed.\n${exitCodesHelp}`,
    )
    .action(run)
}

async function run(dataset: string, options: ExportCommandOptions): Promise<void> {
  const { output, wait, json, quiet } = options
  const input = exportInput(dataset, options)
  await assertOutput(options)
  const client = clientFor(options)
  const display = createProgressDisplay(quiet ? { write: () => true } : process.stderr)
  using interruption = watchInterruption()
  const { signal } = interruption
  let created: (Export & { deduped: boolean }) | null = null
  try {
    // Not interrupted itself: it answers at once, and what it has made must be known to be canceled.
    created = await client.createExport(input)
    if (wait) return await downloadFiles(client, created.id, { output, json, signal, display })
    process.stdout.write(json ? `${JSON.stringify({ export: created })}\n` : `${created.id}\n`)
  } catch (error) {
    display.end()
    if (signal.aborted) return await endInterrupted(client, created, json)
    if (json) process.stdout.write(`${JSON.stringify({ error: errorJson(error) })}\n`)
    throw error
  }
}

/** An export that was somebody's before we asked is not ours to cancel. */
async function endInterrupted(
  client: SluiceClient,
  created: (Export & { deduped: boolean }) | null,
  json: true | undefined,
): Promise<void> {
  process.exitCode = exitCodes.interrupted
  if (!created) return
  const ended = created.deduped ? created : await client.cancel(created.id)
  if (json)
    process.stdout.write(
      `${JSON.stringify({ error: { code: 'INTERRUPTED', message: 'Interrupted.' }, export: ended })}\n`,
    )
  process.stderr.write(
    ended.status === 'CANCELED'
      ? `Export ${ended.number} is canceled.\n`
      : `Interrupted. Export ${ended.number} stays: ${ended.id}\n`,
  )
}
