import { randomUUID } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { authenticate } from '../../src/lifecycle/authenticate.ts'
import { expireExports, purgeExports } from '../../src/lifecycle/expire-exports.ts'
import { submitExport } from '../../src/lifecycle/submit-export.ts'
import { sweepStorage } from '../../src/lifecycle/sweep-storage.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { Clock } from '../support/clock.ts'
import { acceptExport, cancelExport, download, type ExportState, settle } from '../support/exports.ts'
import { closeGate, datasetsWithGate, uuidOf, waitingAtGate } from '../support/gated-dataset.ts'
import { sql } from '../support/sql.ts'
import { storedFiles } from '../support/stored-files.ts'
import { until } from '../support/until.ts'

const clock = new Clock()
const day = 24 * 3600
let app: TestApp

beforeAll(async () => {
  app = await startApp({ deals: 300, overrides: { now: clock.now, datasets: datasetsWithGate } })
})

afterAll(() => app.stop())

async function completed(key?: string): Promise<ExportState> {
  const { id } = await acceptExport(app, { dataset: 'deals', columns: [{ name: 'id' }] }, key)
  const last = await settle(app, id, key)
  expect(last.status).toBe('COMPLETED')
  return last
}

function storedOf(id: string): string[] {
  return storedFiles(app).filter((file) => file.includes(uuidOf(id)))
}

async function publishedKeys(): Promise<string[]> {
  const rows = await sql<{ storage_key: string }>(
    app.database.ownerUrl,
    'SELECT storage_key FROM sluice.export_files WHERE deleted_at IS NULL ORDER BY storage_key',
  )
  return rows.map(({ storage_key: key }) => `objects/${key}`)
}

/** What a process that was killed leaves: a finished object, or the file of an upload. */
function leave(key: string, { complete }: { complete: boolean }): void {
  const root = join(app.dataDir, 'files')
  const path = complete ? join(root, 'objects', key) : join(root, 'uploads', key, `${randomUUID()}.part`)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, 'left behind')
}

test('an export expires when its time is up: subscribers hear of it, the files go, links answer 410', async () => {
  const early = await completed()
  clock.moveBy(6 * day)
  const late = await completed()
  const link = new URL(early.files[0]!.url.replace('localhost', '127.0.0.1'))
  expect(early.expiresAt).toBe(new Date(Date.parse(early.completedAt!) + 7 * day * 1000).toISOString())

  const heard = app
    .webSocket()
    .iterate<{ exportUpdated: { id: string; status: string; files: unknown[]; rowsExported: number } }>({
      query:
        'subscription { exportUpdated(filter: {status: [EXPIRED]}) { id status files { name } rowsExported } }',
    })
  const next = heard.next()
  await until('somebody listens', () => app.api.services.feed.subscriberCount === 1)

  clock.moveBy(day - 60)
  expect(await expireExports(app.api.services)).toBe(0)
  // A link made now lives as long as the file at most.
  const again = await app.graphql<{ export: ExportState }>(
    'query ($id: ID!) { export(id: $id) { files { url expiresAt } } }',
    { id: early.id },
  )
  const freshLink = again.data!.export.files[0]!
  expect(freshLink.expiresAt).toBe(early.expiresAt)
  expect(await download(freshLink.url)).not.toHaveLength(0)

  clock.moveBy(61)
  // The link's own time ends with the file's; before the janitor has come, too.
  expect((await fetch(freshLink.url.replace('localhost', '127.0.0.1'))).status).toBe(410)
  expect(await expireExports(app.api.services)).toBe(1)
  expect((await next).value?.data?.exportUpdated).toEqual({
    id: early.id,
    status: 'EXPIRED',
    files: [],
    rowsExported: 300,
  })
  await heard.return?.()
  expect(storedOf(early.id)).toEqual([])
  expect(storedOf(late.id).length).toBeGreaterThan(0)
  const answer = await fetch(link)
  expect(answer.status).toBe(410)
  expect(await expireExports(app.api.services)).toBe(0)
})

test('a link that outlives its file says that the file is gone, not that the link is wrong', async () => {
  await sql(
    app.database.ownerUrl,
    "UPDATE sluice.plans SET file_lifetime_seconds = 600 WHERE name = 'unlimited'",
  )
  onTestFinished(async () => {
    await sql(
      app.database.ownerUrl,
      "UPDATE sluice.plans SET file_lifetime_seconds = 604800 WHERE name = 'unlimited'",
    )
  })
  const last = await completed()
  await sql(
    app.database.ownerUrl,
    "UPDATE sluice.exports SET expires_at = expires_at - interval '9 minutes' WHERE id = $1",
    [uuidOf(last.id)],
  )
  clock.moveBy(120)
  await expireExports(app.api.services)
  const answer = await fetch(last.files[0]!.url.replace('localhost', '127.0.0.1'))
  expect(answer.status).toBe(410)
  expect(await answer.json()).toMatchObject({ error: { code: 'FILE_EXPIRED' } })
})

