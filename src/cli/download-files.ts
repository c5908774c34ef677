import type { Command } from 'commander'
import type { Export, SluiceClient } from '../client/client.ts'
import { toFile } from '../client/node.ts'
import { UsageError } from './exit-codes.ts'
import { assertWritable, outputPath } from './output-path.ts'
import type { ProgressDisplay } from './progress-display.ts'
import { appearance, shownBytes, shownCount } from './terminal.ts'
import { writeToStdout } from './write-to-stdout.ts'

/** The options that say where files go, and what is told meanwhile. */
export interface DownloadWords {
  readonly output?: string
  readonly json?: true
  readonly quiet?: true
}

export function withDownloadWords(command: Command): Command {
  return command
    .option('--output <path>', "file or folder; - for stdout (default: the file's own name, here)")
    .option('--json', 'print one JSON object on stdout in the end')
    .option('--quiet', 'no progress on stderr')
}

/** @throws UsageError when what was asked for cannot be written */
export async function assertOutput({ output, json }: DownloadWords): Promise<void> {
  if (output === '-' && json)
    throw new UsageError('--json and --output - both want stdout. Choose one of them.')
  await assertWritable(output)
}

interface Downloaded {
  readonly path: string
  readonly name: string
  readonly bytes: number
  readonly rows: number
  readonly sha256: string
}

export interface DownloadFilesOptions {
  /** File, folder or `-` for stdout. Default: the current folder. */
  readonly output?: string | undefined
  readonly json?: true | undefined
  readonly signal: AbortSignal
  readonly display: ProgressDisplay
}

/** Waits for an export, downloads its files, verifies them, and says so on stdout. */
export async function downloadFiles(
  client: SluiceClient,
  id: string,
  { output, json, signal, display }: DownloadFilesOptions,
): Promise<void> {
  const completed = await client.finished(id, { signal, onState: display.state })
  const files: Downloaded[] = []
  for (const file of completed.files) {
    const options = {
      signal,
      onProgress: (progress: { received: number; total: number }) => display.download(file.name, progress),
    }
    const path = output === '-' ? '-' : outputPath(output, file, completed.files.length)
    if (path === '-') await writeToStdout(client.stream(file, options))
    else await client.download(file, { ...options, destination: toFile(path) })
    const { name, bytes, rows, sha256 } = file
    files.push({ path, name, bytes, rows, sha256 })
  }
  if (output !== '-') report(json, completed, files)
}

function report(json: true | undefined, completed: Export, files: readonly Downloaded[]): void {
  const sentences = files.map(
    ({ path, bytes, rows }) => `${path}: ${shownCount(rows)} rows, ${shownBytes(bytes)}, checksum verified\n`,
  )
  process.stdout.write(
    json ? `${JSON.stringify({ export: completed, files })}\n` : appearance(sentences.join('')),
  )
}
