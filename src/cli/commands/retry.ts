import { Command } from 'commander'
import { findExport } from '../find-export.ts'
import { clientFor, type ServerOptions, withServerOptions } from '../server-options.ts'

/** `sluice retry <export>` */
export function retryCommand(): Command {
  return withServerOptions(new Command('retry'))
    .description('Have a failed or canceled export made again: the same rows and columns, the same id.')
    .argument('<export>', 'its id, or its number as `sluice list` shows it')
    .option('--json', 'print the export as JSON')
    .addHelpText('after', '\n`sluice download <export>` waits for its files.')
    .action(async (word: string, { json, ...server }: ServerOptions & { json?: true }) => {
      const client = clientFor(server)
      const { id } = await findExport(client, word)
      const again = await client.retry(id)
      process.stdout.write(
        json ? `${JSON.stringify(again)}\n` : `Export ${again.number} is ${again.status.toLowerCase()}.\n`,
      )
    })
}
