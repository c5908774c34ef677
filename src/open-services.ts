import { join, resolve } from 'node:path'
import { type Logger, pino } from 'pino'
import { type Config, settings } from './config.ts'
import { findConfigFile } from './datasets/config-file.ts'
import { loadDatasets } from './datasets/load-datasets.ts'
import { CurrentDatasets } from './datasets/registry.ts'
import { type Mailer, smtpMailer } from './delivery/mailer.ts'
import { Source } from './engine/source/source.ts'
import { LocalStorage } from './engine/storage/local.ts'
import type { Services } from './lifecycle/services.ts'
import { type Orm, openOrm } from './platform/db/orm.ts'
import { Queue } from './platform/queue/queue.ts'

export type ServicesConfig = Pick<
  Config,
  | 'dataDir'
  | 'operationTimeoutSeconds'
  | 'workerConcurrency'
  | 'partRows'
  | 'auditDays'
  | 'logLevel'
  | 'configFile'
  | 'sourceDatabaseUrl'
  | 'sourceStatementTimeoutSeconds'
  | 'sourceConnections'
> & {
  /** As the role that the server works as; the database has been migrated. */
  readonly databaseUrl: string
} & Partial<Pick<Config, 'smtpUrl' | 'smtpTls' | 'mailFrom'>>

/** What a test replaces: the clock and the outside world. */
export type Overrides = Partial<Pick<Services, 'now' | 'log' | 'storage' | 'datasets' | 'source' | 'mailer'>>

/** They see the rows of all organizations: see forOrganization. */
export interface OpenServices extends Services {
  readonly orm: Orm
  readonly datasets: CurrentDatasets
}

/** The parts that every process has. */
export async function openServices(
  config: ServicesConfig,
  role: 'api' | 'worker',
  overrides: Overrides = {},
): Promise<OpenServices> {
  const log = overrides.log ?? createLogger(config.logLevel)
  const orm = await openOrm(config.databaseUrl, {
    poolSize: role === 'api' ? 10 : config.workerConcurrency + 2,
    statementTimeoutMs: role === 'api' ? config.operationTimeoutSeconds * 1000 : 0,
  })
  const onError = (error: unknown) => log.error({ err: error }, 'the queue failed')
  return {
    orm,
    queue: new Queue({ url: config.databaseUrl, role, onError }),
    storage: overrides.storage ?? new LocalStorage(resolve(join(config.dataDir, 'files'))),
    datasets: new CurrentDatasets(
      overrides.datasets ?? (await loadDatasets(findConfigFile(config.configFile))),
    ),
    source:
      overrides.source ??
      new Source(config.sourceDatabaseUrl ?? config.databaseUrl, {
        statementTimeoutMs: config.sourceStatementTimeoutSeconds * 1000,
        connectionsPerExport: config.sourceConnections,
      }),
    partRows: config.partRows,
    auditDays: config.auditDays,
    mailer: overrides.mailer ?? openMailer(config),
    log,
    now: overrides.now ?? (() => new Date()),
  }
}

function openMailer({ smtpUrl, smtpTls = 'offered', mailFrom }: ServicesConfig): Mailer | null {
  if (!smtpUrl) return null
  return smtpMailer({ url: smtpUrl, tls: smtpTls, from: mailFrom ?? settings.mailFrom.default })
}

export async function closeServices(services: OpenServices): Promise<void> {
  await services.queue.stop()
  services.mailer?.close()
  await services.source.close()
  await services.orm.close()
}

export function createLogger(level: Config['logLevel']): Logger {
  // On stderr: stdout belongs to what a person or a script reads.
  const stderr = pino.destination(2)
  // A terminal that was closed takes no more lines, and must not end what still has to be stopped.
  stderr.on('error', () => {})
  return pino({ level, base: { pid: process.pid } }, stderr)
}
