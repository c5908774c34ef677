import { onTestFinished } from 'vitest'
import type { TestApp } from './app.ts'

export interface ServerSentEvent<T> {
  readonly event: string
  readonly data: { data?: T | null; errors?: { message: string; extensions?: { code?: string } }[] } | null
}

/** A subscription over server-sent events, by fetch. Leaving the loop closes the connection, as does the end of the test. */
export async function* subscribeBySse<T>(
  app: TestApp,
  query: string,
  variables: object = {},
  key = app.key,
): AsyncGenerator<ServerSentEvent<T>> {
  const hangUp = new AbortController()
  onTestFinished(() => hangUp.abort())
  try {
    const response = await fetch(`${app.url}/graphql`, {
      method: 'POST',
      headers: {
        Accept: 'text/event-stream',
        'Content-Type': 'application/json',
        Authorization: `Bearer ${key}`,
      },
      body: JSON.stringify({ query, variables }),
      signal: hangUp.signal,
    })
    const type = response.headers.get('content-type')
    if (!type?.startsWith('text/event-stream') || !response.body)
      throw new Error(`${response.status} ${type}: ${await response.text()}`)
    let text = ''
    for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
      text += chunk
      const blocks = text.split('\n\n')
      text = blocks.pop() ?? ''
      for (const block of blocks) {
        const event = /^event: ?(.*)$/m.exec(block)?.[1]
        const data = /^data: ?(.+)$/m.exec(block)?.[1]
        if (event) yield { event, data: data ? JSON.parse(data) : null }
      }
    }
  } finally {
    hangUp.abort()
  }
}
