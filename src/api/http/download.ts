import type { Readable } from 'node:stream'
import type { HttpBindings } from '@hono/node-server'
import { type Context, Hono } from 'hono'
import { type SigningKey, verifyFileUrl } from '../../core/signed-url.ts'
import type { ContentEncoding } from '../../core/spec.ts'
import type { Caller } from '../caller.ts'
import { type ByteRange, requestedRange } from './byte-range.ts'
import { decodedBytes } from './decoded-bytes.ts'
import { downloadBody } from './download-body.ts'
import { refuse } from './download-errors.ts'
import {
  allowedMethods,
  cachingHeaders,
  everyAnswerHeaders,
  preflightHeaders,
  representationHeaders,
} from './download-headers.ts'
import { precondition, rangeStillApplies } from './preconditions.ts'
import { chooseRepresentation, type Representation } from './representation.ts'

export interface DownloadDeps {
  /** All keys that links are still honoured for. Asked once per request: cache them. */
  signingKeys(): Promise<readonly SigningKey[]>
  /**
   * `missing`: never heard of it. `gone`: it existed, and its bytes were removed. `refused`: whom the
   * link was signed for may not have it (any more).
   */
  openFile(fileId: string, grantedTo?: string): Promise<DownloadableFile | 'missing' | 'gone' | 'refused'>
  readonly storage: DownloadStorage
  /**
   * Called once for every GET that sends bytes, before the first of them, and awaited, so that no
   * download goes unrecorded; when it throws, that is logged and the download goes on.
   */
  onDownload(info: DownloadInfo): void | Promise<void>
  now(): Date
  readonly log: { error(details: object, message: string): void }
}

/** What a download needs of the storage: any `Storage` of the engine is one. */
export interface DownloadStorage {
  stat(key: string): Promise<{ readonly bytes: number } | null>
  read(key: string, range?: ByteRange): Promise<Readable>
}

export interface DownloadableFile {
  readonly fileName: string
  readonly contentType: string
  /** What the stored bytes are encoded in. Null: nothing. */
  readonly contentEncoding: ContentEncoding | null
  /** The content decoded, for clients that do not take the encoding; where there is one. */
  readonly plain: { readonly bytes: number; readonly sha256: string } | null
  /** Stored bytes. */
  readonly bytes: number
  /** Of the stored bytes, 64 hex digits. */
  readonly sha256: string
  readonly storageKey: string
  readonly createdAt: Date
  /** When the bytes go; null: never. */
  readonly expiresAt: Date | null
}

export interface DownloadInfo {
  readonly fileId: string
  /** The API key that the link was signed for. */
  readonly grantedTo: string | null
  /** The caller's, as trusted proxies tell it. */
  readonly remoteAddress: string | null
  readonly userAgent: string | null
  /** Null: the whole file. */
  readonly range: ByteRange | null
  readonly status: 200 | 206
}

type Env = { Bindings: Partial<HttpBindings>; Variables: { caller?: Caller } }

/** Long enough for a mount or a bucket to come back, short enough for somebody who waits. */
const retryAfterSeconds = 30

/** `GET` and `HEAD /:fileId/:name`, to be mounted at `/files`. @see signFileUrl for the address */
export function downloadRoutes(deps: DownloadDeps): Hono<Env> {
  const routes = new Hono<Env>()
  routes.use(async (c, next) => {
    for (const [name, value] of Object.entries(everyAnswerHeaders)) c.header(name, value)
    await next()
  })
  routes.options('*', (c) => c.body(null, 204, preflightHeaders))
  // Hono answers HEAD by the GET handler, without its body.
  routes.get('/:fileId/:name', (c) => answer(deps, c, c.req.param('fileId')))
  // A link that lost its end on the way through somebody's mail.
  routes.get('*', (c) => refuse(c, 'SIGNATURE_INVALID'))
  routes.all('*', (c) => refuse(c, 'METHOD_NOT_ALLOWED', { Allow: allowedMethods }))
  routes.onError((error, c) => {
    deps.log.error({ err: error, path: c.req.path }, 'A download failed')
    return refuse(c, 'INTERNAL_ERROR')
  })
  return routes
}

