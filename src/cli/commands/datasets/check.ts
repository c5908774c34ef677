import { Command } from 'commander'
import type { Finding } from '../../../lifecycle/check-datasets/finding.ts'
import { exitCodes } from '../../exit-codes.ts'

/** `sluice datasets check` */
export function checkCommand(): Command {
  return new Command('check')
    .description('Compare every declared dataset with the database that its rows are read from.')
    .option('--json', 'as JSON: a list of { level, path, message }')
    .addHelpText(
      'after',
      `
Reads SLUICE_CONFIG and SOURCE_DATABASE_URL as the server does, and needs no server. Exit code 0: nothing
is wrong, or warnings only; 1: errors, with which a server does not start.`,
    )
    .action(async ({ json }: { json?: true }) => {
      const [{ readConfig }, { findConfigFile }, { loadDatasets }, { checkDatasets }, { withSource }] =
        await Promise.all([
          import('../../../config.ts'),
          import('../../../datasets/config-file.ts'),
          import('../../../datasets/load-datasets.ts'),
          import('../../../lifecycle/check-datasets.ts'),
          import('../../with-source.ts'),
        ])
      // What is wrong with the file is told before a database is asked.
      const datasets = await loadDatasets(findConfigFile(readConfig(process.env).configFile))
      const findings = await withSource((source) => checkDatasets({ datasets, source }))
      const errors = findings.filter(({ level }) => level === 'error').length
      process.stdout.write(json ? `${JSON.stringify(findings)}\n` : report(findings, datasets.all().length))
      if (errors > 0) process.exitCode = exitCodes.error
    })
}

function report(findings: readonly Finding[], datasets: number): string {
  const counted = (count: number, word: string) => `${count} ${word}${count === 1 ? '' : 's'}`
  const errors = findings.filter(({ level }) => level === 'error').length
  const lines = findings.map(
    ({ level, path, message }) => `${level.padEnd(7)}  ${path}\n         ${message}\n`,
  )
  const summary = `${counted(datasets, 'dataset')} checked: ${counted(errors, 'error')}, ${counted(findings.length - errors, 'warning')}.\n`
  return [...lines, summary].join('')
}
