import { Command } from 'commander'
import { findExport } from '../find-export.ts'
import { clientFor, type ServerOptions, withServerOptions } from '../server-options.ts'

/** `sluice cancel <export>` */
export function cancelCommand(): Command {
  return withServerOptions(new Command('cancel'))
    .description('End an export that is under way; nothing of it can be downloaded then.')
    .argument('<export>', 'its id, or its number as `sluice list` shows it')
    .option('--json', 'print the export as JSON')
    .action(async (word: string, { json, ...server }: ServerOptions & { json?: true }) => {
      const client = clientFor(server)
      const { id } = await findExport(client, word)
      const ended = await client.cancel(id)
      process.stdout.write(
        json ? `${JSON.stringify(ended)}\n` : `Export ${ended.number} is ${ended.status.toLowerCase()}.\n`,
      )
    })
}
