import { afterAll, beforeAll, expect, test } from 'vitest'
import { authenticate } from '../../src/lifecycle/authenticate.ts'
import { countRows } from '../../src/lifecycle/count-rows.ts'
import { findExport } from '../../src/lifecycle/find-export.ts'
import { linkFiles } from '../../src/lifecycle/link-files.ts'
import { listExports } from '../../src/lifecycle/list-exports.ts'
import { submitExport } from '../../src/lifecycle/submit-export.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { download, settle } from '../support/exports.ts'

let app: TestApp
beforeAll(async () => {
  app = await startApp()
})
afterAll(() => app.stop())

async function principalOf(key: string) {
  const principal = await authenticate(app.api.services, key)
  if (!principal) throw new Error('The key does not work')
  return principal
}

async function submit(dataset: string) {
  const { services } = app.api
  const request = { door: 'test', dataset, columns: [{ name: 'id' }] }
  return (await submitExport(services, await principalOf(app.key), request)).export
}

test('an export is found by its id and by its number, and never by another organization', async () => {
  const { services } = app.api
  const mine = await principalOf(app.key)
  const others = await principalOf((await app.addOrganization('Others')).key)
  const row = await submit('deals')
  expect((await findExport(services, mine, { id: row.id })).number).toBe(row.number)
  expect((await findExport(services, mine, { number: row.number })).id).toBe(row.id)
  for (const name of [{ id: row.id }, { number: row.number }, null]) {
    await expect(findExport(services, others, name)).rejects.toThrow('There is no such export.')
  }
})

test('a page is newest first, filtered, counted on request, and says whether there is another', async () => {
  const { services } = app.api
  const principal = await principalOf(app.key)
  const ids = []
  for (const dataset of ['companies', 'companies', 'companies', 'tickets'])
    ids.push((await submit(dataset)).id)
  const of = (offset: number) =>
    listExports(services, principal, { dataset: ['companies'] }, { offset, limit: 2, withTotal: true })
  const [first, second] = [await of(0), await of(2)]
  expect(first).toMatchObject({ total: 3, hasMore: true })
  expect(first.exports.map(({ id }) => id)).toEqual([ids[2], ids[1]])
  expect(second).toMatchObject({ total: 3, hasMore: false })
  expect(second.exports.map(({ id }) => id)).toEqual([ids[0]])
})

test('rows are counted as the file would have them', async () => {
  const principal = await principalOf(app.key)
  const request = { door: 'test', dataset: 'deals' }
  expect(await countRows(app.api.services, principal, request)).toBe(200)
  expect(await countRows(app.api.services, principal, { ...request, limit: 7 })).toBe(7)
})

test('links live as long as they are asked to, and end with the files', async () => {
  const { services } = app.api
  const { id } = await submit('deals')
  await settle(app, id)
  const row = await findExport(services, await principalOf(app.key), { id })
  const [short] = await linkFiles(services, row, 300)
  const [long] = await linkFiles(services, row, 'files')
  const [tooLong] = await linkFiles(services, row, 365 * 24 * 3600)
  expect(short!.expiresAt.getTime() - Date.now()).toBeLessThanOrEqual(300_000)
  expect(short!.expiresAt.getTime() - Date.now()).toBeGreaterThan(250_000)
  expect(long!.expiresAt).toEqual(row.expiresAt)
  expect(tooLong!.expiresAt).toEqual(row.expiresAt)
  expect((await download(short!.url)).length).toBeGreaterThan(0)
})
