import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import pg from 'pg'
import { hashSecret } from '../core/api-key.ts'
import type { Scope } from '../core/scope.ts'
import { demoStatements } from '../datasets/crm/demo.ts'
import { ApiKey } from '../platform/db/entities/api-key.ts'
import { Organization } from '../platform/db/entities/organization.ts'
import { createApiKey } from './api-keys.ts'
import { createOrganization } from './organizations.ts'
import type { Services } from './services.ts'

const demoTenant = 'demo'
/** One of the demo's users, so that "mine" means something. */
const ownerEmail = 'abc@sluice.example'
/** All that the examples of the docs do. */
const demoScopes = ['exports:read', 'exports:write', 'datasets:read', 'pii:read'] as const satisfies Scope[]
/** The generator needs this many to hold one of everything. */
const minDeals = 100

export interface DemoOptions {
  /** As the owner of the tables, which may also analyse them. */
  readonly ownerUrl: string
  /** Deals to make on the first start; 0: no data. */
  readonly rows: number
  /** The key that the organization must have; null: a random one, kept in `keyFile`. */
  readonly key: string | null
  readonly keyFile: string
  onProgress(message: string): void
}

/**
 * Sees to it that the demo organization is there, with data and a key that works. Everything that is
 * there already stays as it is. Returns the key's secret.
 */
export async function ensureDemo(
  services: Pick<Services, 'orm' | 'datasets' | 'now'>,
  options: DemoOptions,
): Promise<string> {
  const em = services.orm.em.fork()
  const existing = await em.findOne(Organization, { externalId: demoTenant })
  if (!existing && options.rows > 0) await createDemoData(services, options)
  const organization =
    existing ??
    (await createOrganization(services, { name: 'Demo', externalId: demoTenant, plan: 'unlimited' }))
  const secret =
    options.key ?? (existsSync(options.keyFile) ? readFileSync(options.keyFile, 'utf8').trim() : undefined)
  if (secret !== undefined) {
    const key = await em.findOne(ApiKey, { hash: hashSecret(secret) })
    if (key && !key.revokedAt) return secret
    if (!key) {
      await createApiKey(services, organization, { name: 'demo', secret, scopes: demoScopes, ownerEmail })
      return secret
    }
    // A revoked key stays revoked; a kept one is replaced by a new one below.
    if (options.key !== null)
      throw new Error('SLUICE_DEMO_KEY is a key that was revoked. Choose another one.')
  }
  const created = await createApiKey(services, organization, { name: 'demo', scopes: demoScopes, ownerEmail })
  mkdirSync(dirname(options.keyFile), { recursive: true })
  writeFileSync(options.keyFile, `${created.secret}\n`, { mode: 0o600 })
  return created.secret
}

/** All or nothing: an interrupted first start begins again. */
async function createDemoData(
  services: Pick<Services, 'now'>,
  { ownerUrl, rows, onProgress }: DemoOptions,
): Promise<void> {
  const client = new pg.Client({ connectionString: ownerUrl })
  // A connection that breaks ends what waits for it; without a listener it would also end the process.
  client.on('error', () => {})
  await client.connect()
  try {
    const { rowCount } = await client.query('SELECT FROM crm.deals WHERE organization_id = $1 LIMIT 1', [
      demoTenant,
    ])
    if (rowCount) return
    const deals = Math.max(rows, minDeals)
    onProgress(`Creating demo data: ${deals.toLocaleString('en-US')} deals …`)
    await client.query('BEGIN')
    for (const { sql } of demoStatements({ tenant: demoTenant, deals, asOf: services.now() }))
      await client.query(sql)
    await client.query('COMMIT')
    await client.query('ANALYZE')
  } finally {
    await client.end()
  }
}
