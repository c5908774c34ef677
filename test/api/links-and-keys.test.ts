import { afterAll, beforeAll, expect, test } from 'vitest'
import { createApiKey, type NewApiKey, revokeApiKey, rotateApiKey } from '../../src/lifecycle/api-keys.ts'
import { forgetAuditEvents } from '../../src/lifecycle/audit-events.ts'
import { forOrganization } from '../../src/lifecycle/for-organization.ts'
import { forgetSigningKeys, rotateSigningKey } from '../../src/lifecycle/signing-keys.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { Clock } from '../support/clock.ts'
import { acceptExport, cancelExport, type ExportState, settle } from '../support/exports.ts'
import { uuidOf } from '../support/gated-dataset.ts'
import { sql } from '../support/sql.ts'

const clock = new Clock()
let app: TestApp

beforeAll(async () => {
  app = await startApp({ deals: 100, overrides: { now: clock.now } })
})

afterAll(() => app.stop())

async function keyWith(more: Partial<NewApiKey> = {}): Promise<{ id: string; secret: string }> {
  const { key, secret } = await createApiKey(
    app.api.services,
    { id: app.organizationId },
    { name: 'of a test', scopes: ['exports:read', 'exports:write', 'pii:read'], ...more },
  )
  return { id: key.id, secret }
}

async function fileBy(secret: string, input: object = { dataset: 'contacts' }): Promise<string> {
  const last = await settle(app, (await acceptExport(app, input, secret)).id, secret)
  return last.files[0]!.url.replace('localhost', '127.0.0.1')
}

async function statusOf(link: string): Promise<{ status: number; code: string | null }> {
  const response = await fetch(link)
  const text = await response.text()
  return { status: response.status, code: response.ok ? null : JSON.parse(text).error.code }
}

