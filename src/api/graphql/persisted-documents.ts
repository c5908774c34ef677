import { hash } from 'node:crypto'
import { GraphQLError } from 'graphql'
import { LRUCache } from 'lru-cache'
import { z } from 'zod'
import type { TrustedDocuments } from './trusted-documents.ts'

/** Of documents that clients left here: one client has some tens of them, of about 1 kB. */
const maxDocuments = 1_000
const maxBytes = 4 * 1024 * 1024
/** Of one document; a larger one is sent whole each time. */
const maxDocumentBytes = 64 * 1024

/** What a request says of its document, before anything has been checked. */
export interface DocumentParams {
  readonly query?: unknown
  readonly documentId?: unknown
  readonly extensions?: unknown
}

/**
 * Which document a request means: it brings the text, or an id in its place. The id is `documentId`, as
 * GraphQL over HTTP has it, or `extensions.persistedQuery`, as Apollo has it. One instance serves all doors.
 *
 * Without trusted documents, every text runs, and an id is the SHA-256 of a text that was sent before
 * (automatic persisted queries). With them, they are all that runs, for every key, by id or as text.
 */
export class PersistedDocuments {
  readonly isTrustedOnly: boolean
  readonly #trusted: TrustedDocuments | null
  readonly #kept: LRUCache<string, string> | null

  /** @param options.automatic whether documents that clients send are kept */
  constructor({ trusted, automatic }: { trusted: TrustedDocuments | null; automatic: boolean }) {
    this.isTrustedOnly = trusted !== null
    this.#trusted = trusted
    this.#kept =
      automatic && !trusted
        ? new LRUCache({
            max: maxDocuments,
            maxSize: maxBytes,
            maxEntrySize: maxDocumentBytes,
            sizeCalculation: (text) => Buffer.byteLength(text),
          })
        : null
  }

  /** Undefined when the request names no document. @throws GraphQLError when it does not run here, or is not known */
  textOf(params: DocumentParams): string | undefined {
    const id = idOf(params)
    const text = typeof params.query === 'string' ? params.query : ''
    // A message of graphql-transport-ws must have a query; without one, it is empty.
    if (text === '') return id === undefined ? undefined : this.#find(id)
    const textId = id !== undefined || this.#trusted ? hash('sha256', text) : undefined
    if (id !== undefined && id !== textId) throw mismatch()
    if (this.#trusted && this.#trusted.get(textId!) !== text) throw notTrusted()
    return text
  }

  /** Keeps the text that `textOf` gave, if it was sent with its id. To be called once it is known to be worth it. */
  keep(params: DocumentParams): void {
    if (!this.#kept || typeof params.query !== 'string') return
    const id = idOf(params)
    if (id !== undefined && !this.#kept.has(id)) this.#kept.set(id, params.query)
  }

  #find(id: string): string {
    if (this.#trusted) {
      const text = this.#trusted.get(id)
      if (text === undefined) throw notTrusted()
      return text
    }
    if (!this.#kept) throw notSupported()
    const text = this.#kept.get(id)
    if (text === undefined) throw notFound()
    return text
  }
}

const idParams = z.object({
  documentId: z.string().nullish(),
  extensions: z
    .object({ persistedQuery: z.object({ version: z.literal(1), sha256Hash: z.string() }).nullish() })
    .nullish(),
})

/** @throws GraphQLError */
function idOf({ documentId, extensions }: DocumentParams): string | undefined {
  if (documentId == null && extensions == null) return undefined
  const { success, data } = idParams.safeParse({ documentId, extensions })
  if (!success) throw malformed()
  return data.documentId?.replace(/^sha256:/, '') ?? data.extensions?.persistedQuery?.sha256Hash
}

// Clients know the first two by their messages, and a cache in between must not.
const neverCached = { 'Cache-Control': 'private, no-cache, must-revalidate' }

function notFound(): GraphQLError {
  return new GraphQLError('PersistedQueryNotFound', {
    extensions: {
      code: 'PERSISTED_QUERY_NOT_FOUND',
      http: { spec: true, status: 404, headers: neverCached },
    },
  })
}

function notSupported(): GraphQLError {
  return new GraphQLError('PersistedQueryNotSupported', {
    extensions: {
      code: 'PERSISTED_QUERY_NOT_SUPPORTED',
      http: { spec: true, status: 400, headers: neverCached },
    },
  })
}

function mismatch(): GraphQLError {
  return new GraphQLError(
    'provided sha does not match query: the id of a document that is sent with it must be the SHA-256 of its UTF-8 bytes, as 64 hexadecimal digits in lower case.',
    { extensions: { code: 'PERSISTED_QUERY_MISMATCH', http: { status: 400 } } },
  )
}

function notTrusted(): GraphQLError {
  return new GraphQLError(
    'This server runs trusted documents only, and this is none of them. Send one by its id, or with exactly the text that it was registered with; ask the operator to register others.',
    { extensions: { code: 'DOCUMENT_NOT_TRUSTED', http: { status: 403 } } },
  )
}

function malformed(): GraphQLError {
  return new GraphQLError(
    'documentId must be a text, extensions an object, and extensions.persistedQuery {version: 1, sha256Hash: "<64 hexadecimal digits>"}.',
    { extensions: { code: 'BAD_REQUEST', http: { status: 400 } } },
  )
}
