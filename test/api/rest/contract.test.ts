import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Route } from '../../../src/api/rest/dialect.ts'
import { dialects } from '../../../src/api/rest/dialects.ts'
import { createApiKey } from '../../../src/lifecycle/api-keys.ts'
import { startApp, type TestApp } from '../../support/app.ts'
import { acceptExport, download, settle, watchExport } from '../../support/exports.ts'
import { naughtyStrings } from '../../support/naughty-strings.ts'
import { startWorker } from '../../support/worker.ts'
import { call, type JsonAnswer } from './client.ts'
import { vendors } from './vendors.ts'

let app: TestApp
let owner: pg.Client
let others: { organizationId: string; key: string }
beforeAll(async () => {
  // No worker takes jobs, so no answer waits for a file.
  app = await startApp({ workers: 0, settings: { dealmachineWaitSeconds: 0 } })
  others = await app.addOrganization('Others')
  owner = new pg.Client({ connectionString: app.database.ownerUrl })
  await owner.connect()
  // Limits have tests of their own; here a 429 would hide what else is wrong.
  await owner.query(`UPDATE sluice.plans SET door_limits = '{}'`)
})
afterAll(async () => {
  await owner.end()
  await app.stop()
})

test('every dialect takes part', () => {
  expect(Object.keys(vendors)).toEqual(expect.arrayContaining(dialects.map(({ name }) => name)))
})

/** Several at a time: what is sent does not depend on what came before. */
async function inTurns<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const waiting = [...items]
  const worker = async () => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await work(item)
  }
  await Promise.all(Array.from({ length: 6 }, worker))
}

/** Deep, without a recursion to build it. */
const deepJson = (depth: number) => `${'{"a":['.repeat(depth)}1${']}'.repeat(depth)}`

const wrongValues: readonly unknown[] = [
  null,
  -1,
  1e308,
  0.5,
  true,
  '',
  '; DROP TABLE crm.deals; --',
  "' OR 1=1",
  [],
  [null],
  {},
  { constructor: { prototype: {} }, __proto__: [] },
  Array.from({ length: 12_000 }, (_, index) => `value ${index}`),
  [[['deep']]],
]

const sample = naughtyStrings.filter((_, index) => index % 80 === 0)

