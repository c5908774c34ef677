import { Gate } from './api/gate.ts'
import { Connections } from './api/graphql/connections.ts'
import type { ApiServices, GraphqlSettings } from './api/graphql/context.ts'
import { PersistedDocuments } from './api/graphql/persisted-documents.ts'
import { readTrustedDocuments } from './api/graphql/trusted-documents.ts'
import { createHttpServer, type HttpServer } from './api/http/server.ts'
import * as clientDocuments from './client/documents.ts'
import type { Config } from './config.ts'
import type { CurrentDatasets } from './datasets/registry.ts'
import { ExportFeed } from './lifecycle/export-feed.ts'
import { KeyWatch } from './lifecycle/key-watch.ts'
import { PastLengths } from './lifecycle/past-lengths.ts'
import { SigningKeys } from './lifecycle/signing-keys.ts'
import { closeServices, type Overrides, openServices, type ServicesConfig } from './open-services.ts'
import { bypassesPolicies } from './platform/db/bypasses-policies.ts'
import { Listener } from './platform/events/listener.ts'

export interface Api {
  /** Those that can be exchanged while it runs. */
  readonly datasets: CurrentDatasets
  readonly services: ApiServices
  readonly fetch: HttpServer['fetch']
  /** @returns the port. @throws PortUnavailableError */
  start(options: { port: number; host: string | null }): Promise<number>
  stop(): Promise<void>
}

export type ApiConfig = Pick<
  Config,
  | 'publicUrl'
  | 'limitRates'
  | 'addressRequestsPerMinute'
  | 'trustedProxies'
  | 'corsOrigins'
  | 'hienergyDedupeSeconds'
  | 'hienergyChunkRows'
  | 'dealmachineWaitSeconds'
>

/** The API of one process: HTTP, GraphQL, subscriptions. Makes no files. @throws TrustedDocumentsError */
export async function createApi(
  config: ServicesConfig & GraphqlSettings & ApiConfig,
  overrides: Overrides = {},
): Promise<Api> {
  const trusted = config.trustedDocuments
    ? await readTrustedDocuments(config.trustedDocuments, Object.values(clientDocuments).map(String), config)
    : null
  const services = await openServices(config, 'api', overrides)
  const feed = new ExportFeed(services)
  const keyWatch = new KeyWatch(services)
  const listener = new Listener({
    url: config.databaseUrl,
    channels: [feed.channel, keyWatch.channel],
    onError: (error) => services.log.warn({ err: error }, 'the listening connection failed'),
  })
  let publicUrl = config.publicUrl
  const apiServices: ApiServices = {
    ...services,
    feed,
    keyWatch,
    connections: new Connections(config),
    settings: config,
    signingKeys: new SigningKeys(services),
    gate: new Gate(services, config),
    pastLengths: new PastLengths(),
    persistedDocuments: new PersistedDocuments({ trusted, automatic: config.persistedQueries }),
    hienergy: { dedupeSeconds: config.hienergyDedupeSeconds, chunkRows: config.hienergyChunkRows },
    dealmachine: { waitSeconds: config.dealmachineWaitSeconds },
    publicUrl: () => publicUrl ?? 'http://localhost',
  }
  const server = createHttpServer(apiServices, config)
  return {
    datasets: services.datasets,
    services: apiServices,
    fetch: server.fetch,
    async start(options) {
      if (await bypassesPolicies(services.orm.em.fork())) {
        services.log.warn(
          'the role of DATABASE_URL is a superuser or has BYPASSRLS: row-level security, the second wall between organizations, does not bind it. Give the server a role of its own; see docs/operations.md.',
        )
      }
      await services.queue.start()
      await listener.start()
      const port = await server.start(options)
      publicUrl ??= `http://localhost:${port}`
      return port
    },
    async stop() {
      await server.stop()
      feed.stop()
      keyWatch.stop()
      await listener.stop()
      await closeServices(services)
    },
  }
}
