import {
  cancelExportDocument,
  createExportDocument,
  deleteExportDocument,
  estimateExportDocument,
  getDatasetDocument,
  getExportDocument,
  listDatasetsDocument,
  listExportsDocument,
  previewExportDocument,
  retryExportDocument,
} from './documents.ts'
import { type DownloadOptions, download } from './download.ts'
import { ExportEndedError, SluiceClientError } from './errors.ts'
import { type Export, type ExportFile, exportOf } from './export.ts'
import type {
  CreateExportInput,
  DatasetFragment as Dataset,
  EstimateExportQuery,
  ListExportsQueryVariables,
  PreviewExportQuery,
} from './generated/graphql.ts'
import { type ReceiveOptions, type RemoteFile, receive } from './receive.ts'
import { request } from './request.ts'
import { reachable, type Server, serverUrl } from './server.ts'
import { watchExport } from './watch.ts'
import { polledStates } from './watch-polling.ts'
import { socketStates } from './watch-socket.ts'

export { type ClientIssue, ExportEndedError, SluiceClientError } from './errors.ts'
export type { CreateExportInput, Dataset, DownloadOptions, Export, ExportFile, RemoteFile }
export type ExportEstimate = EstimateExportQuery['estimateExport']

export interface ClientOptions {
  /** Address of the server: `https://exports.example.com`. On a page also a path: `/exports`. */
  readonly url: string
  /**
   * Secret of an API key, or what fetches one: it is asked again for every request and connection, so that
   * a short-lived key can be replaced. Left out: something on the way to the server adds it.
   */
  readonly apiKey?: string | (() => string | Promise<string>) | undefined
  /** Default: the platform's. */
  readonly fetch?: typeof fetch | undefined
  /** Default: the platform's; where there is none (Node 20), and null, a watch asks once a second instead. */
  readonly webSocket?: typeof WebSocket | null | undefined
}

export interface CallOptions {
  readonly signal?: AbortSignal | undefined
}

export interface ExportOptions extends CallOptions {
  /** Called with every state, from the first to the last. */
  readonly onState?: ((state: Export) => void) | undefined
  readonly onProgress?: DownloadOptions['onProgress']
  /** Where a file goes; in Node `({ name }) => toFile(name)`. Default: a Blob. */
  readonly destination?: ((file: ExportFile) => NonNullable<DownloadOptions['destination']>) | undefined
}

/** Which exports, and in which order. Default: all, newest first. */
export type ListOptions = Pick<ListExportsQueryVariables, 'filter' | 'orderBy'>

export interface PageOptions extends ListOptions {
  /** Exports of a page, 1 to 200. Default 20. */
  readonly first?: number | null | undefined
  /** `endCursor` of the page before. */
  readonly after?: string | null | undefined
}

export interface ExportPage {
  readonly exports: readonly Export[]
  readonly hasNextPage: boolean
  /** What `after` takes for the next page. */
  readonly endCursor: string | null
}

export interface ExportPreview extends Pick<PreviewExportQuery['previewExport'], 'columns' | 'text'> {
  /** Cells in the order of the columns; null for NULL. */
  readonly rows: readonly (readonly (string | null)[])[]
}

