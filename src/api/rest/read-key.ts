import { secretFrom } from '../../core/api-key.ts'
import { KeyRefusedError } from './errors.ts'

/** Where a request can carry its key: as an OpenAPI security scheme, in words, and as WWW-Authenticate asks for it. */
export const authSchemes = {
  bearer: {
    openapi: { type: 'http', scheme: 'bearer', description: 'An API key: `Authorization: Bearer <key>`.' },
    how: 'Authorization: Bearer <key>',
    challenge: 'Bearer',
  },
  basic: {
    openapi: {
      type: 'http',
      scheme: 'basic',
      description: 'An API key as the user name, with an empty password: `curl -u <key>:`.',
    },
    how: 'Authorization: Basic, with the key as the user name and an empty password',
    challenge: 'Basic realm="API key as user name"',
  },
  apiKey: {
    openapi: { type: 'apiKey', in: 'header', name: 'X-Api-Key', description: 'An API key.' },
    how: 'X-Api-Key: <key>',
    challenge: 'ApiKey',
  },
} as const

export type AuthScheme = keyof typeof authSchemes

type Headers = { get(name: string): string | null }

/** The secret that a request carries in one of the places that are allowed. @throws KeyRefusedError */
export function readKey(headers: Headers, allowed: readonly AuthScheme[]): string {
  const ways = allowed.map((scheme) => authSchemes[scheme].how).join(', or ')
  const apiKey = allowed.includes('apiKey') ? headers.get('x-api-key')?.trim() : undefined
  if (apiKey) return apiKey
  const authorization = headers.get('authorization')?.trim()
  if (!authorization) throw new KeyRefusedError('missing', `Send an API key: ${ways}.`)
  const word = authorization.split(' ', 1)[0]?.toLowerCase()
  const isAllowed = allowed.some((scheme) => scheme === word)
  const secret = isAllowed
    ? secretFrom({ get: (name) => (name === 'authorization' ? authorization : null) })
    : null
  if (!secret) {
    throw new KeyRefusedError('malformed', `The Authorization header cannot be read. Send ${ways}.`)
  }
  return secret
}
