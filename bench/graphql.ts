import type { Service } from './service.ts'

/** Asks the service as anybody would. @throws when it answers with errors */
export async function ask<T>({ url, apiKey }: Service, query: string, variables: object = {}): Promise<T> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${apiKey}` },
    body: JSON.stringify({ query, variables }),
  })
  const { data, errors } = (await response.json()) as { data?: T; errors?: unknown }
  if (!data || errors) throw new Error(`GraphQL answered ${response.status}: ${JSON.stringify(errors)}`)
  return data
}