/** Everything throws SluiceClientError, or the reason of the signal that was given. */
export interface SluiceClient {
  /**
   * Asks for an export; it answers at once. The client makes an `idempotencyKey` where the input has none,
   * so a request whose answer was lost is sent again and there is one export all the same.
   */
  createExport(
    input: CreateExportInput,
    options?: CallOptions,
  ): Promise<Export & { readonly deduped: boolean }>
  /** The states from the current one to the last, each newer than the one before; reconnects by itself. Stop it by its signal. */
  watch(id: string, options?: CallOptions): AsyncGenerator<Export, void, undefined>
  /** Waits for the end. @throws ExportEndedError when there is no file in the end */
  finished(id: string, options?: CallOptions & Pick<ExportOptions, 'onState'>): Promise<Export>
  /** A file's bytes, resumed after a break and verified: a Blob, or null when they went to `destination`. */
  download(file: RemoteFile, options?: DownloadOptions): Promise<Blob | null>
  /** The same piece by piece. The checksum is known at the end: what was kept is void when this throws. */
  stream(
    file: RemoteFile,
    options?: Omit<DownloadOptions, 'destination'>,
  ): AsyncGenerator<Uint8Array<ArrayBuffer>, void, undefined>
  /**
   * createExport, finished and download in one. `files` are the Blobs, in the order of `export.files`. An
   * abort ends the waiting, not the export: `cancel` does that.
   */
  export(
    input: CreateExportInput,
    options?: ExportOptions,
  ): Promise<{ readonly export: Export; readonly files: readonly (Blob | null)[] }>
  /** Ends an export that is under way; one that has ended is returned as it is. */
  cancel(id: string, options?: CallOptions): Promise<Export>
  /** Has a failed or canceled export made again: the same record, with further attempts. */
  retry(id: string, options?: CallOptions): Promise<Export>
  /** Removes an export for good: record, timeline, files. One that is under way is canceled first. */
  delete(id: string, options?: CallOptions): Promise<void>
  /** The first rows as they would look in the file: 10 by default, 100 at most. Makes nothing. */
  preview(
    input: CreateExportInput,
    options?: CallOptions & { readonly rows?: number | undefined },
  ): Promise<ExportPreview>
  /** Rows, bytes and seconds, before anything is made. */
  estimate(input: CreateExportInput, options?: CallOptions): Promise<ExportEstimate>
  /** Null when there is none with this id. */
  get(id: string, options?: CallOptions): Promise<Export | null>
  /** All exports, one after the other; pages are asked for as they are needed. */
  list(list?: ListOptions, options?: CallOptions): AsyncGenerator<Export, void, undefined>
  /** One page of them. */
  page(page?: PageOptions, options?: CallOptions): Promise<ExportPage>
  datasets(options?: CallOptions): Promise<readonly Dataset[]>
  /** Null when there is none with this name. */
  dataset(name: string, options?: CallOptions): Promise<Dataset | null>
}

/** Exports of a page that `list` asks for. */
const listedAtOnce = 100

