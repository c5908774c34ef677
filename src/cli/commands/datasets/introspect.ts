import { writeFile } from 'node:fs/promises'
import { Command } from 'commander'
import type { IntrospectOptions } from '../../../datasets/introspect/introspect.ts'
import { UsageError } from '../../exit-codes.ts'

/** `sluice datasets introspect` */
export function introspectCommand(): Command {
  return new Command('introspect')
    .description('Write a first sluice.config.ts from the tables and views that the database has.')
    .option('--schema <schema>', 'of this schema only')
    .option('--table <table>', 'this table only')
    .option('--tenant-column <column>', 'the column that holds whose a row is (default: guessed by its name)')
    .option('--shared', 'offer tables without such a column whole, to every organization')
    .option('--output <file>', 'write a new file (default: print it)')
    .addHelpText(
      'after',
      `
Reads SOURCE_DATABASE_URL, or DATABASE_URL, as a role that may only SELECT. Only what that role may read is
written. Tables of which nothing tells whose their rows are are left out, and named.`,
    )
    .action(async ({ output, ...options }: IntrospectOptions & { output?: string }) => {
      const [{ introspect }, { printConfig }, { withSource }] = await Promise.all([
        import('../../../datasets/introspect/introspect.ts'),
        import('../../../datasets/introspect/print-config.ts'),
        import('../../with-source.ts'),
      ])
      const found = await withSource((source) =>
        introspect((sql, params) => source.query(sql, params, {}), options),
      )
      const { datasets, leftOut } = found
      if (datasets.length === 0 && leftOut.length === 0) {
        throw new Error(
          'No table or view was found that this role may read. Is --schema or --table right, and has it USAGE on the schema and SELECT on the tables?',
        )
      }
      if (output === undefined) process.stdout.write(printConfig(found))
      else await writeNew(output, printConfig(found))
      const counted = (count: number) => (count === 1 ? '1 table' : `${count} tables`)
      process.stderr.write(
        [
          output === undefined ? '' : `${counted(datasets.length)} written to ${output}.\n`,
          leftOut.length === 0
            ? ''
            : `${counted(leftOut.length)} left out: nothing tells whose their rows are. Name a column with --tenant-column, or offer them to everybody with --shared.\n`,
        ].join(''),
      )
    })
}

async function writeNew(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text, { flag: 'wx' })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    throw new UsageError(`${file} is there already. Remove it, or write to another --output.`)
  }
}
