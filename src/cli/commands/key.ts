import { Command } from 'commander'
import { UsageError } from '../exit-codes.ts'
import { table } from '../terminal.ts'

const orgOption = [
  '--org <organization>',
  'id, external id or name (default: the only one there is)',
] as const

/** `sluice key create`, `sluice key list`, `sluice key revoke` */
export function keyCommand(): Command {
  const key = new Command('key').description('API keys of organizations.')
  key
    .command('create')
    .description('Make a key. The secret is shown this once: only its hash is kept.')
    .option(...orgOption)
    .option('--name <name>', 'what it is for', 'cli')
    .option(
      '--scopes <list>',
      'of exports:read, exports:write, datasets:read, admin (default: the first three)',
    )
    .option(
      '--expires <when>',
      'a date (2027-01-31), an instant, or a time from now (90d, 12h; default: never)',
    )
    .action(async (options: { org?: string; name: string; scopes?: string; expires?: string }) => {
      const expiresAt = options.expires === undefined ? null : parseExpiry(options.expires, new Date())
      const { chooseOrganization, createApiKey, withDatabase } = await operator()
      const { secret, organization } = await withDatabase(async ({ services }) => {
        const chosen = await chooseOrganization(services, options.org)
        const created = await createApiKey(services, chosen, {
          name: options.name,
          expiresAt,
          ...(options.scopes === undefined
            ? {}
            : { scopes: options.scopes.split(',').map((scope) => scope.trim()) }),
        })
        return { secret: created.secret, organization: chosen }
      })
      // Alone on stdout, so that KEY=$(sluice key create) works.
      process.stderr.write(`A key of ${organization.name}. Keep it: it is shown only now.\n`)
      process.stdout.write(`${secret}\n`)
    })
  key
    .command('list')
    .description('Show the keys of an organization, never their secrets.')
    .option(...orgOption)
    .option('--json', 'as JSON')
    .action(async ({ org, json }: { org?: string; json?: true }) => {
      const { chooseOrganization, listApiKeys, withDatabase } = await operator()
      const rows = await withDatabase(async ({ services }) => {
        const keys = await listApiKeys(services, await chooseOrganization(services, org))
        return keys.map((row) => ({
          id: row.id,
          prefix: row.prefix,
          name: row.name,
          scopes: row.scopes,
          state: row.revokedAt
            ? 'revoked'
            : row.expiresAt && row.expiresAt <= services.now()
              ? 'expired'
              : 'active',
          createdAt: row.createdAt.toISOString(),
          expiresAt: row.expiresAt?.toISOString() ?? null,
          lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
        }))
      })
      process.stdout.write(
        json
          ? `${JSON.stringify(rows)}\n`
          : table(
              ['ID', 'BEGINS', 'NAME', 'SCOPES', 'STATE', 'CREATED', 'EXPIRES', 'LAST USED'],
              rows.map((row) => [
                row.id,
                row.prefix,
                row.name,
                row.scopes.join(','),
                row.state,
                row.createdAt,
                row.expiresAt ?? 'never',
                row.lastUsedAt ?? 'never',
              ]),
            ),
      )
    })
  key
    .command('revoke <key>')
    .description('End a key at once, named by its id or by how its secret begins.')
    .action(async (word: string) => {
      const { revokeApiKey, withDatabase } = await operator()
      const revoked = await withDatabase(({ services }) => revokeApiKey(services, word))
      process.stdout.write(`${revoked.id}\n`)
      process.stderr.write(`The key ${revoked.prefix}… (${revoked.name}) works no longer.\n`)
    })
  return key
}

const unitMs = { h: 3_600_000, d: 86_400_000 } as const

/** @throws UsageError for what is no time, or lies in the past */
function parseExpiry(text: string, now: Date): Date {
  const [, amount, unit] = /^(\d{1,6})([hd])$/.exec(text) ?? []
  const at = amount
    ? new Date(now.getTime() + Number(amount) * unitMs[unit as keyof typeof unitMs])
    : new Date(text)
  if (at.getTime() > now.getTime()) return at
  throw new UsageError(
    `--expires takes a time in the future: 2027-01-31, 2027-01-31T12:00:00Z, 90d or 12h, not '${text}'.`,
  )
}

/** Loaded when it is used: it takes half a second, and most commands never need it. */
async function operator() {
  const [keys, choose, database] = await Promise.all([
    import('../../lifecycle/api-keys.ts'),
    import('../choose-organization.ts'),
    import('../with-database.ts'),
  ])
  return { ...keys, ...choose, ...database }
}
