import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { createApiKey, type NewApiKey } from '../../../src/lifecycle/api-keys.ts'
import { startApp, type TestApp } from '../../support/app.ts'
import { acceptExport, cancelExport, createExport, download, settle } from '../../support/exports.ts'
import { runJob } from '../../support/run-job.ts'
import { sql } from '../../support/sql.ts'

let app: TestApp

beforeAll(async () => {
  app = await startApp({ deals: 100 })
})

afterAll(() => app.stop())

const exportScopes = ['exports:read', 'exports:write', 'datasets:read']

async function keyWith(limits: Partial<NewApiKey>): Promise<{ id: string; secret: string }> {
  const { key, secret } = await createApiKey(
    app.api.services,
    { id: app.organizationId },
    { name: 'limited', scopes: exportScopes, ...limits },
  )
  return { id: key.id, secret }
}

interface DatasetAnswer {
  readonly name: string
  readonly relations: { name: string }[]
  readonly columns: { name: string; isDefault: boolean; isPersonal: boolean }[]
}

async function datasetsSeenBy(secret: string): Promise<DatasetAnswer[]> {
  const { data } = await app.graphql<{ datasets: DatasetAnswer[] }>(
    '{ datasets { name relations { name } columns { name isDefault isPersonal } } }',
    {},
    secret,
  )
  return data!.datasets
}

test('a key limited to datasets sees no others, and is told so when it names one', async () => {
  const { secret } = await keyWith({
    datasets: ['deals', 'companies'],
    scopes: [...exportScopes, 'pii:read'],
  })
  const seen = await datasetsSeenBy(secret)
  expect(seen.map(({ name }) => name).sort()).toEqual(['companies', 'deals'])
  const relations = seen.find(({ name }) => name === 'deals')!.relations.map(({ name }) => name)
  expect(relations).toContain('company')
  expect(relations).not.toContain('contacts')
  expect((await app.graphql('{ dataset(name: "contacts") { name } }', {}, secret)).data).toEqual({
    dataset: null,
  })

  const forbidden = { __typename: 'ForbiddenError', code: 'FORBIDDEN' }
  expect(await createExport(app, { dataset: 'contacts' }, secret)).toMatchObject({
    ...forbidden,
    message: "This API key may not use the dataset 'contacts'.",
  })
  for (const [input, path] of [
    [{ columns: [{ name: 'contacts.email' }] }, 'columns.0.name'],
    [{ columns: [{ name: 'contacts', columns: [{ name: 'id' }] }] }, 'columns.0.name'],
    [{ expand: 'contacts' }, 'expand'],
    [
      {
        filter: {
          relation: {
            name: 'contacts',
            where: { field: { column: 'email', is: { text: { startsWith: 'a' } } } },
          },
        },
      },
      'filter.relation.name',
    ],
  ] as const) {
    expect(await createExport(app, { dataset: 'deals', ...input }, secret), path).toMatchObject({
      ...forbidden,
      message: `${path}: This API key may not use the dataset 'contacts'`,
    })
  }
  const { id } = await acceptExport(
    app,
    { dataset: 'deals', columns: [{ name: 'id' }, { name: 'company.name' }] },
    secret,
  )
  expect(await settle(app, id, secret)).toMatchObject({ status: 'COMPLETED', rowsExported: 100 })
})

test('a key limited to columns can name, filter and sort by no others', async () => {
  const { secret } = await keyWith({ columns: { deals: ['id', 'name'] } })
  const deals = (await datasetsSeenBy(secret)).find(({ name }) => name === 'deals')!
  expect(deals.columns.map(({ name }) => name).sort()).toEqual(['id', 'name'])

  const sentence = "This API key may not use the column 'amount' of deals"
  for (const [input, path] of [
    [{ columns: [{ name: 'id' }, { name: 'amount' }] }, 'columns.1.name'],
    [
      {
        columns: [{ name: 'id' }],
        filter: { not: { field: { column: 'amount', is: { number: { gt: 1 } } } } },
      },
      'filter.not.field.column',
    ],
    [{ columns: [{ name: 'id' }], sort: [{ column: 'amount', direction: 'DESC' }] }, 'sort.0.column'],
  ] as const) {
    expect(await createExport(app, { dataset: 'deals', ...input }, secret), path).toMatchObject({
      __typename: 'ForbiddenError',
      message: `${path}: ${sentence}`,
    })
  }
  // From a dataset that is not limited, over a relation.
  expect(
    await createExport(app, { dataset: 'companies', columns: [{ name: 'deals.amount' }] }, secret),
  ).toMatchObject({ __typename: 'ForbiddenError', message: expect.stringContaining(sentence) })

  // What nobody named is left out, and the file says so in its header.
  const { id } = await acceptExport(app, { dataset: 'deals' }, secret)
  const last = await settle(app, id, secret)
  const [header] = (await download(last.files[0]!.url)).toString().split('\n', 1)
  expect(header!.split(',').sort()).toEqual(['id', 'name'])
  expect(last.rowsExported).toBe(100)
})

