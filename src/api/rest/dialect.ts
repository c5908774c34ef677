import type { z } from 'zod'
import type { Issue, RateLimit } from '../../core/errors.ts'
import type { Authenticated } from '../../lifecycle/authenticate.ts'
import type { ExportFeed } from '../../lifecycle/export-feed.ts'
import type { LinkServices } from '../../lifecycle/link-files.ts'
import type { PastLengths } from '../../lifecycle/past-lengths.ts'
import type { Services } from '../../lifecycle/services.ts'
import type { Gate } from '../gate.ts'
import type { AuthScheme } from './read-key.ts'

/**
 * One vendor's wire format. It only translates: a request becomes an ExportRequest, an export becomes a
 * body, an error becomes a body. Rows, limits, files and jobs are the business of the verbs of lifecycle.
 */
export interface Dialect {
  /** The door of its exports, and its folder. */
  readonly name: string
  /** What people call it. */
  readonly title: string
  /** One sentence or more, for the API reference. Markdown. */
  readonly description: string
  /** Whatever begins with one of these paths is answered in this vendor's words. Without a slash at the end. */
  readonly prefixes: readonly [string, ...string[]]
  /** Where a key may stand; the first is what the vendor's users know. */
  readonly auth: readonly [AuthScheme, ...AuthScheme[]]
  readonly routes: readonly Route[]
  readonly errors: DialectErrors
  /** How the vendor says how many requests are left, besides what every answer says. */
  rateLimitHeaders?(rateLimit: RateLimit): Readonly<Record<string, string>>
}

export interface DialectErrors {
  /** Of every error body. */
  readonly schema: z.ZodType
  /** @returns JSON; `headers` go out besides Retry-After, Allow and WWW-Authenticate, which every dialect has. */
  answer(failure: Failure): { readonly body: unknown; readonly headers?: Readonly<Record<string, string>> }
}

/** What a request can fail with; every dialect has an answer to each. */
export const failureStatuses = [400, 401, 403, 404, 405, 409, 413, 415, 429, 500] as const
export type FailureStatus = (typeof failureStatuses)[number]

/** Why a request was not carried out, before it is put into a vendor's words. */
export interface Failure {
  readonly status: FailureStatus
  /** Stable: the code of the SluiceError; `INTERNAL` for what is our own fault. */
  readonly code: string
  /** A sentence for people. */
  readonly message: string
  /** Of a 400: everything that is wrong, in the words of the request. Otherwise empty. */
  readonly issues: readonly Issue[]
  /** Of a 429. */
  readonly retryAfterSeconds?: number
  /** A UUID, the same as in the log. */
  readonly requestId: string
  /** What was thrown, for a dialect that has more to say of its own errors. */
  readonly error: unknown
}

/** One operation of a vendor's API. */
export interface Route<Params = unknown, Query = unknown, Body = unknown> {
  readonly method: 'get' | 'post'
  /** As OpenAPI writes it: `/api/v1/deals/export/{export_id}`. With and without a slash at the end it is the same. */
  readonly path: string
  /** Unique among all dialects: `hindsight.startExport`. */
  readonly operationId: string
  readonly summary: string
  /** Markdown. */
  readonly description?: string
  readonly params?: z.ZodType<Params>
  readonly query?: z.ZodType<Query>
  /** A JSON object. */
  readonly body?: z.ZodType<Body>
  /** For the API reference; each must work as it stands. */
  readonly bodyExamples?: Readonly<Record<string, unknown>>
  /** By status; errors are added to them. */
  readonly responses: Readonly<Record<number, RouteResponse>>
  handle(call: Call<Params, Query, Body>): Promise<Answer>
}

export interface RouteResponse {
  readonly description: string
  readonly schema: z.ZodType
  readonly example?: unknown
}

/** A request whose key, path, query and body have been looked at. */
export interface Call<Params = unknown, Query = unknown, Body = unknown> {
  readonly services: RestServices
  readonly principal: Authenticated
  readonly params: Params
  readonly query: Query
  readonly body: Body
}

export interface Answer {
  readonly status: number
  /** Becomes JSON; a JsonText stays as it is. */
  readonly body: unknown
  readonly headers?: Readonly<Record<string, string>>
}

/** JSON that is written already: Postgres' own text keeps digits that a number of JavaScript would lose. */
export class JsonText {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

export interface RestServices extends Services, LinkServices {
  readonly gate: Gate
  /** Of that dialect: how long a completed export answers an equal request, and rows of one file. */
  readonly hienergy: { readonly dedupeSeconds: number; readonly chunkRows: number }
  /** Of that dialect: how long an export is waited for. */
  readonly dealmachine: { readonly waitSeconds: number }
  readonly feed: ExportFeed
  readonly pastLengths: PastLengths
}

/** Types a route's handler by its schemas. */
export function route<Params = unknown, Query = unknown, Body = unknown>(
  definition: Route<Params, Query, Body>,
): Route {
  return definition as Route
}
