import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { dialects } from '../../../src/api/rest/dialects.ts'
import { createApiKey } from '../../../src/lifecycle/api-keys.ts'
import { startApp, type TestApp } from '../../support/app.ts'
import { cancelExport, settle } from '../../support/exports.ts'
import { startWorker } from '../../support/worker.ts'
import { hienergy, vendors } from './vendors.ts'

/**
 * Recorded pairs of request and response: golden/<dialect>/<case>.json. What changes from run to run is
 * replaced (ids, links, digits of times), everything else is compared byte for byte.
 * `UPDATE_GOLDEN=1 npm test -- test/api/rest/golden` records the responses anew; read the difference.
 */
interface Golden {
  readonly request: {
    readonly method: string
    /** `{completed}`, `{failed}`, `{pending}` and `{foreign}` are exports in those states. */
    readonly path: string
    readonly body?: unknown
    /** Default: a live key. */
    readonly key?: 'none' | 'unknown' | 'without rights'
    readonly contentType?: string
    /** What the server is like: default as it is. */
    readonly given?: 'the limit is reached' | 'the database fails'
  }
  readonly response: {
    readonly status: number
    readonly headers: Record<string, string>
    readonly body: unknown
  }
}

const folder = fileURLToPath(new URL('golden/', import.meta.url))
/** Of a response, those that a client of the vendor may look at. */
const recordedHeaders = ['content-type', 'allow', 'www-authenticate', 'retry-after']

const filesOf = (name: string) =>
  existsSync(folder + name) ? readdirSync(folder + name).filter((file) => file.endsWith('.json')) : []

/** Vendors whose answers are recorded. */
const recorded = dialects.map(({ name }) => name).filter((name) => filesOf(name).length > 0)

let app: TestApp
let owner: pg.Client
let withoutRights: string
const ids: Record<string, Record<string, string>> = {}

beforeAll(async () => {
  // As recorded, whatever other files have asked for.
  hienergy.rows = 1_000
  // Without a worker, an export that is waited for would be waited for in vain.
  app = await startApp({ workers: 0, settings: { dealmachineWaitSeconds: 0 } })
  owner = new pg.Client({ connectionString: app.database.ownerUrl })
  await owner.connect()
  await owner.query(`UPDATE sluice.plans SET door_limits = '{}'`)
  const few = { name: 'few', scopes: ['datasets:read'] }
  withoutRights = (await createApiKey(app.api.services, { id: app.organizationId }, few)).secret
  const others = await app.addOrganization('Others')
  // The foreign ones have numbers that the first organization has not.
  await owner.query('UPDATE sluice.organizations SET last_export_number = 900 WHERE id = $1', [
    others.organizationId,
  ])
  for (const name of recorded) {
    ids[name] = { completed: await create(name), failed: await create(name), pending: '' }
    await cancelExport(app, await newest())
    ids[name].foreign = await create(name, others.key)
  }
  const worker = await startWorker(app)
  for (const { id } of await waiting()) await settle(app, id)
  await worker.stop()
  for (const name of recorded) ids[name]!.pending = await create(name)
})
afterAll(async () => {
  await owner.end()
  await app.stop()
})

async function create(name: string, key = app.key): Promise<string> {
  const { authorize, create: request, idOf } = vendors[name]!
  const response = await fetch(app.url + request.path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...authorize(key) },
    body: JSON.stringify(request.body),
  })
  return idOf(await response.json())
}

async function waiting(): Promise<{ id: string }[]> {
  const query = `SELECT id FROM sluice.exports WHERE status = 'pending' AND organization_id = $1 ORDER BY number DESC`
  return (await owner.query(query, [app.organizationId])).rows
}

async function newest(): Promise<string> {
  return (await waiting())[0]?.id ?? ''
}

describe.each(recorded)('%s', (name) => {
  const files = filesOf(name)
  const read = (file: string): Golden => JSON.parse(readFileSync(`${folder}${name}/${file}`, 'utf8'))

  test.each(files.filter((file) => read(file).request.given !== 'the database fails'))('%s', (file) =>
    replay(name, file, read(file)),
  )
})

