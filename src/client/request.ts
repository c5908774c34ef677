import { backOff, wait } from './back-off.ts'
import { fromGraphqlErrors, SluiceClientError } from './errors.ts'
import type { TypedDocumentString } from './generated/graphql.ts'
import { authorization, graphqlUrl, type Server } from './server.ts'

/** Tries of one request, the first included. */
const maxTries = 4
/** Milliseconds until a request that is not answered is given up. */
const timeoutMs = 30_000
/** Seconds that a request waits where the server says to come back later; longer is for the caller to decide. */
const maxRetryAfterSeconds = 10
/** What a proxy says while the server behind it starts again. */
const passingStatuses: ReadonlySet<number> = new Set([502, 503, 504])

export interface RequestOptions {
  readonly signal?: AbortSignal | undefined
  /** Whether sending it twice does no more than sending it once: only then it is sent again when its answer was lost. */
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
      if (!(error instanceof SluiceClientError) || tries >= maxTries) throw error
      // What was refused for its rate was not carried out.
      const pauseSeconds = error.code === 'RATE_LIMITED' ? error.retryAfterSeconds : null
      if (pauseSeconds !== null && pauseSeconds <= maxRetryAfterSeconds) {
        await wait(pauseSeconds * 1000, signal)
      } else if (error.code === 'UNREACHABLE' && isRepeatable) {
        await backOff(tries, signal)
      } else {
        throw error
      }
    }
  }
}

async function send(server: Server, body: string, signal: AbortSignal | undefined): Promise<unknown> {
  const deadline = AbortSignal.timeout(timeoutMs)
  const credentials = await authorization(server)
  let response: Response
  let text: string
  try {
    response = await server.fetch(graphqlUrl(server), {
      method: 'POST',
      headers: {
        Accept: 'application/graphql-response+json, application/json;q=0.9',
        'Content-Type': 'application/json',
        ...credentials,
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
    throw new SluiceClientError('RATE_LIMITED', 'Too many requests.', {
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