/** A client of one server with one key. It holds a socket only while something is watched: there is nothing to close. */
export function createClient(options: ClientOptions): SluiceClient {
  const { apiKey } = options
  const server: Server = {
    url: serverUrl(options.url),
    apiKey: async () => (typeof apiKey === 'function' ? await apiKey() : (apiKey ?? null)),
    // Called bare: a browser's fetch refuses to be a method of anything else.
    fetch: options.fetch ?? ((input, init) => fetch(input, init)),
  }
  const webSocket = options.webSocket === undefined ? globalThis.WebSocket : options.webSocket
  const sources = {
    socket: webSocket ? socketStates(server, webSocket) : null,
    polling: polledStates((id, signal) => client.get(id, { signal })),
  }
  const fetchFile: typeof fetch = (url, init) => server.fetch(reachable(String(url), server), init)
  const ways = (file: RemoteFile, { freshUrl = freshUrlOf(client, file) }: Partial<ReceiveOptions>) => ({
    fetch: fetchFile,
    freshUrl,
  })

  const client: SluiceClient = {
    async createExport(input, { signal } = {}) {
      const idempotencyKey = input.idempotencyKey ?? createIdempotencyKey()
      const answer = await request(
        server,
        createExportDocument,
        { input: { ...input, idempotencyKey } },
        { signal, isRepeatable: true },
      )
      const result = answer.createExport
      if (result.__typename !== 'CreateExportSuccess') throw refusal(result)
      // Sent again under a key of ours, a request finds what it has made itself.
      const canBeAnothers = input.idempotencyKey != null || Boolean(input.dedupeWithinSeconds)
      return { ...exportOf(result.export), deduped: result.deduped && canBeAnothers }
    },
    watch: (id, { signal } = {}) => watchExport(sources, id, signal),
    async finished(id, { signal, onState } = {}) {
      let last: Export | null = null
      for await (const state of watchExport(sources, id, signal)) {
        last = state
        onState?.(state)
      }
      if (last?.status === 'COMPLETED') return last
      const { code = 'NOT_COMPLETED', message = 'The export has no file any more.' } = last?.error ?? {}
      throw new ExportEndedError(code, message, last)
    },
    download: (file, downloadOptions = {}) =>
      download(file, { ...downloadOptions, ...ways(file, downloadOptions) }),
    stream: (file, streamOptions = {}) => receive(file, { ...streamOptions, ...ways(file, streamOptions) }),
    async export(input, { signal, onState, onProgress, destination } = {}) {
      const created = await client.createExport(input, { signal })
      const completed = await client.finished(created.id, { signal, onState })
      const files: (Blob | null)[] = []
      for (const file of completed.files) {
        files.push(await client.download(file, { signal, onProgress, destination: destination?.(file) }))
      }
      return { export: completed, files }
    },
    async cancel(id, { signal } = {}) {
      const answer = await request(server, cancelExportDocument, { id }, { signal, isRepeatable: true })
      const result = answer.cancelExport
      if (result.__typename === 'CancelExportSuccess') return exportOf(result.export)
      throw refusal(result)
    },
    async retry(id, { signal } = {}) {
      // Sent twice it would be refused: the export is under way already.
      const answer = await request(server, retryExportDocument, { id }, { signal, isRepeatable: false })
      const result = answer.retryExport
      if (result.__typename === 'RetryExportSuccess') return exportOf(result.export)
      throw refusal(result)
    },
    async delete(id, { signal } = {}) {
      // Sent twice it would say that there is no such export.
      const answer = await request(server, deleteExportDocument, { id }, { signal, isRepeatable: false })
      const result = answer.deleteExport
      if (result.__typename !== 'DeleteExportSuccess') throw refusal(result)
    },
    async preview(input, { signal, rows } = {}) {
      const variables = { input, rows: rows ?? null }
      const answer = await request(server, previewExportDocument, variables, { signal, isRepeatable: true })
      return { ...answer.previewExport, rows: answer.previewExport.rows as ExportPreview['rows'] }
    },
    async estimate(input, { signal } = {}) {
      return (await request(server, estimateExportDocument, { input }, { signal, isRepeatable: true }))
        .estimateExport
    },
    async get(id, { signal } = {}) {
      const answer = await request(server, getExportDocument, { id }, { signal, isRepeatable: true })
      return answer.export && exportOf(answer.export)
    },
    async *list(list = {}, callOptions) {
      let after: string | null = null
      do {
        const page: ExportPage = await client.page({ ...list, first: listedAtOnce, after }, callOptions)
        yield* page.exports
        after = page.hasNextPage ? page.endCursor : null
      } while (after !== null)
    },
    async page(page = {}, { signal } = {}) {
      const answer = await request(server, listExportsDocument, page, { signal, isRepeatable: true })
      const { edges, pageInfo } = answer.exports
      return {
        exports: edges.map(({ node }) => exportOf(node)),
        hasNextPage: pageInfo.hasNextPage,
        endCursor: pageInfo.endCursor,
      }
    },
    async datasets({ signal } = {}) {
      return (await request(server, listDatasetsDocument, {}, { signal, isRepeatable: true })).datasets
    },
    async dataset(name, { signal } = {}) {
      return (await request(server, getDatasetDocument, { name }, { signal, isRepeatable: true })).dataset
    },
  }
  return client
}

/** Not randomUUID: a browser has it on pages that came by https only. */
function createIdempotencyKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('')
}

/** What a mutation answered instead of what was asked for. */
function refusal(result: {
  readonly code: string
  readonly message: string
  readonly issues?: SluiceClientError['issues']
  readonly retryAfterSeconds?: number | null
}): SluiceClientError {
  return new SluiceClientError(result.code, result.message, {
    issues: result.issues,
    retryAfterSeconds: result.retryAfterSeconds ?? undefined,
  })
}

/** Every answer has fresh links. Undefined for a file of which nobody knows the export. */
function freshUrlOf(
  client: Pick<SluiceClient, 'get'>,
  { exportId, name, sha256 }: RemoteFile,
): ReceiveOptions['freshUrl'] {
  if (exportId === undefined) return undefined
  return async (signal) => {
    const files = (await client.get(exportId, { signal }))?.files ?? []
    const same = files.find((file) => file.sha256 === sha256 && (name === undefined || file.name === name))
    if (same) return same.url
    throw new SluiceClientError(
      'FILE_EXPIRED',
      'This file has expired and was removed. Make the export again.',
    )
  }
}
