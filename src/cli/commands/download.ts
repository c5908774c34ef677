import { Command } from 'commander'
import { assertOutput, type DownloadWords, downloadFiles, withDownloadWords } from '../download-files.ts'
import { errorJson } from '../error-json.ts'
import { exitCodes, exitCodesHelp } from '../exit-codes.ts'
import { findExport } from '../find-export.ts'
import { watchInterruption } from '../interruption.ts'
import { createProgressDisplay } from '../progress-display.ts'
import { clientFor, type ServerOptions, withServerOptions } from '../server-options.ts'

/** `sluice download <export>` */
export function downloadCommand(): Command {
  return withDownloadWords(withServerOptions(new Command('download')))
    .description('Wait for an export that was asked for before, download it, verify its checksum.')
    .argument('<export>', 'its id, or its number as `sluice list` shows it')
    .addHelpText('after', `\nCtrl-C ends the waiting; the export goes on.\n${exitCodesHelp}`)
    .action(run)
}

async function run(word: string, options: ServerOptions & DownloadWords): Promise<void> {
  const { output, json, quiet } = options
  await assertOutput(options)
  const client = clientFor(options)
  const display = createProgressDisplay(quiet ? { write: () => true } : process.stderr)
  using interruption = watchInterruption()
  const { signal } = interruption
  try {
    const { id } = await findExport(client, word)
    await downloadFiles(client, id, { output, json, signal, display })
  } catch (error) {
    display.end()
    if (json) process.stdout.write(`${JSON.stringify({ error: errorJson(error) })}\n`)
    if (!signal.aborted) throw error
    process.exitCode = exitCodes.interrupted
  }
}