// Last, since nothing works afterwards.
describe.each(recorded)('%s', (name) => {
  const files = filesOf(name)
  test.each(files.filter((file) => file.startsWith('500')))('%s', async (file) => {
    await owner.query('ALTER TABLE IF EXISTS sluice.exports RENAME TO exports_elsewhere')
    await replay(name, file, JSON.parse(readFileSync(`${folder}${name}/${file}`, 'utf8')))
  })

  test('there is a recorded answer for success and for every error status', () => {
    const statuses = new Set(files.map((file) => Number(file.slice(0, 3))))
    for (const status of [400, 401, 403, 404, 405, 413, 415, 429, 500])
      expect([...statuses]).toContain(status)
    expect([...statuses].some((status) => status < 300)).toBe(true)
  })
})

async function replay(name: string, file: string, { request, response }: Golden): Promise<void> {
  if (request.given === 'the limit is reached') {
    await owner.query(
      `UPDATE sluice.plans SET door_limits = jsonb_build_object($1::text, '{"exportsPerDay": 1}'::jsonb)`,
      [name],
    )
  }
  const answer = await send(name, request)
  await owner.query(`UPDATE sluice.plans SET door_limits = '{}'`)
  expect(file.startsWith(String(answer.status)), `${file}: ${answer.status}`).toBe(true)
  if (process.env.UPDATE_GOLDEN) {
    writeFileSync(`${folder}${name}/${file}`, `${JSON.stringify({ request, response: answer }, null, 2)}\n`)
    return
  }
  expect(answer).toEqual(response)
}

async function send(
  name: string,
  { method, path, body, key, contentType }: Golden['request'],
): Promise<Golden['response']> {
  const { authorize } = vendors[name]!
  const keys = { none: null, unknown: 'slc_a_key_that_nobody_has', 'without rights': withoutRights } as const
  const secret = key ? keys[key] : app.key
  const text =
    body === 'too large'
      ? `{"a":"${'x'.repeat(1024 * 1024)}"}`
      : typeof body === 'string'
        ? body
        : JSON.stringify(body)
  const response = await fetch(
    app.url + path.replace(/\{(\w+)\}/, (_, state) => ids[name]?.[state] ?? state),
    {
      method,
      headers: {
        ...(secret === null ? {} : authorize(secret)),
        ...(body === undefined ? {} : { 'Content-Type': contentType ?? 'application/json' }),
      },
      ...(text === undefined ? {} : { body: text }),
    },
  )
  const headers = recordedHeaders.flatMap((header) => {
    const value = response.headers.get(header)
    return value === null ? [] : [[header, header === 'retry-after' ? '<seconds>' : value]]
  })
  return {
    status: response.status,
    headers: Object.fromEntries(headers),
    body: JSON.parse(settled(name, await response.text())),
  }
}

/** Without what no two runs have in common; digits of times become 0, so that their precision is compared. */
function settled(name: string, text: string): string {
  const own = Object.entries(ids[name] ?? {}).map(([state, id]) => [`"${id}"`, `"<${state}>"`] as const)
  return own
    .reduce((rest, [id, state]) => rest.replaceAll(id, state), text)
    .replaceAll(/https?:\/\/[^"]+\/files\/[^"/]+\/([^"?]+)\?[^"]*/g, '<link to $1>')
    .replaceAll(app.url.replace('127.0.0.1', 'localhost'), '<url>')
    .replaceAll(/\d{4}-\d\d-\d\d(?:T[\d:.]+(?:Z|[+-]\d\d:\d\d))?/g, (time) => time.replaceAll(/\d/g, '0'))
    .replaceAll(/\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b/g, '<uuid>')
    .replaceAll(/"(exp|expo|orga|user)_[0-9A-Za-z]{22}"/g, '"<$1_id>"')
    .replaceAll(/"req_[0-9a-zA-Z-]+"/g, '"<request id>"')
    .replaceAll(/"id":"\d+"/g, '"id":"<number>"')
    .replaceAll(/"id":\d+/g, '"id":"<number>"')
    .replaceAll(/(<url>\/[^"]*\/)\d+"/g, '$1<number>"')
    .replaceAll(/"retry_after":\d+/g, '"retry_after":"<seconds>"')
}
