import { Command } from 'commander'
import { UsageError } from '../exit-codes.ts'
import { table } from '../terminal.ts'

const orgOption = [
  '--org <organization>',
  'id, external id or name (default: the only one there is)',
] as const

/** `sluice key create`, `sluice key list`, `sluice key rotate`, `sluice key revoke` */
export function keyCommand(): Command {
  const key = new Command('key').description('API keys of organizations.')
  key
    .command('create')
    .description('Make a key. The secret is shown this once: only its hash is kept.')
    .option(...orgOption)
    .option('--name <name>', 'what it is for', 'cli')
    .option(
      '--scopes <list>',
      'of exports:read, exports:write, datasets:read, pii:read (personal data), admin (default: the first three)',
    )
    .option('--datasets <list>', 'the only datasets that it may use (default: all)')
    .option(
      '--columns <dataset=list>',
      'the only columns that it may use of a dataset, as deals=id,amount; once for each dataset',
      collectColumns,
    )
    .option('--owner-email <address>', 'whose key it is, for mail about its exports')
    .option(
      '--expires <when>',
      'a date (2027-01-31), an instant, or a time from now (90d, 12h; default: never)',
    )
    .action(async (options: CreateOptions) => {
      const expiresAt = options.expires === undefined ? null : parseExpiry(options.expires, new Date())
      const { chooseOrganization, createApiKey, withDatabase } = await operator()
      const { secret, organization } = await withDatabase(async ({ services }) => {
        const chosen = await chooseOrganization(services, options.org)
        const created = await createApiKey(services, chosen, {
          name: options.name,
          expiresAt,
          ...(options.scopes === undefined ? {} : { scopes: listOf(options.scopes) }),
          ...(options.datasets === undefined ? {} : { datasets: listOf(options.datasets) }),
          ...(options.columns === undefined ? {} : { columns: options.columns }),
          ...(options.ownerEmail === undefined ? {} : { ownerEmail: options.ownerEmail }),
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
          datasets: row.datasets ?? null,
          columns: row.columns ?? null,
          ownerEmail: row.ownerEmail ?? null,
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
              ['ID', 'BEGINS', 'NAME', 'SCOPES', 'LIMITED TO', 'STATE', 'CREATED', 'EXPIRES', 'LAST USED'],
              rows.map((row) => [
                row.id,
                row.prefix,
                row.name,
                row.scopes.join(','),
                limitsText(row),
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
  key
    .command('rotate <key>')
    .description('Give a key a new secret; the old one works on for a while. It stays the same key.')
    .option('--overlap <time>', 'how long the old secret works: 24h, 7d, or 0', '24h')
    .action(async (word: string, { overlap }: { overlap: string }) => {
      const overlapSeconds = parseOverlap(overlap)
      const { rotateApiKey, withDatabase } = await operator()
      const rotated = await withDatabase(({ services }) => rotateApiKey(services, word, overlapSeconds))
      const until = rotated.key.previousExpiresAt
      process.stderr.write(
        `The new secret of ${rotated.key.name}. Keep it: it is shown only now. ` +
          `The old one ${until ? `works until ${until.toISOString()}` : 'works no longer'}.\n`,
      )
      process.stdout.write(`${rotated.secret}\n`)
    })
  return key
}

/** @throws UsageError */
function parseOverlap(text: string): number {
  if (text === '0') return 0
  const [, amount, unit] = /^(\d{1,6})([hd])$/.exec(text) ?? []
  if (amount) return (Number(amount) * unitMs[unit as keyof typeof unitMs]) / 1000
  throw new UsageError(`--overlap takes a time such as 24h or 7d, or 0, not '${text}'.`)
}

interface CreateOptions {
  readonly org?: string
  readonly name: string
  readonly scopes?: string
  readonly datasets?: string
  readonly columns?: Record<string, string[]>
  readonly ownerEmail?: string
  readonly expires?: string
}

function listOf(text: string): string[] {
  return text.split(',').map((word) => word.trim())
}

/** @throws UsageError */
function collectColumns(text: string, earlier: Record<string, string[]> = {}): Record<string, string[]> {
  const [, dataset, names] = /^\s*([^=\s]+)\s*=(.+)$/.exec(text) ?? []
  if (!dataset || !names)
    throw new UsageError(`--columns takes a dataset and its columns, as deals=id,amount, not '${text}'.`)
  return { ...earlier, [dataset]: [...(earlier[dataset] ?? []), ...listOf(names)] }
}

function limitsText({
  datasets,
  columns,
}: {
  datasets: string[] | null
  columns: Readonly<Record<string, readonly string[]>> | null
}): string {
  const ofColumns = Object.entries(columns ?? {}).map(([dataset, names]) => `${dataset}=${names.join(',')}`)
  return [...(datasets ? [datasets.join(',')] : []), ...ofColumns].join(' ') || 'nothing'
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