/** The link first, then the file, then what the client already has, then the bytes. */
async function answer(deps: DownloadDeps, c: Context<Env>, fileId: string): Promise<Response> {
  const { expires, key, signature, disposition, for: grantedTo } = c.req.query()
  const now = deps.now()
  const params = { fileId, expires, key, signature, disposition, grantedTo }
  const link = verifyFileUrl(params, await deps.signingKeys(), now)
  switch (link.verdict) {
    case 'malformed':
    case 'forged':
      return refuse(c, 'SIGNATURE_INVALID')
    case 'expired':
      return refuse(c, 'LINK_EXPIRED')
    case 'ok':
      break
    default:
      throw link satisfies never
  }

  const file = await deps.openFile(fileId, link.grantedTo)
  if (file === 'refused') return refuse(c, 'LINK_REVOKED')
  if (file === 'missing') return refuse(c, 'FILE_NOT_FOUND')
  if (file === 'gone' || (file.expiresAt && file.expiresAt <= now)) return refuse(c, 'FILE_EXPIRED')

  const representation = chooseRepresentation(file, c.req.header('accept-encoding'))
  const { bytes, sha256 } = representation
  const validators = { etag: sha256, lastModified: file.createdAt }
  const cacheHeaders = cachingHeaders(file, representation, link.expiresAt, now)
  const proceed = precondition(c.req.raw.headers, validators)
  if (proceed === 'failed') return refuse(c, 'PRECONDITION_FAILED')
  if (proceed === 'not-modified') return c.body(null, 304, cacheHeaders)

  // Range means nothing for HEAD (RFC 9110 section 14.2).
  const ranged = c.req.method === 'GET' && rangeStillApplies(c.req.raw.headers, validators)
  const range = ranged ? requestedRange(c.req.header('range'), bytes) : 'whole'
  if (range === 'unsatisfiable') {
    return refuse(c, 'RANGE_NOT_SATISFIABLE', { 'Content-Range': `bytes */${bytes}` })
  }
  const headers = { ...cacheHeaders, ...representationHeaders(file, representation, link.disposition) }
  return send(deps, c, {
    fileId,
    grantedTo: link.grantedTo ?? null,
    file,
    representation,
    range: range === 'whole' ? null : range,
    headers,
  })
}

async function send(
  deps: DownloadDeps,
  c: Context<Env>,
  answered: {
    fileId: string
    grantedTo: string | null
    file: DownloadableFile
    representation: Representation
    range: ByteRange | null
    headers: Record<string, string>
  },
): Promise<Response> {
  const { fileId, grantedTo, file, representation, range, headers } = answered
  const { storageKey } = file
  const bytes = range ? range.end - range.start + 1 : representation.bytes
  const status = range ? 206 : 200
  let source: Readable | null = null
  try {
    const stored = await deps.storage.stat(storageKey)
    if (stored?.bytes !== file.bytes) {
      throw new Error(
        `Storage holds ${stored ? `${stored.bytes} bytes` : 'nothing'} where ${file.bytes} bytes were published`,
      )
    }
    if (c.req.method === 'GET' && bytes > 0)
      source = await read(deps.storage, storageKey, representation, range)
  } catch (error) {
    deps.log.error({ err: error, fileId, storageKey }, 'A file cannot be read from storage')
    return refuse(c, 'FILE_UNAVAILABLE', { 'Retry-After': String(retryAfterSeconds) })
  }

  const body =
    source &&
    downloadBody({
      source,
      bytes,
      connection: c.env?.outgoing,
      onBroken: (err, bytesSent) =>
        deps.log.error(
          { err, fileId, storageKey, bytesSent, bytes },
          'Storage failed in the middle of a download',
        ),
    })
  if (c.req.method === 'GET') await record(deps, c, { fileId, grantedTo, range, status })
  return c.newResponse(body, status, {
    ...headers,
    'Content-Length': String(bytes),
    ...(range && { 'Content-Range': `bytes ${range.start}-${range.end}/${representation.bytes}` }),
  })
}

async function read(
  storage: DownloadStorage,
  storageKey: string,
  { decodes }: Representation,
  range: ByteRange | null,
): Promise<Readable> {
  if (decodes) return decodedBytes(await storage.read(storageKey), range)
  return await storage.read(storageKey, range ?? undefined)
}

async function record(
  deps: DownloadDeps,
  c: Context<Env>,
  download: Pick<DownloadInfo, 'fileId' | 'grantedTo' | 'range' | 'status'>,
): Promise<void> {
  try {
    await deps.onDownload({
      ...download,
      remoteAddress: (c.get('caller')?.address || c.env?.incoming?.socket.remoteAddress) ?? null,
      userAgent: c.req.header('user-agent') ?? null,
    })
  } catch (error) {
    deps.log.error({ err: error, fileId: download.fileId }, 'A download could not be recorded')
  }
}
