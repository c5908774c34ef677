import { Command, Option } from 'commander'

/** `sluice start`: what `npm start` does. */
export function startCommand(): Command {
  return new Command('start')
    .description('Run the server until Ctrl-C: database, API and workers.')
    .addOption(
      new Option('--role <role>', 'all: everything; api or worker: that alone, on DATABASE_URL')
        .choices(['all', 'api', 'worker'])
        .default('all'),
    )
    .addHelpText('after', '\nSettings come from the environment: PORT, DATABASE_URL, SLUICE_DATA_DIR …')
    .action(async ({ role }: { role: string }) => {
      // The server is a program of its own, which takes its role from the command line.
      process.argv[2] = role
      await import('../../main.ts')
    })
}
