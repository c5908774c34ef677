import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type FileLink, type FileUrlParams, signFileUrl, verifyFileUrl } from '../../src/core/signed-url.ts'

const key = { id: 'k2', secret: Buffer.alloc(32, 2) }
const retired = { id: 'k1', secret: Buffer.alloc(32, 1) }
const keys = [key, retired]
const expiresAt = new Date('2026-11-22T00:00:00Z')
const before = new Date(expiresAt.getTime() - 1)
const link: FileLink = {
  baseUrl: 'https://exports.example.com',
  fileId: '0198a7c2-2f6e-7c41-9a55-3f3b6a2c9d10',
  fileName: 'Deals.csv',
  expiresAt,
  key,
}

/** What a handler would take from the address. */
function paramsOf(url: string): FileUrlParams {
  const { pathname, searchParams } = new URL(url)
  const get = (name: string) => searchParams.get(name) ?? undefined
  return {
    fileId: pathname.split('/').at(-2) ?? '',
    expires: get('expires'),
    key: get('key'),
    signature: get('signature'),
    disposition: get('disposition'),
  }
}
const params = paramsOf(signFileUrl(link))

describe('a signed link', () => {
  test('has one documented form, and a signature that does not change between versions', () => {
    expect(signFileUrl(link)).toBe(
      'https://exports.example.com/files/0198a7c2-2f6e-7c41-9a55-3f3b6a2c9d10/Deals.csv' +
        '?expires=1795305600&key=k2&signature=cZDUmmWHpaS48n224LvC4jnKHal8KyFFoNJ03oISgk4',
    )
    expect(signFileUrl({ ...link, disposition: 'inline' })).toMatch(/&disposition=inline$/)
    expect(signFileUrl({ ...link, disposition: 'attachment' })).toBe(signFileUrl(link))
  })

  test('is valid until its expiry, and says for what', () => {
    expect(verifyFileUrl(params, keys, before)).toEqual({
      verdict: 'ok',
      expiresAt,
      disposition: 'attachment',
    })
    const inline = paramsOf(signFileUrl({ ...link, disposition: 'inline' }))
    expect(verifyFileUrl(inline, keys, before)).toMatchObject({ verdict: 'ok', disposition: 'inline' })
  })

  test('has expired from the very second of its expiry on', () => {
    expect(verifyFileUrl(params, keys, expiresAt)).toEqual({ verdict: 'expired', expiresAt })
  })

  test('never outlives the instant asked for: parts of a second are cut', () => {
    const late = new Date(expiresAt.getTime() + 999)
    expect(signFileUrl({ ...link, expiresAt: late })).toBe(signFileUrl(link))
  })

  test('of a retired key is valid while the key is kept, and forged once it is not', () => {
    const old = paramsOf(signFileUrl({ ...link, key: retired }))
    expect(verifyFileUrl(old, keys, before)).toMatchObject({ verdict: 'ok' })
    expect(verifyFileUrl(old, [key], before)).toEqual({ verdict: 'forged' })
  })

  test('of another secret under the same key id is forged', () => {
    const stranger = { id: key.id, secret: randomBytes(32) }
    const forged = paramsOf(signFileUrl({ ...link, key: stranger }))
    expect(verifyFileUrl(forged, keys, before)).toEqual({ verdict: 'forged' })
  })

  test('that is forged says so also after its expiry, so that a forger learns nothing', () => {
    const longAfter = new Date('2099-01-01T00:00:00Z')
    expect(verifyFileUrl({ ...params, expires: '1' }, keys, longAfter)).toEqual({ verdict: 'forged' })
    expect(verifyFileUrl({ ...params, fileId: 'other' }, keys, longAfter)).toEqual({ verdict: 'forged' })
  })

  test('stays valid when its name is changed: the name is for people', () => {
    const renamed = signFileUrl(link).replace('Deals.csv', 'anything.txt')
    expect(verifyFileUrl(paramsOf(renamed), keys, before)).toMatchObject({ verdict: 'ok' })
  })

  test.each<[string, Partial<FileUrlParams>]>([
    ['no expiry', { expires: undefined }],
    ['no key', { key: undefined }],
    ['no signature', { signature: undefined }],
    ['a cut signature', { signature: params.signature?.slice(0, -1) }],
    ['a longer signature', { signature: `${params.signature}A` }],
    ['a signature that is not base64url', { signature: `${params.signature?.slice(1)}+` }],
    ['an expiry with a leading zero', { expires: `0${params.expires}` }],
    ['a negative expiry', { expires: '-1' }],
    ['an expiry with a fraction', { expires: `${params.expires}.0` }],
    ['an expiry beyond every date', { expires: '9999999999999' }],
    ['an unknown disposition', { disposition: 'form-data' }],
    ['the disposition that is never written out', { disposition: 'attachment' }],
    ['an empty disposition', { disposition: '' }],
    ['a file id of other characters', { fileId: 'a\nb' }],
  ])('with %s is malformed', (_, change) => {
    expect(verifyFileUrl({ ...params, ...change }, keys, before)).toEqual({ verdict: 'malformed' })
  })

  test('with an added disposition is forged', () => {
    expect(verifyFileUrl({ ...params, disposition: 'inline' }, keys, before)).toEqual({ verdict: 'forged' })
  })

  test('with another last letter that decodes to the same bytes is forged', () => {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    const right = params.signature ?? ''
    const bytes = Buffer.from(right, 'base64url')
    const twins = [...alphabet]
      .map((letter) => right.slice(0, -1) + letter)
      .filter((twin) => twin !== right && Buffer.from(twin, 'base64url').equals(bytes))
    expect(twins).toHaveLength(3)
    for (const signature of twins) {
      expect(verifyFileUrl({ ...params, signature }, keys, before)).toEqual({ verdict: 'forged' })
    }
  })
})

