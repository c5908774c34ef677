import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createRegistry } from '../../src/datasets/registry.ts'
import { runSluice } from '../cli/run-sluice.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { chinookTables, createChinook } from '../support/chinook.ts'
import { ConfigReader } from '../support/config-reader.ts'
import { copyText } from '../support/copy.ts'
import type { TestDatabase } from '../support/database.ts'
import { acceptExport, download, settle } from '../support/exports.ts'
import { sql } from '../support/sql.ts'

let folder: string
let database: TestDatabase
let app: TestApp

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-chinook-'))
  database = await createChinook()
  const config = join(folder, 'sluice.config.ts')
  const introspected = await runSluice(
    ['datasets', 'introspect', '--schema', 'public', '--shared', '--output', config],
    {
      env: { SOURCE_DATABASE_URL: database.appUrl },
    },
  )
  expect(introspected).toMatchObject({ code: 0, stderr: expect.stringContaining('11 tables written') })
  const reader = new ConfigReader()
  const { datasets, message } = await reader.read(config)
  reader.stop()
  if (!datasets) throw new Error(message)
  app = await startApp({
    deals: 0,
    sourceUrl: database.appUrl,
    overrides: { datasets: createRegistry(datasets) },
  })
})

afterAll(async () => {
  await app?.stop()
  await database?.drop()
  rmSync(folder, { recursive: true, force: true })
})

async function exported(input: object): Promise<{ rows: number; text: string }> {
  const { id } = await acceptExport(app, input)
  const done = await settle(app, id)
  expect(done.error).toBeNull()
  return { rows: done.rowsExported, text: (await download(done.files[0]!.url)).toString() }
}

test.each(Object.entries(chinookTables))(
  'every row of %s comes out as COPY writes it',
  async (table, rows) => {
    const columns = await sql<{ name: string }>(
      database.ownerUrl,
      `SELECT attname AS name FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0 ORDER BY attnum`,
      [table],
    )
    const file = await exported({ dataset: table, options: { formulaGuard: false } })
    const names = columns.map(({ name }) => name).join(',')
    expect(file.rows).toBe(rows)
    expect(file.text).toBe(`${names}\n${await copyText(database.ownerUrl, `SELECT * FROM ${table}`)}`)
  },
)

test('foreign keys are relations, in both directions and over the link table', async () => {
  const { text } = await exported({
    dataset: 'track',
    columns: ['track_id', 'album.artist.name', 'genre.name', 'playlist.name'].map((name) => ({ name })),
    filter: { field: { column: 'track_id', is: { number: { in: [1, 3503] } } } },
    sort: [{ column: 'track_id' }],
    options: { formulaGuard: false },
  })
  expect(text).toBe(
    `track_id,album.artist.name,genre.name,playlist.name\n${await copyText(
      database.ownerUrl,
      `SELECT t.track_id, ar.name, g.name, (SELECT string_agg(p.name, '; ' ORDER BY p.playlist_id)
         FROM playlist_track l JOIN playlist p USING (playlist_id) WHERE l.track_id = t.track_id)
       FROM track t JOIN album al USING (album_id) JOIN artist ar USING (artist_id) JOIN genre g USING (genre_id)
       WHERE t.track_id IN (1, 3503) ORDER BY 1`,
    )}`,
  )
})
