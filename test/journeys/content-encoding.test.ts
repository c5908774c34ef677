import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { createClient } from '../../src/client/client.ts'
import { toFile } from '../../src/client/node.ts'
import type { Manifest } from '../../src/core/manifest.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { copyText } from '../support/copy.ts'
import { acceptExport, createExport, download, settle } from '../support/exports.ts'
import { uuidOf } from '../support/gated-dataset.ts'
import { sql } from '../support/sql.ts'

let app: TestApp

beforeAll(async () => {
  app = await startApp({ deals: 6_000, partRows: 1_000 })
})

afterAll(() => app.stop())

const sha256Of = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')

test.each([
  ['in one piece', { dataset: 'deals', columns: [{ name: 'id' }], limit: 500, sort: [{ column: 'id' }] }],
  ['in parts', { dataset: 'deals', columns: [{ name: 'id' }] }],
  ['as JSON', { dataset: 'deals', columns: [{ name: 'id' }], format: 'JSON' }],
])(
  'a file that is made %s is stored gzipped under its plain name, and every client has the plain bytes',
  async (_, input) => {
    const { id } = await acceptExport(app, { ...input, contentEncoding: 'GZIP' })
    const { id: plainId } = await acceptExport(app, input)
    const last = await settle(app, id)
    const plain = await settle(app, plainId)
    const expected = await download(plain.files[0]!.url)
    const file = last.files[0]!
    expect({ ...file, url: null }).toEqual({ ...plain.files[0], url: null, expiresAt: file.expiresAt })
    expect(file.bytes).toBe(expected.length)
    expect((await download(file.url)).equals(expected)).toBe(true)

    const [stored] = await sql<{ storage_key: string; bytes: string; sha256: string }>(
      app.database.ownerUrl,
      "SELECT storage_key, bytes, sha256 FROM sluice.export_files WHERE export_id = $1 AND kind = 'data'",
      [uuidOf(id)],
    )
    const bytes = readFileSync(join(app.dataDir, 'files', 'objects', stored!.storage_key))
    expect(stored).toMatchObject({ bytes: String(bytes.length), sha256: sha256Of(bytes) })
    expect(bytes.length).toBeLessThan(expected.length)
    expect(gunzipSync(bytes).equals(expected)).toBe(true)

    const manifest: Manifest = JSON.parse((await download(last.manifest!.url)).toString())
    expect(manifest.files).toEqual([
      {
        name: file.name,
        bytes: bytes.length,
        rows: file.rows,
        sha256: sha256Of(bytes),
        contentType: file.contentType,
        contentEncoding: 'gzip',
        plain: { bytes: expected.length, sha256: sha256Of(expected) },
      },
    ])
  },
)

test('the client downloads and verifies it like any other file', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-encoded-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const client = createClient({ url: app.url, apiKey: app.key })
  const created = await client.createExport({
    dataset: 'deals',
    columns: [{ name: 'id' }],
    contentEncoding: 'GZIP',
  })
  const completed = await client.finished(created.id)
  const path = join(folder, 'deals.csv')
  const file = completed.files[0]!
  await client.download(
    { ...file, url: file.url.replace('localhost', '127.0.0.1') },
    { destination: toFile(path) },
  )
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n')
  const ids = await copyText(app.database.ownerUrl, 'SELECT id FROM crm.deals')
  expect(lines.slice(1).sort()).toEqual(ids.trimEnd().split('\n').sort())
})

test('it goes with no compression and no zip', async () => {
  for (const other of [{ compression: 'ZIP' }, { zipAboveBytes: 1_000_000 }]) {
    const answer = await createExport(app, { dataset: 'deals', contentEncoding: 'GZIP', ...other })
    expect(answer.issues).toEqual([
      {
        path: 'contentEncoding',
        message: 'goes with the compression none only, and not with zipAboveBytes',
      },
    ])
  }
})
