import { Command } from 'commander'
import { findExport } from '../find-export.ts'
import { clientFor, type ServerOptions, withServerOptions } from '../server-options.ts'

/** `sluice delete <export>` */
export function deleteCommand(): Command {
  return withServerOptions(new Command('delete'))
    .description('Remove an export for good: record, timeline, files. Its links stop working.')
    .argument('<export>', 'its id, or its number as `sluice list` shows it')
    .action(async (word: string, server: ServerOptions) => {
      const client = clientFor(server)
      const { id, number } = await findExport(client, word)
      await client.delete(id)
      process.stdout.write(`Export ${number} is deleted.\n`)
    })
}
