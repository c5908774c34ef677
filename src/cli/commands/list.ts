import { Command, InvalidArgumentError, Option } from 'commander'
import type { Export } from '../../client/client.ts'
import { clientFor, type ServerOptions, withServerOptions } from '../server-options.ts'
import { shownBytes, shownCount, table } from '../terminal.ts'

const statuses = ['pending', 'processing', 'completed', 'failed', 'canceled', 'expired'] as const
const maxLimit = 200

interface ListOptions extends ServerOptions {
  readonly status?: readonly (typeof statuses)[number][]
  readonly dataset?: readonly string[]
  readonly limit: number
  readonly json?: true
}

/** `sluice list` */
export function listCommand(): Command {
  return withServerOptions(new Command('list'))
    .description('Show exports, the newest first.')
    .addOption(new Option('--status <status...>', 'only these').choices(statuses))
    .option('--dataset <name...>', 'only of these datasets')
    .option('--limit <count>', `how many, ${maxLimit} at most`, parseLimit, 20)
    .option('--json', 'as a JSON array')
    .action(async ({ status, dataset, limit, json, ...server }: ListOptions) => {
      const { exports } = await clientFor(server).page({
        first: limit,
        filter: {
          status: status?.map((word) => word.toUpperCase() as Export['status']) ?? null,
          dataset: dataset ? [...dataset] : null,
        },
      })
      process.stdout.write(json ? `${JSON.stringify(exports)}\n` : overview(exports))
    })
}

function overview(exports: readonly Export[]): string {
  if (exports.length === 0) return 'No exports.\n'
  return table(
    ['NUMBER', 'NAME', 'DATASET', 'FORMAT', 'STATUS', 'PROGRESS', 'ROWS', 'SIZE', 'CREATED', 'ID'],
    exports.map((each) => [
      String(each.number),
      each.name,
      each.dataset,
      each.format.toLowerCase(),
      each.status.toLowerCase(),
      `${each.progress} %`,
      shownCount(each.rowsExported),
      shownBytes(each.bytes),
      each.createdAt,
      each.id,
    ]),
  )
}

function parseLimit(text: string): number {
  const value = Number(text)
  if (/^\d+$/.test(text) && value >= 1 && value <= maxLimit) return value
  throw new InvalidArgumentError(`It must be a whole number from 1 to ${maxLimit}.`)
}
