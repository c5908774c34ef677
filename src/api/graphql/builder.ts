import SchemaBuilder from '@pothos/core'
import ErrorsPlugin from '@pothos/plugin-errors'
import RelayPlugin from '@pothos/plugin-relay'
import ScopeAuthPlugin from '@pothos/plugin-scope-auth'
import { ForbiddenError, UnauthenticatedError, ValidationError } from '../../core/errors.ts'
import { allows, type Scope } from '../../core/scope.ts'
import type { Context } from './context.ts'

/** Objects that one field reads by their ids: as many as a page of a list has. */
const maxNodes = 200

export const builder = new SchemaBuilder<{
  Context: Context
  AuthScopes: { authenticated: boolean; scope: Scope }
  Scalars: {
    BigInt: { Input: number; Output: number }
    Date: { Input: string; Output: string }
    DateTime: { Input: Date; Output: Date }
    Decimal: { Input: number | string; Output: number | string }
    Interval: { Input: string; Output: string }
    JSON: { Input: unknown; Output: unknown }
    Time: { Input: string; Output: string }
    Timestamp: { Input: string; Output: string }
    UUID: { Input: string; Output: string }
  }
  DefaultFieldNullability: false
}>({
  plugins: [ErrorsPlugin, ScopeAuthPlugin, RelayPlugin],
  defaultFieldNullability: false,
  errors: { defaultTypes: [], directResult: true },
  scopeAuth: {
    // A subscription's rights are checked when it begins.
    authorizeOnSubscribe: true,
    authScopes: ({ principal }) => ({
      authenticated: principal !== null,
      scope: (needed) => principal !== null && allows(principal.scopes, needed),
    }),
    unauthorizedError: (_parent, context, info) =>
      context.principal === null
        ? new UnauthenticatedError('Send an API key: Authorization: Bearer <key>.')
        : new ForbiddenError(`This API key may not use ${info.parentType.name}.${info.fieldName}.`),
  },
  relay: {
    cursorType: 'String',
    clientMutationId: 'omit',
    nodeQueryOptions: {
      description: 'Any object by its global id; null when there is none.',
      authScopes: { authenticated: true },
      args: { id: { description: 'Its global id.' } },
    },
    nodesQueryOptions: {
      description: `Several objects by their global ids, ${maxNodes} at most, in their order; null for one that is not there.`,
      authScopes: { authenticated: true },
      args: { ids: { description: 'Their global ids.' } },
      resolve: (_root, { ids }, _context, _info, resolveNodes) => {
        if (ids.length <= maxNodes) return resolveNodes(ids)
        throw new ValidationError([{ path: 'ids', message: `can name ${maxNodes} objects at most` }])
      },
    },
    idFieldOptions: { description: 'Global id.' },
    nodeTypeOptions: { description: 'An object with a global id.' },
    pageInfoTypeOptions: { description: 'Where a page stands in its list.' },
    hasNextPageFieldOptions: { description: 'Whether the list goes on after the page.' },
    hasPreviousPageFieldOptions: { description: 'Whether the list has something before the page.' },
    startCursorFieldOptions: {
      description: 'Of the first edge, to be sent as `before`; null when there is none.',
    },
    endCursorFieldOptions: {
      description: 'Of the last edge, to be sent as `after`; null when there is none.',
    },
    edgesFieldOptions: { description: 'In the order of the list.' },
    pageInfoFieldOptions: { description: 'Where the page stands in the list.' },
    cursorFieldOptions: { description: 'Its place in the list, to be sent as `after` or `before`.' },
    nodeFieldOptions: { description: 'The object itself.' },
    firstArgOptions: { description: 'So many from the beginning, or after `after`.' },
    afterArgOptions: { description: 'Only what comes after this cursor.' },
    lastArgOptions: { description: 'So many from the end, or before `before`.' },
    beforeArgOptions: { description: 'Only what comes before this cursor.' },
  },
})

builder.queryType({ description: 'Reads.' })
builder.mutationType({
  description: 'Writes. Each answers with what it made, or with an error that says what to do.',
})
builder.subscriptionType({
  description: 'Live states, over WebSocket (graphql-transport-ws) or server-sent events.',
})