describe('for any link', () => {
  const word = fc.stringMatching(/^[A-Za-z0-9_-]{1,40}$/)
  const anyLink = fc.record({
    fileId: word,
    fileName: fc.string({ unit: 'binary' }),
    expiresAt: fc.date({
      min: new Date('2026-01-01T00:00:00Z'),
      max: new Date('2100-01-01T00:00:00Z'),
      noInvalidDate: true,
    }),
    disposition: fc.constantFrom('attachment' as const, 'inline' as const),
  })
  const now = new Date('2025-01-01T00:00:00Z')

  test('what is signed verifies, whatever the file is called', () => {
    fc.assert(
      fc.property(anyLink, (some) => {
        const url = signFileUrl({ ...link, ...some })
        expect(new URL(url).href).toBe(url)
        expect(new URL(url).pathname.split('/')).toHaveLength(4)
        expect(verifyFileUrl(paramsOf(url), keys, now)).toMatchObject({
          verdict: 'ok',
          disposition: some.disposition,
        })
      }),
    )
  })

  test('altering any parameter, in any way, makes it invalid', () => {
    const parts = ['fileId', 'expires', 'key', 'signature', 'disposition'] as const
    const value = fc.oneof(
      fc.string(),
      word,
      fc.nat().map(String),
      fc.constantFrom('k1', 'k2', 'inline', 'attachment', undefined),
    )
    fc.assert(
      fc.property(anyLink, fc.constantFrom(...parts), value, (some, part, altered) => {
        const original = paramsOf(signFileUrl({ ...link, ...some }))
        fc.pre(altered !== original[part])
        const { verdict } = verifyFileUrl(
          { ...original, [part]: part === 'fileId' ? (altered ?? '') : altered },
          keys,
          now,
        )
        expect(['forged', 'malformed']).toContain(verdict)
      }),
      { numRuns: 1000 },
    )
  })

  test('altering a single letter of a parameter makes it invalid', () => {
    const parts = ['fileId', 'expires', 'key', 'signature'] as const
    fc.assert(
      fc.property(anyLink, fc.constantFrom(...parts), fc.nat(), word, (some, part, at, letters) => {
        const original = paramsOf(signFileUrl({ ...link, ...some }))
        const text = original[part] ?? ''
        const index = at % text.length
        const altered = text.slice(0, index) + letters[0] + text.slice(index + 1)
        fc.pre(altered !== text)
        const { verdict } = verifyFileUrl({ ...original, [part]: altered }, keys, now)
        expect(['forged', 'malformed']).toContain(verdict)
      }),
      { numRuns: 1000 },
    )
  })
})

describe('signing', () => {
  test.each([
    ['a/b\\c\0d.csv', 'a_b_c_d.csv'],
    ['..', 'file'],
    ['', 'file'],
    ['50 % & more?#.csv', '50%20%25%20%26%20more%3F%23.csv'],
    ['Отчёт.csv', '%D0%9E%D1%82%D1%87%D1%91%D1%82.csv'],
    ['lone \ud800.csv', 'lone%20%EF%BF%BD.csv'],
  ])('the name %j stands in the address as %s', (fileName, segment) => {
    const { pathname } = new URL(signFileUrl({ ...link, fileName }))
    expect(pathname).toBe(`/files/${link.fileId}/${segment}`)
  })

  test('keeps a path in front of /files, with or without a slash at its end', () => {
    for (const baseUrl of ['https://example.com/sluice', 'https://example.com/sluice/']) {
      expect(signFileUrl({ ...link, baseUrl })).toMatch(/^https:\/\/example\.com\/sluice\/files\/0198a7c2/)
    }
  })

  test.each<[string, Partial<FileLink>, RegExp]>([
    ['a file id with a slash', { fileId: 'a/b' }, /file id "a\/b".*use 1 to 128 letters/],
    ['a key id with a space', { key: { ...key, id: 'k 1' } }, /id "k 1".*use 1 to 64 letters/],
    ['a short secret', { key: { id: 'k', secret: Buffer.alloc(31) } }, /has 31 bytes; use 32/],
    ['an invalid date', { expiresAt: new Date(Number.NaN) }, /cannot expire at NaN/],
    ['a date before 1970', { expiresAt: new Date(-1) }, /cannot expire at -1/],
    ['a base address with a query', { baseUrl: 'https://example.com/?a=1' }, /no query/],
    ['a base address of another scheme', { baseUrl: 'ftp://example.com' }, /http\(s\)/],
  ])('%s is refused: nobody could verify it', (_, change, message) => {
    expect(() => signFileUrl({ ...link, ...change })).toThrow(message)
  })
})
