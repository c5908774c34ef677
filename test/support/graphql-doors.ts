import type { SubscribePayload } from 'graphql-ws'
import type { GraphqlAnswer, TestApp } from './app.ts'

/** What a client puts into a request, as it comes. */
export type RequestParams = Readonly<Record<string, unknown>>

export interface DoorAnswer extends GraphqlAnswer<Record<string, unknown>> {
  readonly extensions?: Record<string, unknown>
  /** Null where there is none: of a WebSocket. */
  readonly status: number | null
}

/** A way to send one operation. Of a stream, the first answer counts. */
export type Door = (app: TestApp, params: RequestParams, key?: string | null) => Promise<DoorAnswer>

const accept = 'application/graphql-response+json'

function authorization(key: string | null): Record<string, string> {
  return key === null ? {} : { Authorization: `Bearer ${key}` }
}

export const overPost: Door = async (app, params, key = app.key) => {
  const response = await fetch(`${app.url}/graphql`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Accept: accept, ...authorization(key) },
    body: JSON.stringify(params),
  })
  return { status: response.status, ...((await response.json()) as GraphqlAnswer<Record<string, unknown>>) }
}

export const overGet: Door = async (app, params, key = app.key) => {
  const search = Object.entries(params).map(([name, value]): [string, string] => [
    name,
    typeof value === 'string' ? value : JSON.stringify(value),
  ])
  const response = await fetch(`${app.url}/graphql?${new URLSearchParams(search)}`, {
    headers: { Accept: accept, ...authorization(key) },
  })
  return { status: response.status, ...((await response.json()) as GraphqlAnswer<Record<string, unknown>>) }
}

export const overServerSentEvents: Door = async (app, params, key = app.key) => {
  const response = await fetch(`${app.url}/graphql`, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      Accept: `text/event-stream, ${accept}`,
      ...authorization(key),
    },
    body: JSON.stringify(params),
  })
  const text = await response.text()
  const isStream = response.headers.get('content-type')?.startsWith('text/event-stream')
  const answer = isStream ? /^data: ?(.+)$/m.exec(text)?.[1] : text
  return { status: response.status, ...JSON.parse(answer ?? 'null') }
}

/** graphql-ws' own client, which must send a query: an empty one where there is none. */
export const overWebSocket: Door = async (app, params, key = app.key) => {
  const client = app.webSocket(key ?? '')
  try {
    for await (const answer of client.iterate({ query: '', ...params } as unknown as SubscribePayload)) {
      return { status: null, ...(answer as GraphqlAnswer<Record<string, unknown>>) }
    }
    throw new Error('completed without an answer')
  } catch (errors) {
    if (!Array.isArray(errors)) throw errors
    return { status: null, errors }
  }
}
