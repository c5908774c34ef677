import { Command } from 'commander'
import { table } from '../terminal.ts'

/** `sluice org create`, `sluice org list` */
export function orgCommand(): Command {
  const org = new Command('org').description('Organizations: the tenants whose rows are exported.')
  org
    .command('create <name>')
    .description('Add an organization.')
    .option('--external-id <id>', "what the datasets' tenant columns hold for it (default: its name)")
    .option('--plan <plan>', 'its limits; `sluice plan list` shows the plans', 'unlimited')
    .action(async (name: string, { externalId, plan }: { externalId?: string; plan: string }) => {
      const { createOrganization, withDatabase } = await operator()
      const created = await withDatabase(({ services }) =>
        createOrganization(services, { name, plan, ...(externalId === undefined ? {} : { externalId }) }),
      )
      process.stdout.write(`${created.id}\n`)
      process.stderr.write(
        `Created. Make a key for it: sluice key create --org ${JSON.stringify(created.externalId)}\n`,
      )
    })
  org
    .command('plan <organization> <plan>')
    .description('Move an organization, named by id, external id or name, to another plan.')
    .action(async (word: string, planName: string) => {
      const { changePlanOf, withDatabase } = await operator()
      const changed = await withDatabase(({ services }) => changePlanOf(services, word, planName))
      process.stdout.write(`${changed.id}\n`)
      process.stderr.write(`${changed.name} has the plan ${planName} from the next request on.\n`)
    })
  org
    .command('list')
    .description('Show all organizations.')
    .option('--json', 'as JSON')
    .action(async ({ json }: { json?: true }) => {
      const { listOrganizations, withDatabase } = await operator()
      const rows = await withDatabase(async ({ services }) =>
        (await listOrganizations(services)).map((row) => ({
          id: row.id,
          name: row.name,
          externalId: row.externalId,
          plan: row.plan.name,
          createdAt: row.createdAt.toISOString(),
        })),
      )
      process.stdout.write(
        json
          ? `${JSON.stringify(rows)}\n`
          : table(
              ['ID', 'NAME', 'EXTERNAL ID', 'PLAN', 'CREATED'],
              rows.map((row) => [row.id, row.name, row.externalId, row.plan, row.createdAt]),
            ),
      )
    })
  return org
}

/** Loaded when it is used: it takes half a second, and most commands never need it. */
async function operator() {
  const [{ changePlanOf, createOrganization, listOrganizations }, { withDatabase }] = await Promise.all([
    import('../../lifecycle/organizations.ts'),
    import('../with-database.ts'),
  ])
  return { changePlanOf, createOrganization, listOrganizations, withDatabase }
}
