import { describe, expect, test } from 'vitest'
import { exportFormats } from '../../src/core/spec.ts'
import { introspect } from '../../src/datasets/introspect/introspect.ts'
import { createRegistry } from '../../src/datasets/registry.ts'
import { Source } from '../../src/engine/source/source.ts'
import { checkDatasets } from '../../src/lifecycle/check-datasets.ts'
import { startApp } from '../support/app.ts'
import { chinookScript, chinookTables } from '../support/chinook.ts'
import { copyText } from '../support/copy.ts'
import { acceptExport, download, settle } from '../support/exports.ts'
import { startOldPostgres } from '../support/old-postgres.ts'
import { sql } from '../support/sql.ts'

const versions = ['14.23.0-beta.17', '15.18.0-beta.17', '16.14.0-beta.17', '17.10.0-beta.17']

const guarded = `
  CREATE TABLE notes (id int PRIMARY KEY, owner text, note text);
  INSERT INTO notes SELECT id, CASE WHEN id % 2 = 0 THEN 'demo' ELSE 'other' END, 'note ' || id FROM generate_series(1, 10) id;
  ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
  CREATE POLICY own ON notes USING (owner = current_setting('app.tenant_id', true));
  CREATE ROLE exporter LOGIN; GRANT SELECT ON ALL TABLES IN SCHEMA public TO exporter;`

describe.each(versions)('the source is a PostgreSQL %s', (version) => {
  test('everything is introspected, checked and exported by a role that may only SELECT', async () => {
    const postgres = await startOldPostgres(version)
    try {
      await sql(postgres.adminUrl, chinookScript)
      await sql(postgres.adminUrl, guarded)
      await sql(postgres.adminUrl, 'ANALYZE')
      const sourceUrl = postgres.adminUrl.replace('postgres@', 'exporter@')
      const source = new Source(sourceUrl)
      const { datasets } = await introspect((text, params) => source.query(text, params, {}), {
        shared: true,
      })
      expect(await checkDatasets({ datasets: createRegistry(datasets), source })).toEqual([])
      await source.close()
      const app = await startApp({
        deals: 0,
        sourceUrl,
        partRows: 2_000,
        overrides: { datasets: createRegistry(datasets) },
      })
      const exported = async (input: object) => {
        const { id } = await acceptExport(app, { options: { formulaGuard: false }, ...input })
        const done = await settle(app, id)
        expect(done.error).toBeNull()
        return { done, bytes: await download(done.files[0]!.url) }
      }
      try {
        for (const [table, rows] of Object.entries(chinookTables)) {
          const { done, bytes } = await exported({ dataset: table })
          expect(done.rowsExported).toBe(rows)
          const copy = await copyText(postgres.adminUrl, `SELECT * FROM ${table}`)
          expect(bytes.toString().replace(/^.*\n/, '')).toBe(copy)
        }
        for (const format of exportFormats) {
          const { done } = await exported({ dataset: 'invoice', format: format.toUpperCase(), options: {} })
          expect(done.rowsExported).toBe(412)
        }
        const nested = await exported({
          dataset: 'track',
          columns: ['track_id', 'album.artist.name', 'playlist'].map((name) => ({ name })),
          filter: { relation: { name: 'playlist', quantifier: 'SOME' } },
          format: 'NDJSON',
          options: {},
        })
        expect(nested.done.rowsExported).toBe(3_503)
        const notes = await exported({
          dataset: 'notes',
          columns: [{ name: 'id' }],
          sort: [{ column: 'id' }],
        })
        expect(notes.bytes.toString()).toBe('id\n2\n4\n6\n8\n10\n')
      } finally {
        await app.stop()
      }
    } finally {
      await postgres.stop()
    }
  })
})
