import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import WebSocket from 'ws'
import { variableLimits } from '../../src/api/graphql/check-variables.ts'
import { maxOperationCost } from '../../src/api/graphql/operation-cost.ts'
import { operationLimits } from '../../src/api/graphql/operation-limits.ts'
import { scalarTypes } from '../../src/core/column-type.ts'
import { filterLimits } from '../../src/core/filter.ts'
import { elementKindOf, filterKinds, kindOf } from '../../src/core/filter-kind.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { createExport } from '../support/exports.ts'
import { openSocket } from '../support/raw-socket.ts'
import { read, tableRows } from './markdown.ts'

const guide = read('docs/graphql.md')
const rows = tableRows('docs/graphql.md')

let app: TestApp

beforeAll(async () => {
  app = await startApp({ deals: 0, workers: 0, settings: { maxOrganizationConnections: 1 } })
})

afterAll(() => app.stop())

test('every bound of an operation stands in the guide as the code has it', () => {
  const bounds = {
    ...operationLimits,
    cost: maxOperationCost,
    'variables.depth': variableLimits.depth,
    'variables.values': variableLimits.values,
  }
  const first = rows.findIndex(([name]) => name === 'bound') + 2
  const documented = rows
    .slice(first, first + Object.keys(bounds).length)
    .map(([name = '', most = '']) => [name.replaceAll('`', ''), Number(most.replaceAll(',', ''))])
  expect(Object.fromEntries(documented)).toEqual(bounds)
})

test('the bounds of a filter stand in the guide as the code has them', () => {
  const { depth, nodes, listValues, textChars, totalChars } = filterLimits
  const [listed, chars, total] = [listValues, textChars, totalChars].map((limit) =>
    limit.toLocaleString('en'),
  )
  expect(guide).toContain(
    `${depth} levels, ${nodes} nodes and words, ${listed} values in a list, ${chars} characters in a text, ${total} in all`,
  )
})

test('every kind of column stands in the guide with its types', () => {
  const kinds = Object.keys(filterKinds).map((kind) => elementKindOf(kind as keyof typeof filterKinds))
  for (const kind of new Set(kinds)) {
    const types = scalarTypes.filter((type) => kindOf(type) === kind)
    const documented = rows.find(([name]) => name === `\`${kind}\``)
    expect(documented?.[1], kind).toBe(types.map((type) => `\`${type.toUpperCase()}\``).join(', '))
  }
})

/** What makes the server close a connection, and the code that it closes it with. */
const closings: [code: number, provoke: () => Promise<number>][] = [
  [1013, () => closedBySecond()],
  [4400, () => closedBy('{')],
  [4401, () => closedBy({ id: '1', type: 'subscribe', payload: { query: '{ __typename }' } }, null)],
  [4403, () => closedBy({ type: 'connection_init' }, null)],
  [4406, () => closedWithoutProtocol()],
  [4429, () => closedBy({ type: 'connection_init' })],
]

async function closedBy(message: string | object, key: string | null = app.key): Promise<number> {
  const raw = await openSocket(app.url, key ?? undefined)
  if (key !== null) await raw.next(({ type }) => type === 'connection_ack')
  raw.socket.send(typeof message === 'string' ? message : JSON.stringify(message))
  return (await raw.closed).code
}

async function closedBySecond(): Promise<number> {
  const first = await openSocket(app.url, app.key)
  await first.next(({ type }) => type === 'connection_ack')
  const second = await openSocket(app.url, app.key)
  return (await second.closed).code
}

async function closedWithoutProtocol(): Promise<number> {
  const socket = new WebSocket(`${app.url.replace('http', 'ws')}/graphql`)
  onTestFinished(() => socket.terminate())
  return await new Promise((resolve) => socket.once('close', resolve))
}

test.each(closings)('a connection is closed with %i as the guide says', async (code, provoke) => {
  expect(rows.map(([first]) => first)).toContain(String(code))
  expect(await provoke()).toBe(code)
})

test('the export of the guide is accepted', async () => {
  const examples = [...guide.matchAll(/^```json\n([\s\S]*?)^```/gm)].map(([, text = '']) => JSON.parse(text))
  const [filter, input] = examples
  expect(examples).toHaveLength(2)
  expect(await createExport(app, { dataset: 'deals', filter })).toMatchObject({ deduped: false })
  expect(await createExport(app, input)).toMatchObject({ export: { name: input.name } })
})
