import { afterAll, beforeAll, expect, test } from 'vitest'
import { readConfig } from '../../src/config.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { acceptExport, settle } from '../support/exports.ts'

let app: TestApp
let https: TestApp

beforeAll(async () => {
  app = await startApp({ deals: 100 })
  https = await startApp({
    deals: 0,
    workers: 0,
    settings: {
      publicUrl: 'https://exports.example.com',
      corsOrigins: ['https://app.example.com', 'https://admin.example.com'],
    },
  })
})

afterAll(async () => {
  await app.stop()
  await https.stop()
})

const operation = { method: 'POST', body: JSON.stringify({ query: '{ __typename }' }) }
const asJson = { 'Content-Type': 'application/json' }

test.each([
  ['/graphql', { ...operation, headers: asJson }, 200],
  ['/graphql', { ...operation, headers: { 'Content-Type': 'text/plain' } }, 415],
  ['/healthz', {}, 200],
  ['/nothing', {}, 404],
  ['/api/v1/deals/export/exp_abc123', {}, 401],
  ['/files/x/y', {}, 403],
  ['/openapi.json', {}, 200],
] as const)(
  '%s answers with the headers that keep a browser from misusing it',
  async (path, init, status) => {
    const { status: got, headers } = await fetch(app.url + path, init)
    expect(got).toBe(status)
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('x-frame-options')).toBe('DENY')
    expect(headers.get('referrer-policy')).toBe('no-referrer')
    expect(headers.get('cache-control')).toMatch(/no-store|no-cache|max-age/)
    expect(headers.get('content-security-policy')).toMatch(
      /^(default-src 'none'; frame-ancestors 'none'|sandbox)$/,
    )
    expect(headers.get('strict-transport-security')).toBeNull()
    expect(headers.get('x-powered-by')).toBeNull()
  },
)

test('over https browsers are told to stay there', async () => {
  const { headers } = await fetch(`${https.url}/healthz`)
  expect(headers.get('strict-transport-security')).toBe('max-age=31536000')
})

test('a page may load nothing from elsewhere, and stand in no frame', async () => {
  const { headers } = await fetch(`${app.url}/graphql`, { headers: { Accept: 'text/html' } })
  expect(headers.get('content-type')).toMatch(/^text\/html/)
  const policy = headers.get('content-security-policy') ?? ''
  expect(policy).toContain("default-src 'self'")
  expect(policy).toContain("frame-ancestors 'none'")
  expect(policy).not.toMatch(/https?:|unsafe-eval|\*/)
})

function preflight(base: string, path: string, origin: string): Promise<Response> {
  return fetch(base + path, {
    method: 'OPTIONS',
    headers: {
      Origin: origin,
      'Access-Control-Request-Method': 'POST',
      'Access-Control-Request-Headers': 'authorization,content-type',
    },
  })
}

test.each(['/graphql', '/api/v1/deals/export'])(
  'pages of any origin may call %s, without credentials',
  async (path) => {
    const asked = await preflight(app.url, path, 'https://elsewhere.example')
    expect(asked.status).toBe(204)
    expect(asked.headers.get('access-control-allow-origin')).toBe('*')
    expect(asked.headers.get('access-control-allow-headers')).toBe('authorization,content-type')
    expect(asked.headers.get('access-control-allow-methods')).toContain('POST')
    expect(asked.headers.get('access-control-allow-credentials')).toBeNull()

    const answer = await fetch(app.url + path, {
      ...operation,
      headers: { ...asJson, Origin: 'https://elsewhere.example' },
    })
    expect(answer.headers.get('access-control-allow-origin')).toBe('*')
    expect(answer.headers.get('access-control-expose-headers')).toContain('Retry-After')
    expect(answer.headers.get('access-control-expose-headers')).toContain('X-RateLimit-Remaining')
    expect(answer.headers.get('access-control-allow-credentials')).toBeNull()
  },
)

test.each(['/graphql', '/api/v1/deals/export'])('with a list, only its origins may call %s', async (path) => {
  const allowed = await preflight(https.url, path, 'https://admin.example.com')
  expect(allowed.headers.get('access-control-allow-origin')).toBe('https://admin.example.com')
  expect(allowed.headers.get('vary')).toContain('Origin')
  const other = await preflight(https.url, path, 'https://elsewhere.example')
  expect(other.headers.get('access-control-allow-origin')).toBeNull()
})

test('a download may be read by any page, whatever the list says', async () => {
  const last = await settle(app, (await acceptExport(app, { dataset: 'deals' })).id)
  const response = await fetch(last.files[0]!.url.replace('localhost', '127.0.0.1'), {
    headers: { Origin: 'https://elsewhere.example' },
  })
  await response.arrayBuffer()
  expect(response.headers.get('access-control-allow-origin')).toBe('*')
  expect(response.headers.get('content-security-policy')).toBe('sandbox')
  expect(response.headers.get('cache-control')).toMatch(/^private/)
})

test.each([
  'app.example.com',
  'https://app.example.com/',
  'https://a.example https://b.example',
  '*.example.com',
])('%s is no origin', (text) => {
  expect(() => readConfig({ SLUICE_CORS_ORIGINS: text })).toThrow(/SLUICE_CORS_ORIGINS must be origins/)
})