test('a file that cannot be removed keeps none of the others, and goes in a later round', async () => {
  const stubborn = await completed()
  const other = await completed()
  clock.moveBy(8 * day)
  const { storage } = app.api.services
  const remove = storage.delete.bind(storage)
  const broken = Object.assign(Object.create(storage) as typeof storage, {
    delete: (key: string) =>
      key.includes(uuidOf(stubborn.id)) ? Promise.reject(new Error('it is busy')) : remove(key),
    list: storage.list.bind(storage),
    removeUpload: storage.removeUpload.bind(storage),
  })
  leave(`${app.organizationId}/${uuidOf(other.id)}/7/orphan.csv`, { complete: true })
  expect(await expireExports({ ...app.api.services, storage: broken })).toBeGreaterThanOrEqual(2)
  await sweepStorage({ ...app.api.services, storage: broken })
  expect(storedOf(stubborn.id).length).toBeGreaterThan(0)
  expect(storedOf(other.id)).toEqual([])
  await sweepStorage(app.api.services)
  expect(storedOf(stubborn.id)).toEqual([])
})

test('as many as there are expire and are purged at once', async () => {
  const last = await completed()
  await sql(
    app.database.ownerUrl,
    `INSERT INTO sluice.exports SELECT (jsonb_populate_record(e, jsonb_build_object(
       'id', gen_random_uuid(), 'number', 1000000 + copy, 'idempotency_key', null))).*
     FROM sluice.exports e, generate_series(1, 250) AS copy WHERE e.id = $1`,
    [uuidOf(last.id)],
  )
  clock.moveBy(8 * day)
  expect(await expireExports(app.api.services)).toBe(251)
  clock.moveBy(23 * day)
  expect(await purgeExports(app.api.services)).toBeGreaterThanOrEqual(251)
  expect(
    await sql(app.database.ownerUrl, 'SELECT id FROM sluice.exports WHERE number > 1000000 OR id = $1', [
      uuidOf(last.id),
    ]),
  ).toEqual([])
})

test('a purge removes the record, its timeline and its files, and nothing that is under way', async () => {
  const gate = await closeGate(app)
  onTestFinished(() => gate.open())
  const underWay = await acceptExport(app, { dataset: 'gated_deals' })
  await waitingAtGate(app, underWay.id)
  const old = await completed()
  clock.moveBy(29 * day)
  const recent = await completed()
  clock.moveBy(2 * day)
  expect(await purgeExports(app.api.services)).toBeGreaterThanOrEqual(1)
  const ids = (await sql<{ id: string }>(app.database.ownerUrl, 'SELECT id FROM sluice.exports')).map(
    ({ id }) => id,
  )
  expect(ids).not.toContain(uuidOf(old.id))
  expect(ids).toContain(uuidOf(recent.id))
  expect(ids).toContain(uuidOf(underWay.id))
  expect(storedOf(old.id)).toEqual([])
  expect(storedOf(recent.id).length).toBeGreaterThan(0)
  expect(
    await sql(app.database.ownerUrl, 'SELECT 1 FROM sluice.export_events WHERE export_id = $1', [
      uuidOf(old.id),
    ]),
  ).toEqual([])
  const { data } = await app.graphql('query ($id: ID!) { export(id: $id) { id } node(id: $id) { id } }', {
    id: old.id,
  })
  expect(data).toEqual({ export: null, node: null })
  await cancelExport(app, underWay.id)
})

test('the sweep removes what no export knows: objects and unfinished uploads of dead attempts', async () => {
  const last = await completed()
  const published = await until('all that is stored is published', async () => {
    const keys = await publishedKeys()
    return isDeepStrictEqual(storedFiles(app), keys) ? keys : null
  })
  const mine = `${app.organizationId}/${uuidOf(last.id)}`
  leave(`${mine}/7/orphan.csv`, { complete: true })
  leave(`${mine}/7/unfinished.csv`, { complete: false })
  leave(`${app.organizationId}/0190a000-0000-7000-8000-000000000000/1/purged.csv`, { complete: true })
  leave(`${app.organizationId}/0190a000-0000-7000-8000-000000000000/1/purged.csv.part2`, {
    complete: false,
  })
  expect(storedFiles(app)).toHaveLength(published.length + 4)
  expect(await sweepStorage(app.api.services)).toBe(4)
  expect(storedFiles(app)).toEqual(published)
  expect(await sweepStorage(app.api.services)).toBe(0)
})

