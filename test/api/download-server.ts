import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { type IncomingHttpHeaders, type IncomingMessage, request, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Readable } from 'node:stream'
import { createAdaptorServer } from '@hono/node-server'
import { Hono } from 'hono'
import {
  type DownloadableFile,
  type DownloadDeps,
  type DownloadInfo,
  type DownloadStorage,
  downloadRoutes,
} from '../../src/api/http/download.ts'
import { signFileUrl } from '../../src/core/signed-url.ts'

export const now = new Date('2026-11-21T12:00:00Z')
export const createdAt = new Date('2026-11-20T08:30:00.250Z')
export const lastModified = 'Fri, 20 Nov 2026 08:30:00 GMT'
export const signingKey = { id: 'k1', secret: Buffer.alloc(32, 7) }
export const inOneHour = new Date(now.getTime() + 3_600_000)

export interface DownloadServer extends AsyncDisposable {
  /** A valid link to the file. */
  link(change?: Partial<Parameters<typeof signFileUrl>[0]>): string
  readonly downloads: DownloadInfo[]
  readonly logged: { details: object; message: string }[]
  /** Every stream that was opened in storage. */
  readonly streams: Readable[]
}

/** The download endpoint on a real socket; `file` is what `openFile('file-1')` answers. */
export async function serveFile(
  file: DownloadableFile | 'gone',
  storage: DownloadStorage,
  overrides: Partial<DownloadDeps> = {},
): Promise<DownloadServer> {
  const downloads: DownloadInfo[] = []
  const logged: { details: object; message: string }[] = []
  const streams: Readable[] = []
  const routes = downloadRoutes({
    signingKeys: async () => [signingKey],
    openFile: async (fileId) => (fileId === 'file-1' ? file : 'missing'),
    storage: {
      stat: (key) => storage.stat(key),
      read: async (key, range) => {
        const stream = await storage.read(key, range)
        streams.push(stream)
        return stream
      },
    },
    onDownload: (info) => {
      downloads.push(info)
    },
    now: () => now,
    log: { error: (details, message) => logged.push({ details, message }) },
    ...overrides,
  })
  const server = createAdaptorServer({ fetch: new Hono().route('/files', routes).fetch }) as Server
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    link: (change) =>
      signFileUrl({
        baseUrl,
        fileId: 'file-1',
        fileName: 'Deals.csv',
        expiresAt: inOneHour,
        key: signingKey,
        ...change,
      }),
    downloads,
    logged,
    streams,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

export function fileOf(bytes: Buffer, change: Partial<DownloadableFile> = {}): DownloadableFile {
  return {
    fileName: 'Deals.csv',
    contentType: 'text/csv; charset=utf-8',
    contentEncoding: null,
    plain: null,
    bytes: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    storageKey: 'org-1/export-1/1/Deals.csv',
    createdAt,
    expiresAt: null,
    ...change,
  }
}

export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
  /** False when the connection ended before Content-Length was reached. */
  readonly complete: boolean
}

/** One request by node:http, which decodes nothing and shows what really came over the wire. */
export async function ask(
  url: string,
  { method = 'GET', headers = {} }: { method?: string; headers?: Record<string, string> } = {},
): Promise<Answer> {
  const response = await openResponse(url, { method, headers })
  const chunks: Buffer[] = []
  try {
    for await (const chunk of response) chunks.push(chunk)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ECONNRESET') throw error
  }
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    body: Buffer.concat(chunks),
    complete: response.complete,
  }
}

/** The response as soon as its headers are there. */
export function openResponse(
  url: string,
  options: { method?: string; headers?: Record<string, string> } = {},
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request(url, { agent: false, ...options }, resolve)
      .on('error', reject)
      .end()
  })
}
