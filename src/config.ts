import { availableParallelism } from 'node:os'
import { tlsModes } from './delivery/mailer.ts'
import { readDatabaseUrl } from './platform/postgres/database-address.ts'

interface Setting<T> {
  readonly env: string
  /** As documentation shows it. */
  readonly default: string
  /** What it is, with its unit. */
  readonly sentence: string
  parse(text: string | undefined): T
}

function setting<T>(
  env: string,
  shownDefault: string,
  sentence: string,
  parse: (text: string | undefined) => T,
): Setting<T> {
  return { env, default: shownDefault, sentence, parse }
}

function integer(fallback: number, min: number, max: number) {
  return (text: string | undefined): number => {
    if (text === undefined) return fallback
    const value = Number(text)
    if (!/^\d+$/.test(text) || value < min || value > max)
      throw new Error(`must be a whole number from ${min} to ${max}, not '${text}'`)
    return value
  }
}

function onOrOff(fallback: 'on' | 'off') {
  return (text: string = fallback): boolean => {
    if (text !== 'on' && text !== 'off') throw new Error(`must be on or off, not '${text}'`)
    return text === 'on'
  }
}

function optional(text: string | undefined): string | null {
  return text ?? null
}

const databaseUrlForm =
  'must be an address such as postgres://user:password@host:5432/database, with what is special in it percent-encoded'

