import { createHash, randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { parse } from 'content-disposition'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { DownloadableFile } from '../../src/api/http/download.ts'
import { LocalStorage } from '../../src/engine/storage/local.ts'
import {
  ask,
  type DownloadServer,
  fileOf,
  lastModified,
  now,
  serveFile,
  signingKey,
} from './download-server.ts'

const root = mkdtempSync(join(tmpdir(), 'sluice-download-'))
const storage = new LocalStorage(root)
const bytes = randomBytes(2_000_003)
const file = fileOf(bytes)
const etag = `"${file.sha256}"`
const digest = createHash('sha256').update(bytes).digest('base64')

async function put(key: string, content: Buffer): Promise<void> {
  await using upload = await storage.openUpload(key)
  await upload.write(content)
  await upload.complete()
}
beforeAll(() => put(file.storageKey, bytes))
afterAll(() => rmSync(root, { recursive: true, force: true }))

let server: DownloadServer
beforeEach(async () => {
  server = await serveFile(file, storage)
})
afterEach(() => server[Symbol.asyncDispose]())

const get = (headers: Record<string, string> = {}) => ask(server.link(), { headers })
const codeOf = (answer: { body: Buffer }) => JSON.parse(answer.body.toString()).error.code

describe('a whole file', () => {
  test('comes byte for byte with everything a client can check it by', async () => {
    const answer = await get()
    expect(answer.status).toBe(200)
    expect(answer.body.equals(bytes)).toBe(true)
    expect(answer.headers).toMatchObject({
      'content-type': 'text/csv; charset=utf-8',
      'content-length': '2000003',
      'content-disposition': 'attachment; filename=Deals.csv',
      etag,
      'last-modified': lastModified,
      'accept-ranges': 'bytes',
      'repr-digest': `sha-256=:${digest}:`,
      digest: `sha-256=${digest}`,
      'cache-control': 'private, no-transform, max-age=3600',
      'x-content-type-options': 'nosniff',
      'content-security-policy': 'sandbox',
      'referrer-policy': 'no-referrer',
      'access-control-allow-origin': '*',
    })
    expect(answer.headers).not.toHaveProperty('content-range')
    expect(answer.headers).not.toHaveProperty('content-encoding')
    expect(answer.headers).not.toHaveProperty('transfer-encoding')
  })

  test('comes to fetch as well, under any name in the path', async () => {
    const response = await fetch(server.link({ fileName: 'Отчёт 2026/50 %.csv' }))
    expect(response.status).toBe(200)
    expect(Buffer.from(await response.arrayBuffer()).equals(bytes)).toBe(true)
  })

  test('of no bytes is whole, and can be asked for by range', async () => {
    const empty = fileOf(Buffer.alloc(0), { storageKey: 'org-1/export-0/1/empty.csv' })
    await put(empty.storageKey, Buffer.alloc(0))
    await using other = await serveFile(empty, storage)
    const answer = await ask(other.link())
    expect([answer.status, answer.headers['content-length'], answer.body.length]).toEqual([200, '0', 0])
    expect((await ask(other.link(), { headers: { range: 'bytes=-5' } })).status).toBe(200)
    const beyond = await ask(other.link(), { headers: { range: 'bytes=0-' } })
    expect([beyond.status, beyond.headers['content-range']]).toEqual([416, 'bytes */0'])
  })

  test('is announced by HEAD with the same headers, no body, and no file opened', async () => {
    const whole = await get()
    const head = await ask(server.link(), { method: 'HEAD', headers: { range: 'bytes=0-9' } })
    expect(head.status).toBe(200)
    expect(head.body).toHaveLength(0)
    const { date: _, connection: __, ...expected } = whole.headers
    expect(head.headers).toMatchObject(expected)
    expect(server.streams).toHaveLength(1)
    expect(server.downloads).toHaveLength(1)
  })

  describe('that is stored gzipped', () => {
    const text = Buffer.from(Array.from({ length: 20_000 }, (_, n) => `${n},Deal ${n}\r\n`).join(''))
    // Two members, as parts that are joined have.
    const stored = Buffer.concat([gzipSync(text.subarray(0, 5000)), gzipSync(text.subarray(5000))])
    const sha256Of = (content: Buffer) => createHash('sha256').update(content).digest('hex')
    const zipped = fileOf(stored, {
      contentEncoding: 'gzip',
      storageKey: 'org-1/export-2/1/Deals.csv',
      plain: { bytes: text.length, sha256: sha256Of(text) },
    })
    let other: DownloadServer

    beforeAll(async () => {
      await put(zipped.storageKey, stored)
      other = await serveFile(zipped, storage)
    })
    afterAll(() => other[Symbol.asyncDispose]())

    test.each(['gzip', 'x-gzip', 'br, gzip;q=0.1', 'identity, *', 'GZIP'])(
      'is sent as stored to a client that accepts %s, and ranges count stored bytes',
      async (accepted) => {
        const headers = { 'accept-encoding': accepted }
        const whole = await ask(other.link(), { headers })
        expect(whole.headers).toMatchObject({
          'content-encoding': 'gzip',
          'content-length': String(stored.length),
          'content-type': 'text/csv; charset=utf-8',
          etag: `"${sha256Of(stored)}"`,
          vary: 'Accept-Encoding',
          'repr-digest': `sha-256=:${createHash('sha256').update(stored).digest('base64')}:`,
        })
        expect(whole.body.equals(stored)).toBe(true)
        const part = await ask(other.link(), { headers: { ...headers, range: 'bytes=10-19' } })
        expect(part.headers['content-range']).toBe(`bytes 10-19/${stored.length}`)
        expect(part.body.equals(stored.subarray(10, 20))).toBe(true)
      },
    )

    test.each([undefined, 'identity', 'br', 'gzip;q=0', '*;q=0', 'gzip;q=0, *'])(
      'is sent decoded to a client that accepts %s, and ranges count decoded bytes',
      async (accepted) => {
        const headers: Record<string, string> = accepted === undefined ? {} : { 'accept-encoding': accepted }
        const whole = await ask(other.link(), { headers })
        expect(whole.headers).not.toHaveProperty('content-encoding')
        expect(whole.headers).toMatchObject({
          'content-length': String(text.length),
          etag: `"${sha256Of(text)}"`,
          vary: 'Accept-Encoding',
          'repr-digest': `sha-256=:${createHash('sha256').update(text).digest('base64')}:`,
        })
        expect(whole.body.equals(text)).toBe(true)
        const part = await ask(other.link(), { headers: { ...headers, range: 'bytes=4990-5009' } })
        expect(part.status).toBe(206)
        expect(part.headers['content-range']).toBe(`bytes 4990-5009/${text.length}`)
        expect(part.body.equals(text.subarray(4990, 5010))).toBe(true)
        const last = await ask(other.link(), { headers: { ...headers, range: 'bytes=-3' } })
        expect(last.body.equals(text.subarray(-3))).toBe(true)
      },
    )

    test('has a tag for each of the two, so that neither answers for the other', async () => {
      const plain = { 'if-none-match': `"${sha256Of(text)}"` }
      expect((await ask(other.link(), { headers: plain })).status).toBe(304)
      const answer = await ask(other.link(), { headers: { ...plain, 'accept-encoding': 'gzip' } })
      expect(answer.status).toBe(200)
      const resumed = await ask(other.link(), {
        headers: { 'accept-encoding': 'gzip', range: 'bytes=5-', 'if-range': `"${sha256Of(text)}"` },
      })
      expect(resumed.status).toBe(200)
    })

    test('HEAD says what GET would', async () => {
      for (const headers of [{}, { 'accept-encoding': 'gzip' }]) {
        const { date: _, connection: __, ...expected } = (await ask(other.link(), { headers })).headers
        const head = await ask(other.link(), { method: 'HEAD', headers })
        expect(head.headers).toMatchObject(expected)
        expect(head.body).toHaveLength(0)
      }
    })

    test('and is damaged in storage breaks off, and the client sees that', async () => {
      const damaged = { ...zipped, storageKey: 'org-1/export-3/1/Deals.csv' }
      const bytes = Buffer.from(stored)
      bytes.fill(0xff, stored.length - 4000)
      await put(damaged.storageKey, bytes)
      await using broken = await serveFile(damaged, storage)
      const answer = await ask(broken.link())
      expect(answer.complete).toBe(false)
      expect(broken.logged).toHaveLength(1)
    })

    test('fetch has the content and nothing else', async () => {
      const response = await fetch(other.link())
      expect(response.headers.get('content-encoding')).toBe('gzip')
      expect(Buffer.from(await response.arrayBuffer()).equals(text)).toBe(true)
    })
  })
})

describe('a range', () => {
  const n = bytes.length
  test.each([
    ['bytes=0-0', 0, 0],
    ['bytes=0-99', 0, 99],
    ['bytes=1000000-', 1_000_000, n - 1],
    ['bytes=-100', n - 100, n - 1],
    [`bytes=-${n * 2}`, 0, n - 1],
    [`bytes=${n - 1}-${n * 10}`, n - 1, n - 1],
    ['bytes=5-99999999999999999999999', 5, n - 1],
    ['BYTES=1-2', 1, 2],
    ['bytes= , 3-4 ,', 3, 4],
  ])('%s is a 206 with exactly its bytes', async (range, start, end) => {
    const answer = await get({ range })
    expect(answer.status).toBe(206)
    expect(answer.headers).toMatchObject({
      'content-range': `bytes ${start}-${end}/${n}`,
      'content-length': String(end - start + 1),
      etag,
      'repr-digest': `sha-256=:${digest}:`,
    })
    expect(answer.body.equals(bytes.subarray(start, end + 1))).toBe(true)
  })

  test.each([
    'bytes=0-1,5-9',
    'bytes=0-1,rubbish',
    'bytes=5-2',
    'bytes=a-b',
    'bytes=-',
    'bytes=',
    'bytes',
    'bytes=1-2-3',
    'bytes=+1-2',
    'rows=0-5',
    '0-5',
  ])('that is several, malformed or of another unit gives the whole file: %s', async (range) => {
    const answer = await get({ range })
    expect(answer.status).toBe(200)
    expect(answer.headers['content-length']).toBe(String(n))
    expect(answer.body.equals(bytes)).toBe(true)
  })

  test.each([`bytes=${n}-`, `bytes=${n + 5}-${n + 9}`, 'bytes=-0'])(
    'that cannot be satisfied is a 416 that says how long the file is: %s',
    async (range) => {
      const answer = await get({ range })
      expect(answer.status).toBe(416)
      expect(answer.headers['content-range']).toBe(`bytes */${n}`)
      expect(codeOf(answer)).toBe('RANGE_NOT_SATISFIABLE')
      expect(server.downloads).toEqual([])
    },
  )

  test.each([
    ['the ETag', etag, 206],
    ['the exact date', lastModified, 206],
    ['another ETag', '"0"', 200],
    ['the ETag, but weak', `W/${etag}`, 200],
    ['a later date', 'Sat, 21 Nov 2026 08:30:00 GMT', 200],
    ['an earlier date', 'Thu, 19 Nov 2026 08:30:00 GMT', 200],
    ['what is neither', 'yesterday', 200],
  ])('with If-Range naming %s: %s gives %i', async (_, ifRange, status) => {
    const answer = await get({ range: 'bytes=0-9', 'if-range': ifRange })
    expect(answer.status).toBe(status)
    expect(answer.body.equals(status === 206 ? bytes.subarray(0, 10) : bytes)).toBe(true)
  })

  test('beyond the end with a failed If-Range is no error: the file changed, and comes whole', async () => {
    expect((await get({ range: `bytes=${n}-`, 'if-range': '"old"' })).status).toBe(200)
  })
})

describe('conditions', () => {
  const later = 'Sat, 21 Nov 2026 00:00:00 GMT'
  const earlier = 'Thu, 19 Nov 2026 00:00:00 GMT'
  test.each<[Record<string, string>, number]>([
    [{ 'if-none-match': etag }, 304],
    [{ 'if-none-match': `W/${etag}` }, 304],
    [{ 'if-none-match': `"a,b" , ${etag}` }, 304],
    [{ 'if-none-match': '*' }, 304],
    [{ 'if-none-match': '"other"' }, 200],
    [{ 'if-none-match': file.sha256 }, 200],
    [{ 'if-modified-since': lastModified }, 304],
    [{ 'if-modified-since': later }, 304],
    [{ 'if-modified-since': earlier }, 200],
    [{ 'if-modified-since': 'Friday, 20-Nov-26 08:30:00 GMT' }, 304],
    [{ 'if-modified-since': 'Fri Nov 20 08:30:00 2026' }, 304],
    [{ 'if-modified-since': 'Fri Nov 20 08:29:59 2026' }, 200],
    [{ 'if-modified-since': '2027' }, 200],
    [{ 'if-none-match': '"other"', 'if-modified-since': later }, 200],
    [{ 'if-match': etag }, 200],
    [{ 'if-match': '*' }, 200],
    [{ 'if-match': `"x", ${etag}` }, 200],
    [{ 'if-match': '"other"' }, 412],
    [{ 'if-match': `W/${etag}` }, 412],
    [{ 'if-unmodified-since': lastModified }, 200],
    [{ 'if-unmodified-since': later }, 200],
    [{ 'if-unmodified-since': earlier }, 412],
    [{ 'if-unmodified-since': 'rubbish' }, 200],
    [{ 'if-match': etag, 'if-unmodified-since': earlier }, 200],
    [{ 'if-match': '"other"', 'if-none-match': etag }, 412],
    [{ 'if-none-match': etag, range: 'bytes=0-9' }, 304],
    [{ 'if-match': etag, range: 'bytes=0-9' }, 206],
    [{ 'if-match': '"other"', range: 'bytes=0-9' }, 412],
  ])('%j answers %i', async (headers, status) => {
    const answer = await get(headers)
    expect(answer.status).toBe(status)
    if (status === 412) expect(codeOf(answer)).toBe('PRECONDITION_FAILED')
    if (status !== 304) return
    expect(answer.body).toHaveLength(0)
    expect(answer.headers).toMatchObject({ etag, 'last-modified': lastModified })
    expect(answer.headers['cache-control']).toBe('private, no-transform, max-age=3600')
    expect(server.streams).toEqual([])
    expect(server.downloads).toEqual([])
  })

  test('hold for HEAD too', async () => {
    const head = (headers: Record<string, string>) => ask(server.link(), { method: 'HEAD', headers })
    expect((await head({ 'if-none-match': etag })).status).toBe(304)
    const failed = await head({ 'if-match': '"other"' })
    expect([failed.status, failed.body.length]).toEqual([412, 0])
  })
})

describe('the name', () => {
  test.each([
    ['Deals.csv', 'attachment; filename=Deals.csv'],
    ['Deals 2026 "final".csv', 'attachment; filename="Deals 2026 \\"final\\".csv"'],
    ['Résumé.csv', `attachment; filename=Resume.csv; filename*=UTF-8''R%C3%A9sum%C3%A9.csv`],
    ['Отчёт.csv', `attachment; filename=_____.csv; filename*=UTF-8''%D0%9E%D1%82%D1%87%D1%91%D1%82.csv`],
    ['../../etc/passwd', 'attachment; filename=.._.._etc_passwd'],
    ['a\\b\r\nX-Evil: 1\0.csv', 'attachment; filename="a_b__X-Evil: 1_.csv"'],
    ['report\u202Efdc.exe', 'attachment; filename=report_fdc.exe'],
    ['50%41.csv', `attachment; filename=50%41.csv; filename*=UTF-8''50%2541.csv`],
    ['..', 'attachment; filename=file'],
    ['', 'attachment; filename=file'],
    ['\ud800.csv', `attachment; filename=_.csv; filename*=UTF-8''%EF%BF%BD.csv`],
  ])('%j is sent as %s', async (fileName, header) => {
    await using other = await serveFile({ ...file, fileName }, storage)
    const answer = await ask(other.link(), { method: 'HEAD' })
    expect(answer.headers['content-disposition']).toBe(header)
    expect(parse(header).parameters.filename).not.toMatch(/[/\\\p{Cc}]/u)
  })

  test('is shown in the browser only when the link was signed for that', async () => {
    const answer = await ask(server.link({ disposition: 'inline' }), { method: 'HEAD' })
    expect(answer.headers['content-disposition']).toBe('inline; filename=Deals.csv')
    const altered = await ask(`${server.link()}&disposition=inline`)
    expect([altered.status, codeOf(altered)]).toEqual([403, 'SIGNATURE_INVALID'])
  })
})

describe('how long it may be kept', () => {
  const inMinutes = (minutes: number) => new Date(now.getTime() + minutes * 60_000)
  test.each([
    ['the link', inMinutes(10), inMinutes(30), 600],
    ['the file', inMinutes(30), inMinutes(10), 600],
    ['the link of a file that stays', inMinutes(5), null, 300],
  ])('ends with %s', async (_, linkExpires, expiresAt, seconds) => {
    await using other = await serveFile({ ...file, expiresAt }, storage)
    const answer = await ask(other.link({ expiresAt: linkExpires }), { method: 'HEAD' })
    expect(answer.headers['cache-control']).toBe(`private, no-transform, max-age=${seconds}`)
  })
})

describe('a link that does not lead to a file', () => {
  const refusal = async (url: string, other = server) => {
    const answer = await ask(url)
    const body = JSON.parse(answer.body.toString())
    expect(Object.keys(body)).toEqual(['error'])
    expect(Object.keys(body.error)).toEqual(['code', 'message'])
    expect(answer.headers).toMatchObject({
      'content-type': 'application/json',
      'cache-control': 'no-store',
      'access-control-allow-origin': '*',
      'x-content-type-options': 'nosniff',
    })
    expect(other.streams).toEqual([])
    expect(other.downloads).toEqual([])
    return { status: answer.status, ...body.error, headers: answer.headers }
  }
  const past = new Date(now.getTime() - 1000)

  test('is 403 when forged or malformed, whether the file exists or not', async () => {
    const forgedKey = { ...signingKey, secret: randomBytes(32) }
    const expected = {
      status: 403,
      code: 'SIGNATURE_INVALID',
      message: expect.stringContaining('Copy it again'),
    }
    for (const fileId of ['file-1', 'file-2']) {
      expect(await refusal(server.link({ fileId, key: forgedKey }))).toMatchObject(expected)
      expect(await refusal(server.link({ fileId, key: forgedKey, expiresAt: past }))).toMatchObject(expected)
      expect(await refusal(server.link({ fileId }).replace(/\?.*/, ''))).toMatchObject(expected)
      expect(await refusal(server.link({ fileId }).replace(/signature=.*/, ''))).toMatchObject(expected)
      expect(await refusal(server.link({ fileId }).replace(/\/Deals.*/, ''))).toMatchObject(expected)
    }
    expect(await refusal(server.link().replace('file-1', 'file%zz'))).toMatchObject(expected)
  })

  test('is 410 when the link has expired, and says what to do', async () => {
    expect(await refusal(server.link({ expiresAt: past }))).toMatchObject({
      status: 410,
      code: 'LINK_EXPIRED',
      message: 'This link has expired. Ask for the export again to get a fresh link.',
    })
    expect(await refusal(server.link({ fileId: 'file-2', expiresAt: now }))).toMatchObject({
      code: 'LINK_EXPIRED',
    })
  })

  test('is 410 of another kind when the file has been removed, or should have been by now', async () => {
    for (const opened of ['gone', { ...file, expiresAt: now }] as const) {
      await using other = await serveFile(opened, storage)
      expect(await refusal(other.link(), other)).toMatchObject({ status: 410, code: 'FILE_EXPIRED' })
    }
  })

  test('is 404 when the signature is right and there never was such a file', async () => {
    expect(await refusal(server.link({ fileId: 'file-2' }))).toMatchObject({
      status: 404,
      code: 'FILE_NOT_FOUND',
    })
  })

  test.each<[string, Partial<DownloadableFile>]>([
    ['lost', { storageKey: 'org-1/export-9/1/lost.csv' }],
    ['shorter than it was published', { bytes: file.bytes + 1 }],
    ['longer than it was published', { bytes: file.bytes - 1 }],
  ])('is 503 and logged when the stored file is %s', async (_, change) => {
    await using other = await serveFile({ ...file, ...change }, storage)
    const answer = await refusal(other.link(), other)
    expect(answer).toMatchObject({ status: 503, code: 'FILE_UNAVAILABLE' })
    expect(answer.headers['retry-after']).toBe('30')
    const head = await ask(other.link(), { method: 'HEAD' })
    expect([head.status, head.body.length]).toEqual([503, 0])
    expect(other.logged[0]).toMatchObject({
      message: 'A file cannot be read from storage',
      details: { fileId: 'file-1', err: expect.any(Error) },
    })
  })

  test('is 500 and logged when our own parts fail, with no word of theirs in the answer', async () => {
    const openFile = async () => {
      throw new Error('connection to 10.0.0.5 refused')
    }
    await using other = await serveFile(file, storage, { openFile })
    const answer = await refusal(other.link(), other)
    expect(answer).toMatchObject({ status: 500, code: 'INTERNAL_ERROR' })
    expect(answer.message).not.toContain('10.0.0.5')
    expect(other.logged).toMatchObject([{ details: { err: { message: 'connection to 10.0.0.5 refused' } } }])
    expect(JSON.stringify(other.logged)).not.toContain('signature')
  })
})

test('a link signed with a retired key still leads to its file', async () => {
  const retired = { id: 'k0', secret: Buffer.alloc(32, 9) }
  await using other = await serveFile(file, storage, { signingKeys: async () => [signingKey, retired] })
  expect((await ask(other.link({ key: retired }))).body.equals(bytes)).toBe(true)
})

describe('methods and other origins', () => {
  test.each(['POST', 'PUT', 'DELETE', 'PATCH', 'PROPFIND'])(
    '%s is a 405 that says what is allowed',
    async (method) => {
      const answer = await ask(server.link(), { method })
      expect(answer.status).toBe(405)
      expect(answer.headers.allow).toBe('GET, HEAD, OPTIONS')
      expect(codeOf(answer)).toBe('METHOD_NOT_ALLOWED')
    },
  )

  test('a page of another origin may ask for ranges, and may read what it needs', async () => {
    const preflight = await ask(server.link(), {
      method: 'OPTIONS',
      headers: {
        origin: 'https://app.example.com',
        'access-control-request-method': 'GET',
        'access-control-request-headers': 'range',
      },
    })
    expect(preflight.status).toBe(204)
    expect(preflight.headers).toMatchObject({
      'access-control-allow-origin': '*',
      'access-control-allow-methods': 'GET, HEAD, OPTIONS',
      'access-control-allow-headers': expect.stringContaining('Range'),
      'access-control-max-age': '86400',
    })
    const exposed = (await get()).headers['access-control-expose-headers']?.split(', ')
    expect(exposed).toEqual(
      expect.arrayContaining([
        'Content-Disposition',
        'Content-Length',
        'Content-Range',
        'ETag',
        'Repr-Digest',
      ]),
    )
  })
})

describe('the record of a download', () => {
  test('names file, client and range, once for each GET that sent bytes', async () => {
    await get({ 'user-agent': 'acme/1.0' })
    await get({ range: 'bytes=5-9' })
    expect(server.downloads).toEqual([
      {
        fileId: 'file-1',
        grantedTo: null,
        remoteAddress: '127.0.0.1',
        userAgent: 'acme/1.0',
        range: null,
        status: 200,
      },
      {
        fileId: 'file-1',
        grantedTo: null,
        remoteAddress: '127.0.0.1',
        userAgent: null,
        range: { start: 5, end: 9 },
        status: 206,
      },
    ])
  })

  test('that cannot be written is logged, and the download goes on', async () => {
    const onDownload = async () => {
      throw new Error('audit is down')
    }
    await using other = await serveFile(file, storage, { onDownload })
    expect((await ask(other.link())).body.equals(bytes)).toBe(true)
    expect(other.logged).toMatchObject([{ message: 'A download could not be recorded' }])
  })
})
