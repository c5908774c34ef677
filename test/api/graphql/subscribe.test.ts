import { GraphQLObjectType, GraphQLSchema, GraphQLString, parse } from 'graphql'
import { expect, test } from 'vitest'
import type { Context } from '../../../src/api/graphql/context.ts'
import { subscribe } from '../../../src/api/graphql/subscribe.ts'

test('an answer is shared by those who take an event together; who takes it an hour later has its own', async () => {
  let nowMs = Date.UTC(2026, 0, 1)
  const context = { principal: null, services: { now: () => new Date(nowMs) } } as unknown as Context
  let answers = 0
  const event = {}
  const schema = new GraphQLSchema({
    query: new GraphQLObjectType({ name: 'Query', fields: { unused: { type: GraphQLString } } }),
    subscription: new GraphQLObjectType<unknown, Context>({
      name: 'Subscription',
      fields: {
        link: {
          type: GraphQLString,
          subscribe: async function* () {
            yield event
          },
          resolve: (_event, _args, { services }) => {
            answers += 1
            return services.now().toISOString()
          },
        },
      },
    }),
  })
  const document = parse('subscription { link }')
  const links = async () => {
    const results = await subscribe({ schema, document, contextValue: context })
    if (!(Symbol.asyncIterator in results)) throw new Error(JSON.stringify(results))
    return async () => (await results.next()).value?.data?.link
  }
  const [first, together, late] = [await links(), await links(), await links()]
  expect([await first(), await together(), answers]).toEqual([
    '2026-01-01T00:00:00.000Z',
    '2026-01-01T00:00:00.000Z',
    1,
  ])
  nowMs += 3_600_000
  expect([await late(), answers]).toEqual(['2026-01-01T01:00:00.000Z', 2])
})