describe.each(dialects.map((dialect) => [dialect.name, dialect] as const))('%s', (name, dialect) => {
  const vendor = vendors[name]!
  const send = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
    call(app, method, path, {
      body,
      authorization: null,
      headers: { ...vendor.authorize(app.key), ...headers },
    })
  const idFor = '1'
  const pathOf = (route: Route) => route.path.replaceAll(/\{[^}]+\}/g, idFor)
  const withBody = dialect.routes.filter(({ body }) => body)

  function expectRefusal(answer: JsonAnswer, statuses: readonly number[], what: unknown): void {
    const told = JSON.stringify([what, answer.status, answer.body]).slice(0, 600)
    expect(statuses.includes(answer.status), told).toBe(true)
    expect(dialect.errors.schema.safeParse(answer.body).error, told).toBeUndefined()
    expect(answer.headers.get('content-type'), told).toMatch(/^application\/json/)
    expect(answer.headers.get('x-request-id'), told).toMatch(/^[0-9a-f-]{36}$/)
  }

  /** Either it is taken as it is meant, or it is refused as the vendor refuses; never a failure of ours. */
  function expectHandled(answer: JsonAnswer, what: unknown): void {
    if (answer.status < 300) return
    expectRefusal(answer, [400, 403, 404, 409, 413], what)
  }

  test('without a key, with one that cannot be read, and with one that does not work: 401 at every route', async () => {
    for (const route of dialect.routes) {
      for (const headers of [
        {},
        { Authorization: 'Nonsense' },
        { Authorization: 'Bearer slc_unknown_key' },
        { 'X-Api-Key': 'slc_unknown_key' },
      ] as Record<string, string>[]) {
        const answer = await call(app, route.method.toUpperCase(), pathOf(route), {
          authorization: null,
          headers,
          ...(route.body ? { body: '{' } : {}),
        })
        expectRefusal(answer, [401], [route.path, headers])
        expect(answer.headers.get('www-authenticate')).toBeTruthy()
      }
    }
  })

  test('a key without the right is 403 at every route', async () => {
    const { services } = app.api
    const { secret } = await createApiKey(
      services,
      { id: app.organizationId },
      { name: 'few', scopes: ['datasets:read'] },
    )
    const created = await call(app, 'POST', vendor.create.path, {
      body: vendor.create.body,
      authorization: null,
      headers: { ...vendor.authorize(secret) },
    })
    expectRefusal(created, [403], 'create')
    const id = vendor.publicId({ id: '0190a1b2-0000-7000-8000-000000000000', number: 999_999 })
    const shown = await call(app, 'GET', vendor.show(id), {
      authorization: null,
      headers: { ...vendor.authorize(secret) },
    })
    expectRefusal(shown, [403], 'show')
  })

  test('other methods are 405 with Allow, other paths 404', async () => {
    for (const path of new Set(dialect.routes.map(pathOf))) {
      for (const method of ['PUT', 'PATCH', 'DELETE']) {
        const answer = await send(method, path)
        expectRefusal(answer, [405], [method, path])
        expect(answer.headers.get('allow')).toMatch(/^(GET, HEAD|POST)/)
      }
    }
    for (const prefix of dialect.prefixes) {
      expectRefusal(await send('GET', `${prefix}/nothing/is/here/at/all`), [404], prefix)
    }
  })

  test('a body that is no JSON object is 400, of another type 415, too large 413', async () => {
    for (const route of withBody) {
      const path = pathOf(route)
      for (const body of [
        '',
        '{',
        '[]',
        'null',
        '"text"',
        '1',
        '{"a":1}}',
        deepJson(5_000),
        '{"a":"\\u0000"}',
        '{"a":"\\ud800"}',
      ]) {
        expectRefusal(await send('POST', path, body), [400], [path, body.slice(0, 40)])
      }
      for (const type of [
        'text/plain',
        'application/x-www-form-urlencoded',
        'multipart/form-data; boundary=x',
        'application/xml',
      ]) {
        expectRefusal(await send('POST', path, '{}', { 'Content-Type': type }), [415], [path, type])
      }
      expectRefusal(await send('POST', path, `{"a":"${'x'.repeat(1024 * 1024)}"}`), [413], path)
    }
  })

  test('an unknown field is 400 and named', async () => {
    for (const route of withBody) {
      const answer = await send('POST', pathOf(route), { ...exampleOf(route), no_such_field: 1 })
      expectRefusal(answer, [400], route.path)
      expect(JSON.stringify(answer.body)).toContain('no_such_field')
    }
  })

  test('wrong types, huge lists and naughty strings in every field are taken or refused, never a 500', async () => {
    // Routes that share a schema read the same fields.
    const read = new Map(withBody.map((route) => [route.body, route]))
    const cases = [...read.values()].flatMap((route) => {
      const example = exampleOf(route)
      return fieldsOf(route, example).flatMap((field) =>
        [...wrongValues, ...sample].map((value) => ({
          path: pathOf(route),
          body: { ...example, [field]: value },
        })),
      )
    })
    await inTurns(cases, async ({ path, body }) => expectHandled(await send('POST', path, body), body))
  })

  test('naughty ids are 404, and naughty parameters taken or refused', async () => {
    const ids = [
      ...sample,
      '0',
      '-1',
      '9007199254740993',
      '1e3',
      '00000000-0000-0000-0000-000000000000',
      'x'.repeat(4_000),
    ]
    await inTurns(ids, async (id) => {
      const segment = encodeURIComponent(id.toWellFormed())
      if (segment === '' || /^\.+$/.test(segment)) return
      expectRefusal(await send('GET', vendor.show(segment)), [400, 404], id)
    })
    const queries = dialect.routes.flatMap((route) =>
      fieldsOf(route, {}, 'query').flatMap((field) =>
        [...sample.slice(0, 8), '-1', '1e99', '{}', '[]', 'null'].map(
          (value) => [route, field, value] as const,
        ),
      ),
    )
    await inTurns(queries, async ([route, field, value]) => {
      const query = `${encodeURIComponent(field)}=${encodeURIComponent(value.toWellFormed())}`
      const body = route.body ? exampleOf(route) : undefined
      expectHandled(await send(route.method.toUpperCase(), `${pathOf(route)}?${query}`, body), [
        route.path,
        field,
        value,
      ])
    })
  })

  test("another organization's export looks like one that never was", async () => {
    const begun = await send('POST', vendor.create.path, vendor.create.body)
    expect([begun.status, JSON.stringify(begun.body)]).toEqual([vendor.create.status, expect.any(String)])
    const ask = async (id: string) => {
      const answer = await call(app, 'GET', vendor.show(id), {
        authorization: null,
        headers: { ...vendor.authorize(others.key) },
      })
      const requestId = answer.headers.get('x-request-id') ?? ''
      const text = JSON.stringify(answer.body)
        .replaceAll(requestId, '…')
        .replaceAll(requestId.replaceAll('-', ''), '…')
      return [answer.status, text]
    }
    const unknown = vendor.publicId({ id: '0190a1b2-0000-7000-8000-000000000000', number: 999_999 })
    const foreign = await ask(vendor.idOf(begun.body))
    expect(foreign[0]).toBe(404)
    expect(foreign).toEqual(await ask(unknown))
  })

  test('an export that begins here is followed live through GraphQL, and found here when it began there', async () => {
    // What the tests before have left waiting would come first.
    await owner.query('DELETE FROM sluice.exports')
    const worker = await startWorker(app)
    try {
      const { rows: before } = await owner.query(
        'SELECT max(number) AS number FROM sluice.exports WHERE organization_id = $1',
        [app.organizationId],
      )
      const begun = await send('POST', vendor.create.path, { ...vendor.create.body })
      expect(begun.status).toBe(vendor.create.status)
      const { rows } = await owner.query(
        'SELECT id, number, door FROM sluice.exports WHERE organization_id = $1 AND number > $2 ORDER BY number LIMIT 1',
        [app.organizationId, before[0].number ?? 0],
      )
      expect(rows[0].door).toBe(name)
      expect(vendor.idOf(begun.body)).toBe(
        vendor.publicId({ id: rows[0].id, number: Number(rows[0].number) }),
      )
      const states = []
      for await (const state of watchExport(app, rows[0].id)) states.push(state)
      expect(states.at(-1)).toMatchObject({ status: 'COMPLETED', progress: 100 })
      expect(JSON.stringify((await send('GET', vendor.show(vendor.idOf(begun.body)))).body)).toMatch(
        vendor.done,
      )

      const { id, number } = await acceptExport(app, { dataset: 'deals', columns: [{ name: 'id' }] })
      await settle(app, id)
      const uuid = Buffer.from(id, 'base64').toString().split(':')[1] ?? ''
      const shown = JSON.stringify(
        (await send('GET', vendor.show(vendor.publicId({ id: uuid, number })))).body,
      )
      expect(shown).toMatch(vendor.done)
      const link = /https?:\/\/[^"]+\/files\/[^"]+/.exec(shown)?.[0] ?? ''
      expect((await download(link)).toString().split('\n').length).toBeGreaterThan(200)
    } finally {
      await worker.stop()
    }
  })

  function exampleOf(route: Route): Record<string, unknown> {
    const [example] = Object.values(route.bodyExamples ?? {})
    return (example ?? (route.path === vendor.create.path ? vendor.create.body : {})) as Record<
      string,
      unknown
    >
  }
})

/** The fields that a route's schema knows, besides those of an example. */
function fieldsOf(route: Route, example: object, part: 'body' | 'query' = 'body'): string[] {
  const schema = route[part]
  const known = schema && 'shape' in schema ? Object.keys(schema.shape as object) : []
  return [...new Set([...Object.keys(example), ...known])]
}

test('no naughty request has left anything but exports: the tables are as they were', async () => {
  const { rows } = await owner.query(
    `SELECT count(*)::int AS deals FROM crm.deals WHERE organization_id = 'demo'`,
  )
  expect(rows[0].deals).toBe(200)
})
