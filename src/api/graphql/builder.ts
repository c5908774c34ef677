import SchemaBuilder from '@pothos/core'
import ErrorsPlugin from '@pothos/plugin-errors'
import RelayPlugin from '@pothos/plugin-relay'
import ScopeAuthPlugin from '@pothos/plugin-scope-auth'
import { ForbiddenError, UnauthenticatedError } from '../../core/errors.ts'
import { allows, type Scope } from '../../core/scope.ts'
import type { Context } from './context.ts'

export const builder = new SchemaBuilder<{
  Context: Context
  AuthScopes: { authenticated: boolean; scope: Scope }
  Scalars: {
    BigInt: { Input: number; Output: number }
    DateTime: { Input: Date; Output: Date }
    FilterValue: { Input: unknown; Output: unknown }
    JSON: { Input: unknown; Output: unknown }
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
    nodeQueryOptions: { description: 'Any object by its global id.', authScopes: { authenticated: true } },
    nodesQueryOptions: {
      description: 'Several objects by their global ids, in their order.',
      authScopes: { authenticated: true },
    },
    nodeTypeOptions: { description: 'An object with a global id.' },
    pageInfoTypeOptions: { description: 'Where a page stands in its list.' },
  },
})

builder.queryType({ description: 'Reads.' })
builder.mutationType({
  description: 'Writes. Each answers with what it made, or with an error that says what to do.',
})
builder.subscriptionType({
  description: 'Live states, over WebSocket (graphql-transport-ws) or server-sent events.',
})
