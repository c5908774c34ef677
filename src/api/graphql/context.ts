import DataLoader from 'dataloader'
import type { Dataset } from '../../core/dataset.ts'
import type { Authenticated } from '../../lifecycle/authenticate.ts'
import type { ExportFeed } from '../../lifecycle/export-feed.ts'
import { forOrganization } from '../../lifecycle/for-organization.ts'
import { type Forecast, forecastExports } from '../../lifecycle/forecast-exports.ts'
import type { KeyWatch } from '../../lifecycle/key-watch.ts'
import { loadDataset } from '../../lifecycle/load-dataset.ts'
import type { PastLengths } from '../../lifecycle/past-lengths.ts'
import type { Services } from '../../lifecycle/services.ts'
import type { SigningKeys } from '../../lifecycle/signing-keys.ts'
import { ApiKey } from '../../platform/db/entities/api-key.ts'
import type { Export } from '../../platform/db/entities/export.ts'
import { ExportEvent } from '../../platform/db/entities/export-event.ts'
import { ExportFile } from '../../platform/db/entities/export-file.ts'
import { Organization } from '../../platform/db/entities/organization.ts'
import type { Gate } from '../gate.ts'
import type { RestServices } from '../rest/dialect.ts'
import type { ConnectionLimits, Connections } from './connections.ts'
import type { PersistedDocuments } from './persisted-documents.ts'

/** Those of the process' settings that GraphQL reads; `config.ts` says what each is. */
export interface GraphqlSettings extends ConnectionLimits {
  readonly operationTimeoutSeconds: number
  readonly introspection: boolean
  readonly graphiql: boolean
  readonly persistedQueries: boolean
  readonly trustedDocuments: string | null
}

/** What the API's process has besides the services. */
export interface ApiServices extends Services, Pick<RestServices, 'hienergy' | 'dealmachine'> {
  readonly settings: GraphqlSettings
  readonly feed: ExportFeed
  readonly keyWatch: KeyWatch
  readonly pastLengths: PastLengths
  readonly connections: Connections
  readonly signingKeys: SigningKeys
  readonly gate: Gate
  readonly persistedDocuments: PersistedDocuments
  /** Without a trailing slash; download links begin with it. */
  publicUrl(): string
  /** @see LinkServices */
  readonly linksFor?: Authenticated
}

/** What resolvers see of one operation. */
export interface Context {
  readonly services: ApiServices
  /** Null: the request carried no key. */
  readonly principal: Authenticated | null
  readonly isWebSocket: boolean
  readonly load: Loaders
}

interface Loaders {
  /** Files of an export, in order. */
  files(exportId: string): Promise<ExportFile[]>
  events(exportId: string): Promise<ExportEvent[]>
  /** Of one that has not begun. */
  forecast(row: Export): Promise<Forecast | undefined>
  apiKey(id: string): Promise<ApiKey | null>
  /** With its plan. */
  organization(id: string): Promise<Organization>
  /** With the columns that only the caller's organization has, as its key may use it. */
  dataset(name: string): Promise<Dataset | undefined>
}

export function createContext(
  all: ApiServices,
  principal: Authenticated | null,
  isWebSocket: boolean,
): Context {
  const services = {
    ...forOrganization(all, principal?.organizationId ?? null),
    ...(principal ? { linksFor: principal } : {}),
  }
  return { services, principal, isWebSocket, load: createLoaders(services, principal) }
}

/** For one event of a subscription, which lives for hours: what its first event has read is no news any more. */
export function withFreshLoaders(context: Context): Context {
  return { ...context, load: createLoaders(context.services, context.principal) }
}

function createLoaders(services: ApiServices, principal: Authenticated | null): Loaders {
  // Made when one is used: of thousands who watch one export, only the first has its states executed.
  let made: ReturnType<typeof dataLoaders> | undefined
  const loaders = () => {
    made ??= dataLoaders(services, principal)
    return made
  }
  return {
    files: (id) => loaders().files.load(id),
    events: (id) => loaders().events.load(id),
    apiKey: (id) => loaders().apiKeys.load(id),
    organization: (id) => loaders().organizations.load(id),
    forecast: (row) => loaders().forecasts.load(row),
    dataset: (name) => loaders().datasets.load(name),
  }
}

/** One query for all exports of a page. Nothing of an export is cached: one operation can change it several times. */
function dataLoaders(services: ApiServices, principal: Authenticated | null) {
  const { em } = services.orm
  const files = new DataLoader(
    async (exportIds: readonly string[]) => {
      const rows = await em
        .fork()
        .find(ExportFile, { export: { $in: [...exportIds] } }, { orderBy: { position: 'asc' } })
      const byExport = Map.groupBy(rows, (row) => row.export.id)
      return exportIds.map((id) => byExport.get(id) ?? [])
    },
    { cache: false },
  )
  const events = new DataLoader(
    async (exportIds: readonly string[]) => {
      const rows = await em
        .fork()
        .find(ExportEvent, { export: { $in: [...exportIds] } }, { orderBy: { id: 'asc' } })
      const byExport = Map.groupBy(rows, (row) => row.export.id)
      return exportIds.map((id) => byExport.get(id) ?? [])
    },
    { cache: false },
  )
  const apiKeys = new DataLoader(async (ids: readonly string[]) => {
    const rows = await em.fork().find(ApiKey, { id: { $in: [...ids] } })
    const byId = new Map(rows.map((row) => [row.id, row]))
    return ids.map((id) => byId.get(id) ?? null)
  })
  const organizations = new DataLoader(async (ids: readonly string[]) => {
    const rows = await em.fork().find(Organization, { id: { $in: [...ids] } }, { populate: ['plan'] })
    const byId = new Map(rows.map((row) => [row.id, row]))
    return ids.map((id) => byId.get(id) ?? new Error(`No organization ${id}`))
  })
  const forecasts = new DataLoader(
    async (rows: readonly Export[]) => {
      const byOrganization = Map.groupBy(rows, (row) => row.organization.id)
      const found = await Promise.all(
        [...byOrganization].map(([id, of]) => forecastExports(services, id, of)),
      )
      const all = new Map(found.flatMap((each) => [...each]))
      return rows.map(({ id }) => all.get(id))
    },
    { cache: false },
  )
  // Relations lead to one dataset on many ways.
  const datasets = new DataLoader((names: readonly string[]) =>
    Promise.all(
      names.map(async (name) =>
        principal ? (await loadDataset({ ...services, principal }, name))?.dataset : undefined,
      ),
    ),
  )
  return { files, events, apiKeys, organizations, forecasts, datasets }
}
