import { randomUUID } from 'node:crypto'
import { Command, InvalidArgumentError, Option } from 'commander'
import { type Export, freshUrl, type SluiceClient } from '../../client/client.ts'
import { downloadToFile } from '../../client/download-to-file.ts'
import { ExportEndedError, SluiceClientError } from '../../client/errors.ts'
import { exitCodes, exitCodesHelp, UsageError } from '../exit-codes.ts'
import { type ExportWords, exportInput } from '../export-input.ts'
import { optionNames } from '../format-options.ts'
import { watchInterruption } from '../interruption.ts'
import { assertWritable, outputPath } from '../output-path.ts'
import { createProgressDisplay, type ProgressDisplay } from '../progress-display.ts'
import { clientFor, type ServerOptions, withServerOptions } from '../server-options.ts'
import { appearance, shownBytes, shownCount } from '../terminal.ts'
import { writeToStdout } from '../write-to-stdout.ts'

interface ExportCommandOptions extends ServerOptions, ExportWords {
  readonly output?: string
  readonly wait: boolean
  readonly json?: true
  readonly quiet?: true
}

/** `sluice export <dataset>` */
export function exportCommand(): Command {
  return withServerOptions(new Command('export'))
    .description('Export a dataset to a file: ask for it, watch it, download it, verify its checksum.')
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
      '--filter <json>',
      `which rows, as GraphQL's RowFilter: {"field": {"column": "amount", "is": {"gte": 1000}}}`,
    )
    .option('--sort <keys>', 'as in amount:desc,name')
    .option('--option <name=value...>', `of the format: ${optionNames.join(', ')}`)
    .option('--name <name>', "what the export and its file are called (default: the dataset's label)")
    .option('--dedupe <seconds>', 'take an equal export that is under way or at most so old', parseCount)
    .option('--labels [language]', 'labels for people as headers, in a language such as de')
    .option('--expand <relation>', 'one row for each related row, instead of a list in one cell')
    .option('--limit <rows>', 'the first so many rows only', parseCount)
    .option('--rows-per-file <rows>', 'several files of so many rows at most', parseCount)
    .option(
      '--bytes-per-file <bytes>',
      'several files of so many bytes at most, before compression',
      parseCount,
    )
    .option('--output <path>', "file or folder; - for stdout (default: the file's own name, here)")
    .option('--no-wait', 'only ask for it, and print its id')
    .option('--json', 'print one JSON object on stdout in the end')
    .option('--quiet', 'no progress on stderr')
    .addHelpText(
      'after',
      `\nCtrl-C asks the server to cancel the export; what was written of the file is removed.\n${exitCodesHelp}`,
    )
    .action(run)
}

async function run(dataset: string, options: ExportCommandOptions): Promise<void> {
  const { output, wait, json, quiet } = options
  if (output === '-' && json)
    throw new UsageError('--json and --output - both want stdout. Choose one of them.')
  const input = exportInput(dataset, options)
  await assertWritable(output)
  const client = clientFor(options)
  const display = createProgressDisplay(quiet ? { write: () => true } : process.stderr)
  using interruption = watchInterruption()
  const { signal } = interruption
  let created: (Export & { deduped: boolean }) | null = null
  try {
    // Not interrupted itself: it answers at once, and what it has made must be known to be canceled.
    created = await client.createExport({ ...input, idempotencyKey: randomUUID() })
    if (!wait) return report(json, { export: created }, `${created.id}\n`)
    const completed = await client.finished(created.id, { signal, onState: display.state })
    const files = await downloadAll(client, completed, { output, signal, display })
    const sentence = files.map(
      ({ path, bytes, rows }) =>
        `${path}: ${shownCount(rows)} rows, ${shownBytes(bytes)}, checksum verified\n`,
    )
    if (output !== '-') report(json, { export: completed, files }, sentence.join(''))
  } catch (error) {
    display.end()
    if (signal.aborted) return await endInterrupted(client, created, json)
    if (json) process.stdout.write(`${JSON.stringify({ error: shownError(error) })}\n`)
    throw error
  }
}

interface Downloaded {
  readonly path: string
  readonly name: string
  readonly bytes: number
  readonly rows: number
  readonly sha256: string
}

async function downloadAll(
  client: SluiceClient,
  completed: Export,
  { output, signal, display }: { output: string | undefined; signal: AbortSignal; display: ProgressDisplay },
): Promise<Downloaded[]> {
  const downloaded: Downloaded[] = []
  for (const file of completed.files) {
    const options = {
      signal,
      onProgress: (progress: { received: number; total: number }) => display.download(file.name, progress),
      freshUrl: () => freshUrl(client, completed.id, file),
    }
    const path = output === '-' ? '-' : outputPath(output, file, completed.files.length)
    if (path === '-') await writeToStdout(client.stream(file, options))
    else await downloadToFile(client, file, path, options)
    const { name, bytes, rows, sha256 } = file
    downloaded.push({ path, name, bytes, rows, sha256 })
  }
  return downloaded
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

function report(json: true | undefined, value: object, text: string): void {
  process.stdout.write(json ? `${JSON.stringify(value)}\n` : appearance(text))
}

function shownError(error: unknown): object {
  const message = error instanceof Error ? error.message : String(error)
  if (!(error instanceof SluiceClientError)) return { code: 'ERROR', message }
  const { code, issues, retryAfterSeconds } = error
  return {
    code,
    message,
    ...(issues.length > 0 ? { issues } : {}),
    ...(retryAfterSeconds === null ? {} : { retryAfterSeconds }),
    ...(error instanceof ExportEndedError ? { export: error.export } : {}),
  }
}

function parseCount(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text)
  throw new InvalidArgumentError('It must be a whole number.')
}