test('without pii:read, personal data can be neither exported nor found out', async () => {
  const { secret } = await keyWith({})
  const contacts = (await datasetsSeenBy(secret)).find(({ name }) => name === 'contacts')!
  expect(contacts.columns.length).toBeGreaterThan(5)
  expect(contacts.columns.filter(({ isPersonal }) => isPersonal)).toEqual([])

  const sentence = "'email' of contacts is personal data, and this API key lacks the scope pii:read"
  for (const input of [
    { dataset: 'contacts', columns: [{ name: 'email' }] },
    { dataset: 'deals', columns: [{ name: 'contacts', columns: [{ name: 'email' }] }] },
    { dataset: 'deals', columns: [{ name: 'contacts.email' }] },
    {
      dataset: 'contacts',
      columns: [{ name: 'id' }],
      sort: [{ column: 'email' as const, direction: 'ASC' }],
    },
    {
      dataset: 'contacts',
      columns: [{ name: 'id' }],
      filter: { field: { column: 'email', is: { text: { startsWith: 'a' } } } },
    },
    { dataset: 'contacts', columns: [{ name: 'id' }], filter: { search: 'anna' } },
  ]) {
    const answer = await createExport(app, input, secret)
    expect(answer, JSON.stringify(input)).toMatchObject({ __typename: 'ForbiddenError' })
    expect(answer.message).toContain('search' in (input.filter ?? {}) ? 'is personal data' : sentence)
  }
  const preview = await app.graphql(
    '{ previewExport(input: {dataset: "contacts", columns: [{name: "email"}]}) { rows } }',
    {},
    secret,
  )
  expect(preview.data?.previewExport ?? null).toBeNull()
  expect(preview.errors?.[0]).toMatchObject({ extensions: { code: 'FORBIDDEN' } })
  expect(preview.errors?.[0]?.message).toContain(sentence)

  const { id } = await acceptExport(app, { dataset: 'contacts', columns: [{ name: 'email' }] })
  expect(await settle(app, id)).toMatchObject({ status: 'COMPLETED' })
})

test('what others asked of a withheld column is shown without what they asked for', async () => {
  const asked = {
    and: [
      { field: { column: 'lifecycle_stage', is: { enum: { eq: 'customer' } } } },
      { not: { field: { column: 'email', is: { text: { in: ['anna@example.com', 'ben@example.com'] } } } } },
      { search: 'anna' },
      {
        relation: {
          name: 'company',
          where: { field: { column: 'phone', is: { text: { startsWith: '+49' } } } },
        },
      },
    ],
  }
  const { id } = await acceptExport(app, { dataset: 'contacts', columns: [{ name: 'id' }], filter: asked })
  await settle(app, id)
  const seenBy = async (secret: string) => {
    const answer = await app.graphql<{
      export: { spec: { filter: unknown }; manifest: { url: string } }
    }>('query ($id: ID!) { export(id: $id) { spec { filter } manifest { url } } }', { id }, secret)
    return answer.data!.export
  }
  const shown = (emails: unknown, words: unknown, phone: unknown) => ({
    and: [
      { field: { column: 'lifecycle_stage', operator: 'eq', value: 'customer' } },
      { not: { field: { column: 'email', operator: 'in', value: emails } } },
      { search: words },
      {
        relation: {
          name: 'company',
          quantifier: 'some',
          where: { field: { column: 'phone', operator: 'startsWith', value: phone } },
        },
      },
    ],
  })
  const readOnly = ['exports:read']
  const whole = shown(['anna@example.com', 'ben@example.com'], 'anna', '+49')
  const withoutPersonal = await seenBy((await keyWith({ scopes: readOnly })).secret)
  expect(withoutPersonal.spec.filter).toEqual(shown(null, null, '+49'))
  expect((await fetch(withoutPersonal.manifest.url)).status).toBe(403)
  const { secret } = await keyWith({ scopes: [...readOnly, 'pii:read'] })
  expect((await seenBy(secret)).spec.filter).toEqual(whole)
  const oneDataset = await keyWith({ scopes: [...readOnly, 'pii:read'], datasets: ['contacts'] })
  expect((await seenBy(oneDataset.secret)).spec.filter).toEqual(
    shown(['anna@example.com', 'ben@example.com'], 'anna', null),
  )
  const elsewhere = await keyWith({ scopes: [...readOnly, 'pii:read'], datasets: ['deals'] })
  expect(JSON.stringify((await seenBy(elsewhere.secret)).spec.filter)).not.toMatch(/anna|customer|49/)

  // Those who watch the same export with the same words do not share what only one of them may see.
  const watchedBy = async (key: string) => {
    const events = app.webSocket(key).iterate<{ exportProgress: { spec: { filter: unknown } } }>({
      query: 'subscription ($id: ID!) { exportProgress(id: $id) { spec { filter } } }',
      variables: { id },
    })
    return (await events.next()).value?.data?.exportProgress.spec.filter
  }
  const limited = (await keyWith({ scopes: readOnly })).secret
  expect(await Promise.all([watchedBy(app.key), watchedBy(limited)])).toEqual([
    whole,
    shown(null, null, '+49'),
  ])
})

