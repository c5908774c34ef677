import type { TestApp } from './app.ts'

const stateFields = `
  id number version name status stage stageMessage progress rowsExported rowsTotal rowsTotalExact bytes attempt
  startedAt completedAt expiresAt estimatedCompletionAt
  parts { ready total } manifest { url }
  error { code message retryable }
  files { name url bytes rows sha256 contentType expiresAt }`

export interface ExportState {
  readonly id: string
  readonly number: number
  readonly version: number
  readonly name: string
  readonly status: 'PENDING' | 'PROCESSING' | 'COMPLETED' | 'FAILED' | 'CANCELED' | 'EXPIRED'
  readonly stage: string
  readonly stageMessage: string
  readonly progress: number
  readonly rowsExported: number
  readonly rowsTotal: number | null
  readonly rowsTotalExact: boolean
  readonly bytes: number
  readonly attempt: number
  readonly startedAt: string | null
  readonly completedAt: string | null
  readonly expiresAt: string | null
  readonly estimatedCompletionAt: string | null
  readonly parts: { ready: number; total: number } | null
  readonly manifest: { url: string } | null
  readonly error: { code: string; message: string; retryable: boolean } | null
  readonly files: readonly {
    name: string
    url: string
    bytes: number
    rows: number
    sha256: string
    contentType: string
    expiresAt: string
  }[]
}

export interface CreateExportAnswer {
  readonly __typename: string
  readonly deduped?: boolean
  readonly export?: ExportState
  readonly code?: string
  readonly message?: string
  readonly issues?: { path: string; message: string }[]
  readonly window?: string
  readonly limit?: number
  readonly retryAfterSeconds?: number
}

/** createExport's answer, whichever member of the union it is. */
export async function createExport(app: TestApp, input: object, key?: string): Promise<CreateExportAnswer> {
  const { data, errors } = await app.graphql<{ createExport: CreateExportAnswer }>(
    `mutation ($input: CreateExportInput!) {
       createExport(input: $input) {
         __typename
         ... on CreateExportSuccess { deduped export { ${stateFields} } }
         ... on Error { code message }
         ... on ValidationError { issues { path message } }
         ... on LimitExceededError { window limit retryAfterSeconds }
       }
     }`,
    { input },
    key,
  )
  if (!data) throw new Error(JSON.stringify(errors))
  return data.createExport
}

/** The accepted export. @throws when it was not accepted */
export async function acceptExport(app: TestApp, input: object, key?: string): Promise<ExportState> {
  const answer = await createExport(app, input, key)
  if (!answer.export) throw new Error(JSON.stringify(answer))
  return answer.export
}

/** Every state that a subscription pushes, to the last. */
export async function* watchExport(app: TestApp, id: string, key?: string): AsyncGenerator<ExportState> {
  const events = app.webSocket(key).iterate<{ exportProgress: ExportState }>({
    query: `subscription ($id: ID!) { exportProgress(id: $id) { ${stateFields} } }`,
    variables: { id },
  })
  for await (const { data, errors } of events) {
    if (!data) throw new Error(JSON.stringify(errors))
    yield data.exportProgress
  }
}

/** The last state, when the export has ended. */
export async function settle(app: TestApp, id: string, key?: string): Promise<ExportState> {
  let last: ExportState | undefined
  for await (const state of watchExport(app, id, key)) last = state
  if (!last) throw new Error(`The subscription of ${id} ended without a state`)
  return last
}

export async function cancelExport(
  app: TestApp,
  id: string,
  key?: string,
): Promise<{ __typename: string; export?: ExportState }> {
  const { data, errors } = await app.graphql<{ cancelExport: { __typename: string; export?: ExportState } }>(
    `mutation ($id: ID!) {
       cancelExport(id: $id) { __typename ... on CancelExportSuccess { export { ${stateFields} } } ... on Error { code message } }
     }`,
    { id },
    key,
  )
  if (!data) throw new Error(JSON.stringify(errors))
  return data.cancelExport
}

/** The bytes behind a signed link. */
export async function download(url: string): Promise<Buffer> {
  const response = await fetch(url.replace('localhost', '127.0.0.1'))
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`)
  return Buffer.from(await response.arrayBuffer())
}
