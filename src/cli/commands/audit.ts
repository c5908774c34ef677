import { Command, InvalidArgumentError } from 'commander'
import { table } from '../terminal.ts'

const maxLimit = 10_000

/** `sluice audit` */
export function auditCommand(): Command {
  return new Command('audit')
    .description('Show who did what in an organization, newest first.')
    .option('--org <organization>', 'id, external id or name (default: the only one there is)')
    .option('--limit <rows>', `at most so many, up to ${maxLimit}`, parseLimit, 100)
    .option('--json', 'as JSON')
    .action(async ({ org, limit, json }: { org?: string; limit: number; json?: true }) => {
      const { chooseOrganization, listAuditEvents, withDatabase } = await operator()
      const events = await withDatabase(async ({ services }) =>
        listAuditEvents(services, (await chooseOrganization(services, org)).id, { limit }),
      )
      const rows = events.map(({ at, action, keyId, address, subject, message }) => ({
        at: at.toISOString(),
        action,
        keyId: keyId ?? null,
        address: address ?? null,
        subject: subject ?? null,
        message,
      }))
      process.stdout.write(
        json
          ? `${JSON.stringify(rows)}\n`
          : table(
              ['AT', 'ACTION', 'KEY', 'FROM', 'WHAT'],
              rows.map((row) => [
                row.at,
                row.action,
                row.keyId ?? 'operator',
                row.address ?? '',
                row.message,
              ]),
            ),
      )
    })
}

function parseLimit(text: string): number {
  const limit = Number(text)
  if (/^\d+$/.test(text) && limit >= 1 && limit <= maxLimit) return limit
  throw new InvalidArgumentError(`It must be a whole number from 1 to ${maxLimit}.`)
}

/** Loaded when it is used: it takes half a second, and most commands never need it. */
async function operator() {
  const [{ listAuditEvents }, { chooseOrganization }, { withDatabase }] = await Promise.all([
    import('../../lifecycle/audit-events.ts'),
    import('../choose-organization.ts'),
    import('../with-database.ts'),
  ])
  return { listAuditEvents, chooseOrganization, withDatabase }
}
