import { afterAll, beforeAll, expect, test } from 'vitest'
import { startApp, type TestApp } from '../support/app.ts'
import { acceptExport, cancelExport, download, settle, watchExport } from '../support/exports.ts'
import { storedFiles } from '../support/stored-files.ts'
import { startWorker } from '../support/worker.ts'

let app: TestApp

beforeAll(async () => {
  app = await startApp({ deals: 200, workers: 0 })
})

afterAll(() => app.stop())

const retry = `mutation ($id: ID!) {
  retryExport(id: $id) {
    __typename
    ... on RetryExportSuccess { export { status progress error { code } } }
    ... on Error { code message }
  }
}`

const remove = `mutation ($id: ID!) {
  deleteExport(id: $id) { __typename ... on DeleteExportSuccess { deletedId } ... on Error { code message } }
}`

const input = { dataset: 'deals', columns: [{ name: 'id' }] }

test('a canceled export can be retried and is the same export, with its timeline', async () => {
  const { id } = await acceptExport(app, input)
  await cancelExport(app, id)
  expect((await app.graphql(retry, { id })).data).toEqual({
    retryExport: {
      __typename: 'RetryExportSuccess',
      export: { status: 'PENDING', progress: 0, error: null },
    },
  })
  await startWorker(app)
  const last = await settle(app, id)
  expect(last).toMatchObject({ id, status: 'COMPLETED', rowsExported: 200, error: null })
  const { data } = await app.graphql<{ export: { events: { type: string }[] } }>(
    'query ($id: ID!) { export(id: $id) { events { type } } }',
    { id },
  )
  expect(data?.export.events.map(({ type }) => type)).toEqual([
    'created',
    'canceled',
    'retried',
    'started',
    'completed',
  ])
})

test('a completed export is not retried, and a foreign one does not exist', async () => {
  const { id } = await acceptExport(app, input)
  await settle(app, id)
  expect((await app.graphql(retry, { id })).data).toMatchObject({
    retryExport: { __typename: 'ConflictError' },
  })
  const other = await app.addOrganization('other')
  expect((await app.graphql(retry, { id }, other.key)).data).toMatchObject({
    retryExport: { __typename: 'NotFoundError' },
  })
  expect((await app.graphql(remove, { id }, other.key)).data).toMatchObject({
    deleteExport: { __typename: 'NotFoundError' },
  })
})

test('a deleted export takes its record, its files and its links with it', async () => {
  const before = storedFiles(app)
  const { id } = await acceptExport(app, input)
  const { files } = await settle(app, id)
  expect(storedFiles(app).length).toBe(before.length + 2)
  expect((await app.graphql(remove, { id })).data).toEqual({
    deleteExport: { __typename: 'DeleteExportSuccess', deletedId: id },
  })
  expect(storedFiles(app)).toEqual(before)
  expect((await app.graphql('query ($id: ID!) { export(id: $id) { id } }', { id })).data).toEqual({
    export: null,
  })
  await expect(download(files[0]!.url)).rejects.toThrow('404')
  expect((await app.graphql(remove, { id })).data).toMatchObject({
    deleteExport: { __typename: 'NotFoundError' },
  })
})

test('a subscription to an export that is deleted under way ends', async () => {
  const blocked = await startApp({ deals: 0, workers: 0 })
  try {
    const { id } = await acceptExport(blocked, input)
    const statuses: string[] = []
    for await (const { status } of watchExport(blocked, id)) {
      statuses.push(status)
      if (status === 'PENDING') await blocked.graphql(remove, { id })
    }
    expect(statuses[0]).toBe('PENDING')
  } finally {
    await blocked.stop()
  }
})
