import { backOff } from './back-off.ts'
import { fromGraphqlErrors, SluiceClientError } from './errors.ts'
import type { TypedDocumentString } from './generated/graphql.ts'
import { graphqlUrl, type Server } from './server.ts'

/** Tries of one request, the first included. */
const maxTries = 4
/** Milliseconds until a request that is not answered is given up. */
const timeoutMs = 30_000
/** What a proxy says while the server behind it starts again. */
const passingStatuses: ReadonlySet<number> = new Set([502, 503, 504])

export interface RequestOptions {
  readonly signal?: AbortSignal | undefined
  /** Whether sending it twice does no more than sending it once: only then it is tried again. */
  readonly isRepeatable: boolean
}

/** Sends one operation. @throws SluiceClientError, or the signal's reason */
export async function request<Result, Variables>(
  server: Server,
  document: TypedDocumentString<Result, Variables>,
  variables: Variables,
  { signal, isRepeatable }: RequestOptions,
): Promise<Result> {
  const body = JSON.stringify({ query: document.toString(), variables })
  for (let tries = 1; ; tries += 1) {
    try {
      return (await send(server, body, signal)) as Result
    } catch (error) {
      signal?.throwIfAborted()
      const isPassing = error instanceof SluiceClientError && error.code === 'UNREACHABLE'
      if (!isPassing || !isRepeatable || tries >= maxTries) throw error
    }
    await backOff(tries, signal)
  }
}

async function send(server: Server, body: string, signal: AbortSignal | undefined): Promise<unknown> {
  const deadline = AbortSignal.timeout(timeoutMs)
  let response: Response
  let text: string
  try {
    response = await server.fetch(graphqlUrl(server), {
      method: 'POST',
      headers: {
        Accept: 'application/graphql-response+json, application/json;q=0.9',
        Authorization: `Bearer ${server.apiKey}`,
        'Content-Type': 'application/json',
      },
      body,
      signal: signal ? AbortSignal.any([signal, deadline]) : deadline,
    })
    text = await response.text()
  } catch (cause) {
    throw new SluiceClientError('UNREACHABLE', `No Sluice server answers at ${server.url}.`, { cause })
  }
  if (passingStatuses.has(response.status)) {
    throw new SluiceClientError(
      'UNREACHABLE',
      `The server at ${server.url} is not ready (${response.status}).`,
    )
  }
  const answer = parse(text)
  if (answer?.errors?.length) {
    throw fromGraphqlErrors(answer.errors, response.status === 400 ? 'BAD_REQUEST' : 'INTERNAL')
  }
  if (answer?.data) return answer.data
  const retryAfter = Number(response.headers.get('retry-after') ?? Number.NaN)
  if (response.status === 429) {
    throw new SluiceClientError('LIMIT_EXCEEDED', 'Too many requests.', {
      retryAfterSeconds: Number.isFinite(retryAfter) ? retryAfter : undefined,
    })
  }
  throw new SluiceClientError(
    'UNREACHABLE',
    `What answers at ${server.url} (${response.status}) is not a Sluice server.`,
  )
}

interface Answer {
  readonly data?: unknown
  readonly errors?: { readonly message: string; readonly extensions?: Record<string, unknown> }[]
}

function parse(text: string): Answer | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' ? value : null
  } catch {
    return null
  }
}