function databaseUrl(text: string | undefined): string | null {
  if (text === undefined) return null
  if (!/^postgres(ql)?:\/\//.test(text)) throw new Error(databaseUrlForm)
  try {
    readDatabaseUrl(text)
  } catch (error) {
    if (error instanceof TypeError) throw new Error(databaseUrlForm)
    // A certificate that cannot be read, most often.
    throw new Error(`cannot be used: ${error instanceof Error ? error.message : error}`)
  }
  return text
}

const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const

/** Every setting there is: name, default, sentence. docs/settings.md is checked against this table. */
export const settings = {
  port: setting('PORT', '4000', 'TCP port of the server; 0 takes a free one.', integer(4000, 0, 65_535)),
  host: setting('HOST', 'all interfaces', 'Address that the server listens on.', optional),
  publicUrl: setting(
    'SLUICE_PUBLIC_URL',
    'http://localhost:<PORT>',
    'Address under which clients reach the server; download links begin with it.',
    (text) => {
      if (text === undefined) return null
      if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol))
        throw new Error(`must be an http or https address, not '${text}'`)
      return text.replace(/\/+$/, '')
    },
  ),
  dataDir: setting(
    'SLUICE_DATA_DIR',
    '.sluice',
    'Folder of the embedded PostgreSQL and of the files, made when it is missing.',
    (text) => text ?? '.sluice',
  ),
  databaseUrl: setting(
    'DATABASE_URL',
    'embedded PostgreSQL',
    'PostgreSQL that Sluice works on. Without it, one is run in the data folder.',
    databaseUrl,
  ),
  databaseOwnerUrl: setting(
    'DATABASE_OWNER_URL',
    'DATABASE_URL',
    'The same database as the role that owns its tables; migrations run as it, the server as the role of DATABASE_URL.',
    databaseUrl,
  ),
  sourceDatabaseUrl: setting(
    'SOURCE_DATABASE_URL',
    'DATABASE_URL',
    "PostgreSQL 14 or later that the datasets' rows are read from: another server or a read replica. A role that may only SELECT is enough.",
    databaseUrl,
  ),
  sourceStatementTimeoutSeconds: setting(
    'SOURCE_STATEMENT_TIMEOUT',
    '0',
    'Seconds that one statement of an export may take in the source database, so the time in which all rows must be read; 0: no limit.',
    integer(0, 0, 604_800),
  ),
  sourceConnections: setting(
    'SOURCE_CONNECTIONS',
    '2',
    'Connections to the source database over which one export reads a table side by side, when nothing sorts its rows and no SOURCE_STATEMENT_TIMEOUT bounds the reading.',
    integer(2, 1, 16),
  ),
  configFile: setting(
    'SLUICE_CONFIG',
    'sluice.config.ts, .js or .mjs in the current folder, if there is one',
    'File that declares the datasets. Without one, they are those of the built-in CRM.',
    optional,
  ),
  demoKey: setting(
    'SLUICE_DEMO_KEY',
    'a random key',
    'API key of the demo organization, at least 8 characters. On a database of your own, the demo organization is made only when this is set.',
    optional,
  ),
  demoRows: setting(
    'SLUICE_DEMO_ROWS',
    '1000000',
    'Deals in the demo data, made on the first start.',
    integer(1_000_000, 0, 50_000_000),
  ),
  workers: setting(
    'SLUICE_WORKERS',
    '1',
    'Worker processes that `all` starts beside the API.',
    integer(1, 0, 64),
  ),
  workerConcurrency: setting(
    'SLUICE_WORKER_CONCURRENCY',
    'the number of processors, 4 at least',
    'Exports that one worker process makes at the same time.',
    integer(Math.max(4, availableParallelism()), 1, 64),
  ),
  partRows: setting(
    'SLUICE_PART_ROWS',
    '10000000',
    'Rows of one part. Exports of more rows are made in parts, side by side and on all workers, where the format allows it.',
    integer(10_000_000, 1_000, 1_000_000_000),
  ),
  auditDays: setting('SLUICE_AUDIT_DAYS', '365', 'Days that audit events are kept.', integer(365, 1, 36_500)),
  limitRates: setting(
    'SLUICE_LIMIT_RATES',
    'on',
    "Whether requests are counted, by key (the plan's `requestsPerMinute`) and by address: on or off.",
    onOrOff('on'),
  ),
  addressRequestsPerMinute: setting(
    'SLUICE_ADDRESS_REQUESTS_PER_MINUTE',
    '60000',
    'Requests from one address in a minute, with any key or none, for each API process.',
    integer(60_000, 1, 1_000_000_000),
  ),
  corsOrigins: setting(
    'SLUICE_CORS_ORIGINS',
    '*',
    'Origins whose pages may call the API from a browser, separated by commas; `*`: all. Without a key they can do nothing.',
    (text = '*') => {
      const origins = text.split(',').map((origin) => origin.trim())
      const isOrigin = (word: string) => URL.canParse(word) && new URL(word).origin === word
      const wrong = origins.find((word) => word !== '*' && !isOrigin(word))
      if (wrong !== undefined)
        throw new Error(`must be origins such as https://app.example.com, or *, not '${wrong}'`)
      return origins
    },
  ),
  trustedProxies: setting(
    'SLUICE_TRUSTED_PROXIES',
    '0',
    'Proxies in front of the server that append to X-Forwarded-For; 0: the header is ignored.',
    integer(0, 0, 10),
  ),
  hienergyDedupeSeconds: setting(
    'SLUICE_HIENERGY_DEDUPE_SECONDS',
    '600',
    'How long a completed export answers an equal request through the HiEnergy dialect. 0: never, nor one that is under way.',
    integer(600, 0, 604_800),
  ),
  hienergyChunkRows: setting(
    'SLUICE_HIENERGY_CHUNK_ROWS',
    '500000',
    'Rows from which on an export through the HiEnergy dialect is delivered in several files, of so many rows each. Excel can hold 1,048,575.',
    integer(500_000, 100, 1_048_575),
  ),
  dealmachineWaitSeconds: setting(
    'SLUICE_DEALMACHINE_WAIT_SECONDS',
    '30',
    'How long an export of properties or people through the DealMachine dialect is waited for, before the answer is 202 and the caller polls.',
    integer(30, 0, 300),
  ),
  smtpUrl: setting(
    'SLUICE_SMTP_URL',
    'none',
    'Mail server: `smtp://user:password@host:587`, or `smtps://` for TLS from the first byte. Without it nothing is mailed.',
    (text) => {
      if (text === undefined) return null
      if (!URL.canParse(text) || !/^smtps?:$/.test(new URL(text).protocol) || !new URL(text).hostname)
        throw new Error('must be an address such as smtp://user:password@host:587')
      return text
    },
  ),
  smtpTls: setting(
    'SLUICE_SMTP_TLS',
    'offered',
    `STARTTLS on an \`smtp://\` connection: ${tlsModes.join(', ')}.`,
    (text) => {
      const mode = tlsModes.find((name) => name === (text ?? 'offered'))
      if (!mode) throw new Error(`must be one of ${tlsModes.join(', ')}, not '${text}'`)
      return mode
    },
  ),
  mailFrom: setting(
    'SLUICE_MAIL_FROM',
    'Sluice <sluice@localhost>',
    'Sender of mails.',
    (text) => text ?? 'Sluice <sluice@localhost>',
  ),
  maxConnections: setting(
    'SLUICE_MAX_CONNECTIONS',
    '10000',
    'WebSockets and event streams that one API process holds open at once; further ones are closed with 1013, or refused with 503.',
    integer(10_000, 1, 1_000_000),
  ),
  maxOrganizationConnections: setting(
    'SLUICE_MAX_ORGANIZATION_CONNECTIONS',
    '2500',
    'How many of them one organization may hold in each API process: with two processes it can have twice as many.',
    integer(2_500, 1, 1_000_000),
  ),
  introspection: setting(
    'SLUICE_INTROSPECTION',
    'on',
    'Whether GraphQL tells its schema to whoever asks: on or off.',
    onOrOff('on'),
  ),
  graphiql: setting(
    'SLUICE_GRAPHIQL',
    'on, but off when NODE_ENV is production',
    'Whether a browser that opens /graphql gets GraphiQL: on or off.',
    onOrOff(process.env.NODE_ENV === 'production' ? 'off' : 'on'),
  ),
  persistedQueries: setting(
    'SLUICE_PERSISTED_QUERIES',
    'on',
    'Whether a client may send the SHA-256 of a GraphQL document that it has sent before (automatic persisted queries): on or off.',
    onOrOff('on'),
  ),
  trustedDocuments: setting(
    'SLUICE_TRUSTED_DOCUMENTS',
    'none',
    "JSON file of the only GraphQL documents that run, by id; those of Sluice's own client run besides. Without it, every document does.",
    optional,
  ),
  operationTimeoutSeconds: setting(
    'SLUICE_OPERATION_TIMEOUT_SECONDS',
    '20',
    'Seconds that a GraphQL query or mutation may take; what it still asks of the database is then canceled.',
    integer(20, 1, 600),
  ),
  logLevel: setting(
    'LOG_LEVEL',
    'info',
    `Least severe log line that is written: ${logLevels.join(', ')}.`,
    (text) => {
      const level = logLevels.find((name) => name === (text ?? 'info'))
      if (!level) throw new Error(`must be one of ${logLevels.join(', ')}, not '${text}'`)
      return level
    },
  ),
} as const satisfies Record<string, Setting<unknown>>

export type Config = {
  readonly [Name in keyof typeof settings]: ReturnType<(typeof settings)[Name]['parse']>
}

export class ConfigError extends Error {
  readonly code = 'CONFIG_INVALID'
}

/** Reads the settings from the environment; an empty variable counts as unset. @throws ConfigError that names every wrong one */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  const wrong: string[] = []
  const values = Object.entries(settings).map(([name, { env: variable, parse }]) => {
    try {
      return [name, parse(env[variable] || undefined)]
    } catch (error) {
      wrong.push(`${variable} ${(error as Error).message}`)
      return [name, undefined]
    }
  })
  if (wrong.length > 0) throw new ConfigError(wrong.join('; '))
  return Object.fromEntries(values) as Config
}