async function viewerOf(secret: string): Promise<number> {
  const response = await fetch(`${app.url}/graphql`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${secret}` },
    body: JSON.stringify({ query: '{ viewer { keyName } }' }),
  })
  await response.body?.cancel()
  return response.status
}

const ok = { status: 200, code: null }
const revoked = { status: 403, code: 'LINK_REVOKED' }

test('a link works without a key, and ends with the key that it was made for', async () => {
  const key = await keyWith()
  const link = await fileBy(key.secret)
  expect(await statusOf(link)).toEqual(ok)
  await revokeApiKey(app.api.services, key.id)
  expect(await statusOf(link)).toEqual(revoked)
})

test('whose link it is cannot be left out or changed', async () => {
  const key = await keyWith()
  const link = new URL(await fileBy(key.secret))
  await revokeApiKey(app.api.services, key.id)
  for (const other of [null, app.organizationId, 'x', '']) {
    const changed = new URL(link)
    if (other === null) changed.searchParams.delete('for')
    else changed.searchParams.set('for', other)
    expect(await statusOf(changed.href)).toEqual({ status: 403, code: 'SIGNATURE_INVALID' })
  }
})

test.each([
  ['datasets', "UPDATE sluice.api_keys SET datasets = '{deals}' WHERE id = $1"],
  ['columns', `UPDATE sluice.api_keys SET columns = '{"contacts": ["id"]}' WHERE id = $1`],
  ['personal data', "UPDATE sluice.api_keys SET scopes = '{exports:read,exports:write}' WHERE id = $1"],
  ['reading', "UPDATE sluice.api_keys SET scopes = '{datasets:read}' WHERE id = $1"],
])('a link ends when its key loses a right to what is in the file: %s', async (_, update) => {
  const key = await keyWith()
  const link = await fileBy(key.secret)
  expect(await statusOf(link)).toEqual(ok)
  await sql(app.database.ownerUrl, update, [key.id])
  expect(await statusOf(link)).toEqual(revoked)
})

test('a key that is limited gets no working link to what others have exported', async () => {
  const { id } = await acceptExport(app, { dataset: 'contacts' })
  await settle(app, id)
  const narrow = await keyWith({ scopes: ['exports:read'], datasets: ['deals'] })
  const { data } = await app.graphql<{ export: ExportState }>(
    'query ($id: ID!) { export(id: $id) { files { url } manifest { url } } }',
    { id },
    narrow.secret,
  )
  for (const { url } of [...data!.export.files, data!.export.manifest!]) {
    expect(await statusOf(url.replace('localhost', '127.0.0.1'))).toEqual(revoked)
  }
})

test("a link's end is told, and never lies behind its key's", async () => {
  const expiresAt = new Date(clock.now().getTime() + 60_000)
  const key = await keyWith({ expiresAt })
  const { id } = await acceptExport(app, { dataset: 'deals' }, key.secret)
  const last = await settle(app, id, key.secret)
  expect(last.files[0]!.expiresAt).toBe(expiresAt.toISOString())
})

test('a rotated key is the same key: both secrets work for a while, then the new one, and links go on', async () => {
  const key = await keyWith()
  const link = await fileBy(key.secret)
  const second = await rotateApiKey(app.api.services, key.id, 3600)
  expect(second.key.id).toBe(key.id)
  expect(second.secret).not.toBe(key.secret)
  expect([await viewerOf(key.secret), await viewerOf(second.secret)]).toEqual([200, 200])
  clock.moveBy(3600)
  expect([await viewerOf(key.secret), await viewerOf(second.secret)]).toEqual([401, 200])
  // Another link of the same key, since this one's hour is over.
  expect(await statusOf(link)).toEqual({ status: 410, code: 'LINK_EXPIRED' })
  const again = await fileBy(second.secret)
  const third = await rotateApiKey(app.api.services, key.id, 0)
  expect([await viewerOf(second.secret), await viewerOf(third.secret)]).toEqual([401, 200])
  expect(await statusOf(again)).toEqual(ok)
  await revokeApiKey(app.api.services, key.id)
  expect(await viewerOf(third.secret)).toBe(401)
  await expect(rotateApiKey(app.api.services, key.id, 0)).rejects.toThrow(/revoked or has expired/)
})

test('a new signing key signs when all processes know it, and the old one verifies until its last link has expired', async () => {
  const old = new URL(await fileBy(app.key))
  await rotateSigningKey(app.api.services, { endLinks: false })
  // Another process may have read the keys just before.
  const soon = new URL(await fileBy(app.key))
  expect(soon.searchParams.get('key')).toBe(old.searchParams.get('key'))
  clock.moveBy(31)
  const late = new URL(await fileBy(app.key))
  expect(late.searchParams.get('key')).not.toBe(old.searchParams.get('key'))
  for (const { href } of [old, soon, late]) expect(await statusOf(href)).toEqual(ok)

  const keys = () => sql(app.database.ownerUrl, 'SELECT id FROM sluice.signing_keys')
  clock.moveBy(120)
  expect(await forgetSigningKeys(app.api.services)).toBe(0)
  await sql(app.database.ownerUrl, "UPDATE sluice.exports SET status = 'expired' WHERE status = 'completed'")
  expect(await forgetSigningKeys(app.api.services)).toBe(1)
  expect(await keys()).toEqual([{ id: late.searchParams.get('key') }])

  const leaked = await fileBy(app.key)
  await rotateSigningKey(app.api.services, { endLinks: true })
  clock.moveBy(31)
  expect(await statusOf(leaked)).toEqual({ status: 403, code: 'SIGNATURE_INVALID' })
  expect(await statusOf(await fileBy(app.key))).toEqual(ok)
})

interface AuditAnswer {
  auditEvents: {
    edges: {
      node: {
        action: string
        keyId: string | null
        address: string | null
        subject: string | null
        message: string
      }
    }[]
    pageInfo: { hasNextPage: boolean; endCursor: string | null }
  }
}

const auditQuery = `query ($first: Int, $after: String, $actions: [AuditAction!]) {
  auditEvents(first: $first, after: $after, actions: $actions) {
    edges { node { at action keyId address subject message } } pageInfo { hasNextPage endCursor } } }`

test('what was done is told to keys with admin: who, from where, to what', async () => {
  const { organizationId } = await app.addOrganization('watched')
  const as = (name: string, scopes: string[]) =>
    createApiKey(app.api.services, { id: organizationId }, { name, scopes })
  const worker = await as('worker', ['exports:read', 'exports:write'])
  const admin = await as('admin', ['admin'])
  const { id } = await acceptExport(app, { dataset: 'deals' }, worker.secret)
  const last = await settle(app, id, worker.secret)
  await statusOf(last.files[0]!.url.replace('localhost', '127.0.0.1'))
  const { data: deleted } = await app.graphql(
    'mutation ($id: ID!) { deleteExport(id: $id) { __typename } }',
    { id },
    worker.secret,
  )
  expect(deleted).toEqual({ deleteExport: { __typename: 'DeleteExportSuccess' } })
  await rotateApiKey(app.api.services, worker.key.id, 0)
  await revokeApiKey(app.api.services, worker.key.id)

  const { data } = await app.graphql<AuditAnswer>(auditQuery, {}, admin.secret)
  const told = data!.auditEvents.edges.map(({ node }) => node).reverse()
  const byWorker = { keyId: worker.key.id, address: '127.0.0.1' }
  const byOperator = { keyId: null, address: null }
  const exportId = uuidOf(id)
  // First of all, the key that the organization began with.
  expect(told[0]).toMatchObject({ action: 'KEY_CREATED' })
  expect(told.slice(1).filter(({ subject }) => subject !== admin.key.id)).toMatchObject([
    { ...byOperator, action: 'KEY_CREATED', subject: worker.key.id },
    {
      ...byWorker,
      action: 'EXPORT_CREATED',
      subject: exportId,
      message: 'Export 1 of deals, through graphql',
    },
    { ...byWorker, action: 'FILE_DOWNLOADED', message: expect.stringContaining('.csv of export 1') },
    { ...byWorker, action: 'EXPORT_DELETED', subject: exportId },
    { ...byOperator, action: 'KEY_ROTATED', subject: worker.key.id },
    { ...byOperator, action: 'KEY_REVOKED', subject: worker.key.id },
  ])
  const all = await sql<{ text: string }>(
    app.database.adminUrl,
    'SELECT e::text AS text FROM sluice.audit_events e',
  )
  for (const secret of [worker.secret, admin.secret, app.key]) {
    expect(all.filter(({ text }) => text.includes(secret))).toEqual([])
  }

  // Page by page, and only some of it.
  const first = await app.graphql<AuditAnswer>(auditQuery, { first: 3 }, admin.secret)
  const { endCursor, hasNextPage } = first.data!.auditEvents.pageInfo
  expect(hasNextPage).toBe(true)
  const rest = await app.graphql<AuditAnswer>(auditQuery, { after: endCursor }, admin.secret)
  expect(first.data!.auditEvents.edges.length + rest.data!.auditEvents.edges.length).toBe(told.length)
  const downloads = await app.graphql<AuditAnswer>(auditQuery, { actions: ['FILE_DOWNLOADED'] }, admin.secret)
  expect(downloads.data!.auditEvents.edges).toHaveLength(1)

  const { errors } = await app.graphql(auditQuery, {}, app.key)
  expect(errors?.[0]?.extensions?.code).toBe('FORBIDDEN')
})

test('a canceled and a retried export are told as well, and a flood of wrong keys in few lines', async () => {
  const idle = await startApp({ deals: 0, workers: 0 })
  try {
    const { id } = await acceptExport(idle, { dataset: 'deals' })
    await cancelExport(idle, id)
    await idle.graphql('mutation ($id: ID!) { retryExport(id: $id) { __typename } }', { id })
    for (let count = 0; count < 70; count += 1)
      await idle.graphql('{ viewer { keyName } }', {}, `slc_wrong-${count}`)
    const rows = await sql<{ action: string; address: string | null }>(
      idle.database.adminUrl,
      "SELECT action, address FROM sluice.audit_events WHERE action <> 'key.created' ORDER BY id",
    )
    expect(rows).toEqual([
      { action: 'export.created', address: '127.0.0.1' },
      { action: 'export.canceled', address: '127.0.0.1' },
      { action: 'export.retried', address: '127.0.0.1' },
      { action: 'key.refused', address: '127.0.0.1' },
      { action: 'key.refused', address: '127.0.0.1' },
    ])
  } finally {
    await idle.stop()
  }
})

test('audit events cannot be changed, nor removed for an organization, and go when they are old', async () => {
  const { ownerUrl, adminUrl } = app.database
  const count = async () =>
    (await sql<{ count: number }>(adminUrl, 'SELECT count(*)::int AS count FROM sluice.audit_events'))[0]!
      .count
  const before = await count()
  expect(before).toBeGreaterThan(5)
  expect(await sql(ownerUrl, "UPDATE sluice.audit_events SET message = 'x' RETURNING id")).toEqual([])
  const own = forOrganization(app.api.services, app.organizationId).orm.em
  expect(await own.fork().execute('delete from sluice.audit_events returning id')).toEqual([])
  await sql(
    adminUrl,
    "UPDATE sluice.audit_events SET at = at - interval '400 days' WHERE action = 'export.created'",
  )
  const old = (await sql(adminUrl, "SELECT id FROM sluice.audit_events WHERE action = 'export.created'"))
    .length
  expect(await forgetAuditEvents(app.api.services)).toBe(old)
  expect(await count()).toBe(before - old)
})