test('the sweep never touches what a running attempt has written', async () => {
  const gate = await closeGate(app)
  onTestFinished(() => gate.open())
  const { id } = await acceptExport(app, { dataset: 'gated_deals' })
  await waitingAtGate(app, id)
  await until('its upload has begun', () => storedOf(id).length > 0)
  leave(`${app.organizationId}/${uuidOf(id)}/1/finished-part.csv`, { complete: true })
  const before = storedOf(id)
  expect(before.length).toBeGreaterThanOrEqual(2)
  await sweepStorage(app.api.services)
  expect(storedOf(id)).toEqual(before)
  await gate.open()
  const last = await settle(app, id)
  expect(last).toMatchObject({ status: 'COMPLETED', rowsExported: 300 })
  expect(await download(last.files[0]!.url)).toHaveLength(last.files[0]!.bytes)
})

test('the sweep never removes a file that is published while it looks', async () => {
  const { orm } = app.api.services
  const storageKey = `${app.organizationId}/0190a000-0000-7000-8000-00000000000a/1/just-published.csv`
  const id = '0190a000-0000-7000-8000-00000000000a'
  await sql(
    app.database.ownerUrl,
    `INSERT INTO sluice.exports SELECT (jsonb_populate_record(e, jsonb_build_object('id', $1::text, 'number', 999999,
       'status', 'processing', 'attempt', 1, 'idempotency_key', null))).* FROM sluice.exports e LIMIT 1`,
    [id],
  )
  onTestFinished(async () => {
    await sql(app.database.ownerUrl, 'DELETE FROM sluice.exports WHERE id = $1', [id])
  })
  leave(storageKey, { complete: true })
  // Publishes between any two questions that the sweep asks the database.
  let asked = 0
  const publishing = Object.assign(Object.create(orm) as typeof orm, {
    em: {
      fork: () => {
        const em = orm.em.fork()
        const execute = em.execute.bind(em)
        em.execute = (async (...args: Parameters<typeof execute>) => {
          asked += 1
          if (asked === 2) {
            await sql(
              app.database.ownerUrl,
              `WITH published AS (
                 INSERT INTO sluice.export_files
                 SELECT (jsonb_populate_record(f, jsonb_build_object('id', gen_random_uuid(), 'export_id', $1::text, 'storage_key', $2::text))).*
                 FROM sluice.export_files f LIMIT 1)
               UPDATE sluice.exports SET status = 'completed' WHERE id = $1::uuid`,
              [id, storageKey],
            )
          }
          return await execute(...args)
        }) as typeof em.execute
        return em
      },
    },
  })
  await sweepStorage({ ...app.api.services, orm: publishing })
  expect(storedOf(id)).toHaveLength(1)
})

test('files and records live as long as the request says, where it says so', async () => {
  const principal = (await authenticate(app.api.services, app.key))!
  const { export: row } = await submitExport(app.api.services, principal, {
    door: 'test',
    dataset: 'deals',
    columns: [{ name: 'id' }],
    fileLifetimeSeconds: 2 * day,
    recordLifetimeSeconds: 5 * day,
  })
  const last = await settle(app, row.id)
  expect(Date.parse(last.expiresAt!) - Date.parse(last.completedAt!)).toBe(2 * day * 1000)
  clock.moveBy(2 * day + 60)
  await expireExports(app.api.services)
  expect(storedOf(row.id)).toEqual([])
  expect(await settle(app, row.id)).toMatchObject({ status: 'EXPIRED', rowsExported: 300 })
  clock.moveBy(3 * day)
  await purgeExports(app.api.services)
  expect(await sql(app.database.ownerUrl, 'SELECT id FROM sluice.exports WHERE id = $1', [row.id])).toEqual(
    [],
  )
})

test('a record is not purged while its files are kept: nothing is lost before it expires', async () => {
  const principal = (await authenticate(app.api.services, app.key))!
  const { export: row } = await submitExport(app.api.services, principal, {
    door: 'test',
    dataset: 'deals',
    columns: [{ name: 'id' }],
    fileLifetimeSeconds: 40 * day,
  })
  const { expiresAt } = await settle(app, row.id)
  clock.moveBy(31 * day)
  await purgeExports(app.api.services)
  const kept = await settle(app, row.id)
  expect(kept).toMatchObject({ status: 'COMPLETED', expiresAt })
  expect(await download(kept.files[0]!.url)).toHaveLength(kept.files[0]!.bytes)
  clock.moveBy(10 * day)
  await expireExports(app.api.services)
  await purgeExports(app.api.services)
  expect(await sql(app.database.ownerUrl, 'SELECT id FROM sluice.exports WHERE id = $1', [row.id])).toEqual(
    [],
  )
  expect(storedOf(row.id)).toEqual([])
})

test.each([
  ['fileLifetimeSeconds', 5],
  ['recordLifetimeSeconds', 1e12],
  ['fileLifetimeSeconds', 1.5],
] as const)('%s cannot be %d', async (path, seconds) => {
  const principal = (await authenticate(app.api.services, app.key))!
  const request = { door: 'test', dataset: 'deals', [path]: seconds }
  await expect(submitExport(app.api.services, principal, request)).rejects.toThrow(
    `${path}: must be a whole number from 60 to`,
  )
})
