import { createRoute, OpenAPIHono, type RouteConfig } from '@hono/zod-openapi'
import type { z } from 'zod'
import {
  ConflictError,
  ForbiddenError,
  LimitExceededError,
  NotFoundError,
  ValidationError,
} from '../../core/errors.ts'
import { type Dialect, type Failure, type FailureStatus, failureStatuses, type Route } from './dialect.ts'
import {
  BodyTooLargeError,
  KeyRefusedError,
  MethodNotAllowedError,
  UnsupportedMediaTypeError,
} from './errors.ts'
import { authSchemes } from './read-key.ts'
import { toFailure } from './to-failure.ts'

const descriptionOf: Record<FailureStatus, string> = {
  400: 'The request is wrong; the answer says what is.',
  401: 'No key, or none that is live.',
  403: 'The key lacks the right.',
  404: 'There is no such export in this organization.',
  405: 'The path has no such method.',
  409: 'The request contradicts an earlier one.',
  413: 'The body is too large.',
  415: 'The body is not sent as JSON.',
  429: 'A limit is reached; Retry-After says for how many seconds.',
  500: 'Something went wrong on our side; the request id leads to it in the log.',
}

/** What every dialect serves, as one OpenAPI 3.1 document. */
export function openApiDocument(dialects: readonly Dialect[], about: { version: string; serverUrl: string }) {
  const app = new OpenAPIHono()
  const registry = app.openAPIRegistry
  for (const [name, { openapi }] of Object.entries(authSchemes)) {
    registry.registerComponent('securitySchemes', name, openapi)
  }
  for (const dialect of dialects) {
    for (const route of dialect.routes) registry.registerPath(describeRoute(dialect, route))
  }
  return app.getOpenAPI31Document({
    openapi: '3.1.0',
    info: {
      title: 'Sluice',
      version: about.version,
      description:
        'The REST dialects: each speaks the wire format of one vendor, so that its clients work with another base URL and key. An export begun in one is the same export in GraphQL and in the others.',
      license: { name: 'MIT', url: 'https://opensource.org/license/mit' },
    },
    servers: [{ url: about.serverUrl }],
    tags: dialects.map(({ title, description }) => ({ name: title, description })),
  })
}

/** A route as OpenAPI describes it, with the errors that every route of the dialect has. */
export function describeRoute(dialect: Dialect, route: Route) {
  return createRoute({
    method: route.method,
    path: route.path,
    operationId: route.operationId,
    tags: [dialect.title],
    summary: route.summary,
    description: route.description ?? `${route.summary}.`,
    security: dialect.auth.map((scheme) => ({ [scheme]: [] })),
    request: {
      ...(route.params ? { params: route.params as z.ZodObject } : {}),
      ...(route.query ? { query: route.query as z.ZodObject } : {}),
      ...(route.body ? { body: bodyOf(route) } : {}),
    },
    responses: {
      ...Object.fromEntries(
        Object.entries(route.responses).map(([status, { description, schema, example }]) => [
          status,
          { description, content: json(schema, example) },
        ]),
      ),
      ...Object.fromEntries(
        failureStatuses
          .filter((status) => mayFailWith(route, status))
          .map((status) => [
            status,
            {
              description: descriptionOf[status],
              content: json(dialect.errors.schema, dialect.errors.answer(exampleOf(status)).body),
            },
          ]),
      ),
    },
  } as RouteConfig)
}

function bodyOf(route: Route) {
  const examples = Object.entries(route.bodyExamples ?? {}).map(([name, value]) => [name, { value }])
  return {
    required: true,
    content: {
      'application/json': { schema: route.body as z.ZodType, examples: Object.fromEntries(examples) },
    },
  }
}

function json(schema: z.ZodType, example: unknown) {
  return { 'application/json': { schema, ...(example === undefined ? {} : { example }) } }
}

/** 405 belongs to the methods that a path has not; what a route answers itself is described there. */
function mayFailWith(route: Route, status: FailureStatus): boolean {
  if (status === 405 || Object.hasOwn(route.responses, status)) return false
  return route.body !== undefined || (status !== 409 && status !== 413 && status !== 415)
}

/** What a caller can meet, as it is thrown, so that the examples are what is really answered. */
const exampleErrors: Record<FailureStatus, Error> = {
  400: new ValidationError([{ path: 'format', message: 'must be one of CSV, XLSX' }]),
  401: new KeyRefusedError('invalid', 'The API key is unknown, expired or revoked.'),
  403: new ForbiddenError('This API key may not create exports: it lacks the scope exports:write.'),
  404: new NotFoundError('There is no such export.'),
  405: new MethodNotAllowedError('PUT', ['GET', 'HEAD']),
  409: new ConflictError('The request contradicts an earlier one.'),
  413: new BodyTooLargeError("A request's body can have 1048576 bytes at most."),
  415: new UnsupportedMediaTypeError('Send the body as JSON: Content-Type: application/json.'),
  429: new LimitExceededError('The plan essentials allows 5 exports an hour, and all are used.', {
    window: 'HOUR',
    limit: 5,
    retryAfterSeconds: 600,
  }),
  500: new Error(),
}

function exampleOf(status: FailureStatus): Failure {
  return toFailure(exampleErrors[status], '3f2b8c1e-5a77-4a52-9d3e-6f0a1b2c3d4e')
}