test('a word that is not known is not answered with what is withheld', async () => {
  const { secret } = await keyWith({ columns: { deals: ['id', 'name'] } })
  const answer = await createExport(app, { dataset: 'deals', columns: [{ name: 'amountt' }] }, secret)
  expect(answer).toMatchObject({ __typename: 'ValidationError' })
  expect(answer.message).not.toMatch(/amount'/)
})

test.each([
  ['datasets', "UPDATE sluice.api_keys SET datasets = '{companies}' WHERE id = $1"],
  ['columns', `UPDATE sluice.api_keys SET columns = '{"contacts": ["id"]}' WHERE id = $1`],
  ['personal data', "UPDATE sluice.api_keys SET scopes = array_remove(scopes, 'pii:read') WHERE id = $1"],
])('a key that is limited to other %s between submit and run ends the export', async (_, update) => {
  const idle = await startApp({ deals: 100, workers: 0 })
  try {
    const { key, secret } = await createApiKey(
      idle.api.services,
      { id: idle.organizationId },
      { name: 'narrowed', scopes: [...exportScopes, 'pii:read'] },
    )
    const { id } = await acceptExport(idle, { dataset: 'contacts', columns: [{ name: 'email' }] }, secret)
    await sql(idle.database.ownerUrl, update, [key.id])
    await runJob(idle, id)
    expect(await settle(idle, id)).toMatchObject({
      status: 'FAILED',
      attempt: 1,
      files: [],
      error: { code: 'ACCESS_REVOKED', retryable: false },
    })
  } finally {
    await idle.stop()
  }
})

test('a key can retry what it could have asked for, and nothing else', async () => {
  const idle = await startApp({ deals: 0, workers: 0 })
  onTestFinished(() => idle.stop())
  const { id } = await acceptExport(idle, { dataset: 'deals', columns: [{ name: 'id' }, { name: 'amount' }] })
  await cancelExport(idle, id)
  const retryWith = async (limits: Partial<NewApiKey>) => {
    const { secret } = await createApiKey(
      idle.api.services,
      { id: idle.organizationId },
      { name: 'limited', scopes: exportScopes, ...limits },
    )
    const retry =
      'mutation ($id: ID!) { retryExport(id: $id) { __typename ... on RetryExportSuccess { export { status } } ... on Error { message } } }'
    return (await idle.graphql(retry, { id }, secret)).data?.retryExport
  }
  expect(await retryWith({ datasets: ['companies'] })).toEqual({
    __typename: 'ForbiddenError',
    message: "This API key may not use the dataset 'deals'.",
  })
  expect(await retryWith({ columns: { deals: ['id'] } })).toMatchObject({
    __typename: 'ForbiddenError',
    message: expect.stringContaining("may not use the column 'amount' of deals"),
  })
  const { data } = await idle.graphql('query ($id: ID!) { export(id: $id) { status } }', { id })
  expect(data).toEqual({ export: { status: 'CANCELED' } })
  expect(await retryWith({ columns: { deals: ['id', 'amount'] } })).toEqual({
    __typename: 'RetryExportSuccess',
    export: { status: 'PENDING' },
  })
})

test('limits are checked when a key is made', async () => {
  const issues = (limits: Partial<NewApiKey>) =>
    keyWith(limits).then(
      () => [],
      (error: { issues: { path: string; message: string }[] }) => error.issues,
    )
  expect(
    await issues({
      datasets: ['dealz'],
      columns: { deals: ['amont'], nothing: ['id'] },
      scopes: ['pii'],
      ownerEmail: 'nobody',
    }),
  ).toEqual([
    {
      path: 'scopes',
      message: 'takes one or more of exports:read, exports:write, datasets:read, pii:read, admin',
    },
    { path: 'ownerEmail', message: "'nobody' is no e-mail address" },
    { path: 'datasets', message: "Unknown dataset 'dealz'. Did you mean 'deals'?" },
    { path: 'columns.deals', message: expect.stringContaining("'amount'") },
    { path: 'columns', message: expect.stringContaining("Unknown dataset 'nothing'") },
  ])
  expect(await issues({ columns: { deals: ['id', 'custom_metric_score_anything'] } })).toEqual([])
})
