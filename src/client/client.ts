import {
  cancelExportDocument,
  createExportDocument,
  getDatasetDocument,
  getExportDocument,
  listDatasetsDocument,
  listExportsDocument,
} from './documents.ts'
import { type DownloadOptions, download } from './download.ts'
import { ExportEndedError, SluiceClientError } from './errors.ts'
import type {
  CreateExportInput,
  DatasetFragment as Dataset,
  ExportFragment as Export,
  ListExportsQueryVariables as ListExportsOptions,
} from './generated/graphql.ts'
import { type RemoteFile, receive } from './receive.ts'
import { request } from './request.ts'
import { reachable, type Server } from './server.ts'
import { watchExport } from './watch.ts'
import { polledStates } from './watch-polling.ts'
import { socketStates } from './watch-socket.ts'

export { type ClientIssue, ExportEndedError, SluiceClientError } from './errors.ts'
export type { CreateExportInput, Dataset, Export, ListExportsOptions }
export type ExportFile = Export['files'][number]

export interface ClientOptions {
  /** Address of the server: `https://exports.example.com`. */
  readonly url: string
  /** Secret of an API key. */
  readonly apiKey: string
  /** Default: the platform's. */
  readonly fetch?: typeof fetch
  /** Default: the platform's; where there is none (Node 20), and null, a watch asks once a second instead. */
  readonly webSocket?: typeof WebSocket | null
}

export interface CallOptions {
  readonly signal?: AbortSignal | undefined
}

export interface ExportOptions extends CallOptions {
  /** Called with every state, from the first to the last. */
  readonly onState?: ((state: Export) => void) | undefined
  readonly onProgress?: DownloadOptions['onProgress']
  /** Where a file goes. Default: a Blob. */
  readonly destination?: ((file: ExportFile) => NonNullable<DownloadOptions['destination']>) | undefined
}

export interface ExportPage {
  readonly exports: readonly Export[]
  readonly hasNextPage: boolean
  /** What `after` takes for the next page. */
  readonly endCursor: string | null
}

/** Everything throws SluiceClientError, or the reason of the signal that was given. */
export interface SluiceClient {
  /** Asks for an export; it answers at once. Tried again after a lost connection only with an `idempotencyKey`. */
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
  /** createExport, finished and download in one. `files` are the Blobs, in the order of `export.files`. */
  export(
    input: CreateExportInput,
    options?: ExportOptions,
  ): Promise<{ readonly export: Export; readonly files: readonly (Blob | null)[] }>
  /** Ends an export that is under way; one that has ended is returned as it is. */
  cancel(id: string, options?: CallOptions): Promise<Export>
  /** Null when there is none with this id. */
  get(id: string, options?: CallOptions): Promise<Export | null>
  /** Newest first, 20 at a time. */
  list(page?: ListExportsOptions, options?: CallOptions): Promise<ExportPage>
  datasets(options?: CallOptions): Promise<readonly Dataset[]>
  /** Null when there is none with this name. */
  dataset(name: string, options?: CallOptions): Promise<Dataset | null>
}

/** A client of one server with one key. It holds a socket only while something is watched: there is nothing to close. */
export function createClient(options: ClientOptions): SluiceClient {
  const server: Server = {
    url: options.url.replace(/\/+$/, ''),
    apiKey: options.apiKey,
    // Called bare: a browser's fetch refuses to be a method of anything else.
    fetch: options.fetch ?? ((input, init) => fetch(input, init)),
  }
  const webSocket = options.webSocket === undefined ? globalThis.WebSocket : options.webSocket
  const sources = {
    socket: webSocket ? socketStates(server, webSocket) : null,
    polling: polledStates((id, signal) => client.get(id, { signal })),
  }
  const fetchFile: typeof fetch = (url, init) => server.fetch(reachable(String(url), server), init)

  const client: SluiceClient = {
    async createExport(input, { signal } = {}) {
      const isRepeatable = input.idempotencyKey != null
      const answer = await request(server, createExportDocument, { input }, { signal, isRepeatable })
      const result = answer.createExport
      if (result.__typename === 'CreateExportSuccess') return { ...result.export, deduped: result.deduped }
      throw new SluiceClientError(result.code, result.message, {
        issues: 'issues' in result ? result.issues : undefined,
        retryAfterSeconds: 'retryAfterSeconds' in result ? result.retryAfterSeconds : undefined,
      })
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
    download: (file, downloadOptions) => download(file, { ...downloadOptions, fetch: fetchFile }),
    stream: (file, streamOptions) => receive(file, { ...streamOptions, fetch: fetchFile }),
    async export(input, { signal, onState, onProgress, destination } = {}) {
      const created = await client.createExport(input, { signal })
      const completed = await client.finished(created.id, { signal, onState })
      const files: (Blob | null)[] = []
      for (const file of completed.files) {
        files.push(
          await client.download(file, {
            signal,
            onProgress,
            freshUrl: () => freshUrl(client, completed.id, file),
            destination: destination?.(file),
          }),
        )
      }
      return { export: completed, files }
    },
    async cancel(id, { signal } = {}) {
      const answer = await request(server, cancelExportDocument, { id }, { signal, isRepeatable: true })
      const result = answer.cancelExport
      if (result.__typename === 'CancelExportSuccess') return result.export
      throw new SluiceClientError(result.code, result.message)
    },
    async get(id, { signal } = {}) {
      return (await request(server, getExportDocument, { id }, { signal, isRepeatable: true })).export
    },
    async list(page = {}, { signal } = {}) {
      const answer = await request(server, listExportsDocument, page, { signal, isRepeatable: true })
      const { edges, pageInfo } = answer.exports
      return {
        exports: edges.map(({ node }) => node),
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

/** Every answer has fresh links. @throws SluiceClientError FILE_EXPIRED when the file itself is gone */
export async function freshUrl(
  client: Pick<SluiceClient, 'get'>,
  id: string,
  file: Pick<ExportFile, 'name' | 'sha256'>,
): Promise<string> {
  const files = (await client.get(id))?.files ?? []
  const same = files.find(({ name, sha256 }) => name === file.name && sha256 === file.sha256)
  if (same) return same.url
  throw new SluiceClientError('FILE_EXPIRED', 'This file has expired and was removed. Make the export again.')
}
