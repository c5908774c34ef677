import { Command } from 'commander'
import type { Dataset } from '../../client/client.ts'
import { SluiceClientError } from '../../client/errors.ts'
import { clientFor, type ServerOptions, withServerOptions } from '../server-options.ts'
import { table } from '../terminal.ts'
import { checkCommand } from './datasets/check.ts'
import { introspectCommand } from './datasets/introspect.ts'

/** `sluice datasets [name]` */
export function datasetsCommand(): Command {
  return withServerOptions(new Command('datasets'))
    .description('Show what can be exported; with a name, the columns of that dataset.')
    .argument('[name]', 'a dataset')
    .option('--json', 'as JSON')
    .action(async (name: string | undefined, { json, ...server }: ServerOptions & { json?: true }) => {
      const client = clientFor(server)
      if (name === undefined) {
        const all = await client.datasets()
        return void process.stdout.write(json ? `${JSON.stringify(all)}\n` : overview(all))
      }
      const one = await client.dataset(name)
      if (!one) {
        throw new SluiceClientError(
          'NOT_FOUND',
          `There is no dataset '${name}'. \`sluice datasets\` shows them all.`,
        )
      }
      process.stdout.write(json ? `${JSON.stringify(one)}\n` : columnsOf(one))
    })
    .addCommand(introspectCommand())
    .addCommand(checkCommand())
}

function overview(datasets: readonly Dataset[]): string {
  return table(
    ['NAME', 'LABEL', 'COLUMNS', 'KEY'],
    datasets.map(({ name, label, columns, key }) => [name, label, String(columns.length), key.join(', ')]),
  )
}

function columnsOf({ columns, key }: Dataset): string {
  return table(
    ['NAME', 'TYPE', 'LABEL', 'DEFAULT', 'NOTES'],
    columns.map((column) => [
      column.name,
      column.type.toLowerCase() + (column.isList ? '[]' : ''),
      column.label,
      column.isDefault ? 'yes' : 'no',
      [
        key.includes(column.name) ? 'key' : '',
        column.isPersonal ? 'personal' : '',
        column.options ? `one of ${column.options.map(({ value }) => value).join(', ')}` : '',
      ]
        .filter(Boolean)
        .join('; '),
    ]),
  )
}
