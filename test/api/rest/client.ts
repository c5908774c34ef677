import type { TestApp } from '../../support/app.ts'

export interface JsonAnswer {
  readonly status: number
  readonly headers: Headers
  // biome-ignore lint/suspicious/noExplicitAny: the answers of five vendors, whose fields the tests assert
  readonly body: any
}

/** Sends JSON with the app's own key, as a vendor's client would; `authorization: null` sends none. */
export async function call(
  app: TestApp,
  method: string,
  path: string,
  options: { body?: unknown; authorization?: string | null; headers?: Record<string, string> } = {},
): Promise<JsonAnswer> {
  const { body, authorization = `Bearer ${app.key}`, headers = {} } = options
  const response = await fetch(app.url + path, {
    method,
    headers: {
      ...(authorization === null ? {} : { Authorization: authorization }),
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  const text = await response.text()
  return {
    status: response.status,
    headers: response.headers,
    body: text === '' ? null : JSON.parse(text),
  }
}
