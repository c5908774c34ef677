import { Command, CommanderError } from 'commander'
import { auditCommand } from './commands/audit.ts'
import { cancelCommand } from './commands/cancel.ts'
import { databaseUrlCommand } from './commands/database-url.ts'
import { datasetsCommand } from './commands/datasets.ts'
import { deleteCommand } from './commands/delete.ts'
import { downloadCommand } from './commands/download.ts'
import { estimateCommand } from './commands/estimate.ts'
import { exportCommand } from './commands/export.ts'
import { keyCommand } from './commands/key.ts'
import { listCommand } from './commands/list.ts'
import { loadCommand } from './commands/load.ts'
import { migrateCommand } from './commands/migrate.ts'
import { orgCommand } from './commands/org.ts'
import { planCommand } from './commands/plan.ts'
import { previewCommand } from './commands/preview.ts'
import { retryCommand } from './commands/retry.ts'
import { signingKeyCommand } from './commands/signing-key.ts'
import { startCommand } from './commands/start.ts'
import { verifyCommand } from './commands/verify.ts'
import { describeError } from './describe-error.ts'
import { exitCodeOf, exitCodes } from './exit-codes.ts'

const program = new Command('sluice')
  .description(
    "Your Postgres rows as files, with progress that never lies. 'sluice help <command>' says more.",
  )
  .addHelpText(
    'after',
    `
export, download, preview, estimate, list, cancel, retry, delete and datasets talk to a running server
(--url, --key). The others, except verify, work on the database themselves, with the server's settings
(DATABASE_URL, SLUICE_DATA_DIR), whether it runs or not.`,
  )
for (const command of [
  startCommand(),
  exportCommand(),
  downloadCommand(),
  previewCommand(),
  estimateCommand(),
  listCommand(),
  cancelCommand(),
  retryCommand(),
  deleteCommand(),
  verifyCommand(),
  datasetsCommand(),
  loadCommand(),
  orgCommand(),
  keyCommand(),
  signingKeyCommand(),
  planCommand(),
  auditCommand(),
  migrateCommand(),
  databaseUrlCommand(),
]) {
  program.addCommand(command)
}
throwInsteadOfExit(program)

try {
  await program.parseAsync()
} catch (error) {
  // What is wrong with the words of the command, commander has said already; help is no error.
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? exitCodes.ok : exitCodes.usage
  } else {
    process.stderr.write(`sluice: ${describeError(error)}\n`)
    if (process.env.LOG_LEVEL === 'debug') console.error(error)
    process.exitCode = exitCodeOf(error)
  }
}

/** Commander ends the process with 1 by itself, where wrong usage is 2 here. */
function throwInsteadOfExit(command: Command): void {
  command.exitOverride()
  command.showHelpAfterError('(see --help)')
  for (const subcommand of command.commands) throwInsteadOfExit(subcommand)
}
