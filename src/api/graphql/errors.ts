import { GraphQLError } from 'graphql'
import { maskError as maskUnknownError } from 'graphql-yoga'
import {
  ConflictError,
  ForbiddenError,
  LimitExceededError,
  NotFoundError,
  RateLimitedError,
  SluiceError,
  UnauthenticatedError,
  ValidationError,
} from '../../core/errors.ts'
import { builder } from './builder.ts'

/** Members of the mutations' unions: what went wrong and what to do, typed. */
const ErrorInterface = builder.interfaceRef<SluiceError>('Error').implement({
  description: 'Why a request was not carried out.',
  fields: (t) => ({
    code: t.exposeString('code', { description: 'Stable, for programs.' }),
    message: t.exposeString('message', { description: 'A sentence for people.' }),
  }),
})

const Issue = builder.objectRef<ValidationError['issues'][number]>('Issue').implement({
  description: 'One thing wrong with a request.',
  fields: (t) => ({
    path: t.exposeString('path', { description: 'Where in the input, as in `columns.2.name`.' }),
    message: t.exposeString('message', { description: 'What is wrong, and what is allowed.' }),
  }),
})

builder.objectType(ValidationError, {
  name: 'ValidationError',
  description: 'The input is wrong; sending it again will not help.',
  interfaces: [ErrorInterface],
  fields: (t) => ({
    issues: t.expose('issues', { type: [Issue], description: 'Everything that is wrong.' }),
  }),
})

const LimitWindowEnum = builder.enumType('LimitWindow', {
  description: 'What a limit counts.',
  values: {
    HOUR: { value: 'HOUR', description: 'Accepted exports in any 60 minutes.' },
    DAY: { value: 'DAY', description: 'Accepted exports in any 24 hours.' },
    CONCURRENT: { value: 'CONCURRENT', description: 'Exports that are under way at once.' },
  } as const,
})
builder.objectType(LimitExceededError, {
  name: 'LimitExceededError',
  description: "The plan's limit is reached.",
  interfaces: [ErrorInterface],
  fields: (t) => ({
    window: t.expose('window', { type: LimitWindowEnum, description: 'Which limit.' }),
    limit: t.exposeInt('limit', { description: 'Exports that it allows.' }),
    retryAfterSeconds: t.exposeInt('retryAfterSeconds', {
      description: 'When the same request can succeed.',
    }),
  }),
})
for (const [type, description] of [
  [ForbiddenError, 'The API key lacks the right.'],
  [NotFoundError, 'There is no such object in this organization.'],
  [ConflictError, 'The request contradicts an earlier one.'],
] as const) {
  builder.objectType(type, { name: type.name, description, interfaces: [ErrorInterface] })
}

/**
 * The one place where errors outside the unions become GraphQL errors: ours keep their code and sentence,
 * everything else is masked and logged.
 */
export function maskError(error: unknown, message: string): Error {
  const original = error instanceof GraphQLError ? error.originalError : error
  if (original instanceof SluiceError) {
    const path = error instanceof GraphQLError ? error.path : undefined
    const nodes = error instanceof GraphQLError ? error.nodes : undefined
    const status =
      original instanceof UnauthenticatedError
        ? { http: { status: 401 } }
        : original instanceof RateLimitedError
          ? { http: { status: 429 } }
          : {}
    return new GraphQLError(original.message, {
      ...(nodes ? { nodes } : {}),
      ...(path ? { path } : {}),
      extensions: {
        code: original.code,
        ...(original instanceof ValidationError ? { issues: original.issues } : {}),
        ...(original instanceof LimitExceededError ? limitOf(original) : {}),
        ...(original instanceof RateLimitedError ? rateLimitOf(original) : {}),
        ...status,
      },
    })
  }
  return maskUnknownError(error, message)
}

function limitOf({ window, limit, retryAfterSeconds }: LimitExceededError) {
  return { window, limit, retryAfterSeconds }
}

function rateLimitOf({ limit, remaining, resetSeconds, retryAfterSeconds }: RateLimitedError) {
  return { retryAfterSeconds, rateLimit: { limit, remaining, resetSeconds } }
}
