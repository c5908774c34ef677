import { execFileSync } from 'node:child_process'
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startApp, type TestApp } from '../../support/app.ts'
import { acceptExport } from '../../support/exports.ts'
import { type Door, overPost, overWebSocket } from '../../support/graphql-doors.ts'

const require = createRequire(import.meta.url)
/** Path of the program; the package has no types. */
const relayCompiler: string = require('relay-compiler')

/** What a console written with Relay would have. The names of a file's operations begin with its own. */
const source = `import { graphql } from 'relay-runtime'

graphql\`
  query listQuery($first: Int!) {
    ...list_exports @arguments(first: $first)
  }
\`
graphql\`
  fragment list_exports on Query
  @refetchable(queryName: "listPageQuery")
  @argumentDefinitions(first: { type: "Int", defaultValue: 20 }, after: { type: "String" }) {
    exports(first: $first, after: $after) @connection(key: "list_exports") {
      edges { node { ...list_row } }
    }
  }
\`
graphql\`
  fragment list_row on Export @refetchable(queryName: "listRowQuery") { id name status progress }
\`
graphql\`
  mutation listCreateMutation($input: CreateExportInput!, $connections: [ID!]!) {
    createExport(input: $input) {
      __typename
      ... on CreateExportSuccess {
        export @prependNode(connections: $connections, edgeTypeName: "ExportEdge") { ...list_row }
      }
      ... on ValidationError { issues { path message } }
      ... on Error { code message }
    }
  }
\`
graphql\`
  mutation listDeleteMutation($id: ID!, $connections: [ID!]!) {
    deleteExport(id: $id) {
      ... on DeleteExportSuccess { deletedId @deleteEdge(connections: $connections) }
      ... on Error { message }
    }
  }
\`
graphql\`
  subscription listProgressSubscription($id: ID!) { exportProgress(id: $id) { ...list_row } }
\`
`

let folder: string
let app: TestApp

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-relay-'))
  for (const name of ['src', 'artifacts']) mkdirSync(join(folder, name))
  writeFileSync(join(folder, 'src/list.ts'), source)
  writeFileSync(join(folder, 'persisted.json'), '{}')
  copyFileSync(
    fileURLToPath(new URL('../../../schema.graphql', import.meta.url)),
    join(folder, 'schema.graphql'),
  )
  const config = {
    src: './src',
    schema: './schema.graphql',
    language: 'typescript',
    artifactDirectory: './artifacts',
    persistConfig: { file: './persisted.json' },
  }
  writeFileSync(join(folder, 'relay.config.json'), JSON.stringify(config))
  execFileSync(relayCompiler, { cwd: folder, stdio: 'pipe' })
  app = await startApp({
    deals: 0,
    workers: 0,
    settings: { trustedDocuments: join(folder, 'persisted.json') },
  })
})

afterAll(async () => {
  await app.stop()
  rmSync(folder, { recursive: true })
})

/** As Relay's network layer would: by the id in the artifact. */
async function run(name: string, variables: object, door: Door = overPost): Promise<unknown> {
  const artifact = readFileSync(join(folder, `artifacts/${name}.graphql.ts`), 'utf8')
  const documentId = /"id": "(\w{32})"/.exec(artifact)?.[1]
  const { data, errors } = await door(app, { documentId, variables })
  expect(errors).toBeUndefined()
  return data
}

test('relay-compiler accepts the schema: connections, refetching by node, unions, edges and subscriptions', () => {
  expect(readdirSync(join(folder, 'artifacts')).sort()).toEqual(
    [
      'listCreateMutation',
      'listDeleteMutation',
      'listPageQuery',
      'listProgressSubscription',
      'listQuery',
      'listRowQuery',
      'list_exports',
      'list_row',
    ].map((name) => `${name}.graphql.ts`),
  )
})

test('what it compiles runs by its ids, on a server that trusts nothing else', async () => {
  const row = { id: expect.any(String), name: expect.any(String), status: 'PENDING', progress: 0 }
  const ids: string[] = []
  for (const name of ['first', 'second', 'third']) {
    const input = { dataset: 'deals', name, columns: [{ name: 'id' }] }
    const { createExport } = (await run('listCreateMutation', { input, connections: [] })) as {
      createExport: { __typename: string; export: { id: string } }
    }
    expect(createExport).toEqual({ __typename: 'CreateExportSuccess', export: { ...row, name } })
    ids.push(createExport.export.id)
  }
  expect(await run('listCreateMutation', { input: { dataset: 'dealz' }, connections: [] })).toMatchObject({
    createExport: { __typename: 'ValidationError', issues: [{ path: 'dataset' }] },
  })

  type Page = {
    exports: { edges: { node: { name: string } }[]; pageInfo: { endCursor: string; hasNextPage: boolean } }
  }
  const names = ({ exports }: Page) => exports.edges.map(({ node }) => node.name)
  const page = (await run('listQuery', { first: 2 })) as Page
  expect([names(page), page.exports.pageInfo.hasNextPage]).toEqual([['third', 'second'], true])
  const next = (await run('listPageQuery', { first: 2, after: page.exports.pageInfo.endCursor })) as Page
  expect([names(next), next.exports.pageInfo.hasNextPage]).toEqual([['first'], false])

  const [id] = ids
  expect(await run('listRowQuery', { id })).toEqual({
    node: { __typename: 'Export', ...row, id, name: 'first' },
  })
  expect(await run('listProgressSubscription', { id }, overWebSocket)).toEqual({
    exportProgress: { ...row, id, name: 'first' },
  })
  expect(await run('listDeleteMutation', { id, connections: [] })).toMatchObject({
    deleteExport: { deletedId: id },
  })
})

test('what it did not compile does not run', async () => {
  await expect(acceptExport(app, { dataset: 'deals' })).rejects.toThrow('DOCUMENT_NOT_TRUSTED')
})
