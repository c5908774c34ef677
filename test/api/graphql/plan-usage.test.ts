import { afterAll, beforeAll, expect, test } from 'vitest'
import { startApp, type TestApp } from '../../support/app.ts'
import { Clock } from '../../support/clock.ts'
import { acceptExport, createExport } from '../../support/exports.ts'

const clock = new Clock()
let app: TestApp

beforeAll(async () => {
  app = await startApp({ deals: 0, workers: 0, plan: 'growth', overrides: { now: clock.now } })
})

afterAll(() => app.stop())

interface Usage {
  readonly door: string | null
  readonly exportsLastHour: number
  readonly exportsAtOnce: number
  readonly remaining: number | null
  readonly freesAt: string | null
}

async function usage(key?: string): Promise<Usage[]> {
  const { data } = await app.graphql<{ viewer: { usage: Usage[] } }>(
    '{ viewer { usage { door exportsLastHour exportsLastDay exportsAtOnce exportsWaiting remaining freesAt } } }',
    {},
    key,
  )
  return data!.viewer.usage
}

test('the viewer sees what is used, what is left, and when the next place is free', async () => {
  const none = { exportsLastHour: 0, exportsLastDay: 0, exportsAtOnce: 0, exportsWaiting: 0, freesAt: null }
  expect(await usage()).toEqual([
    { door: null, ...none, remaining: 20 },
    { door: 'hindsight', ...none, remaining: 20 },
    { door: 'hubspot', ...none, remaining: 30 },
  ])
  const other = await app.addOrganization('other', 'growth')
  const firstAt = clock.now()
  for (let count = 0; count < 20; count += 1) {
    const { id } = await acceptExport(app, { dataset: 'deals' })
    await app.graphql('mutation ($id: ID!) { cancelExport(id: $id) { __typename } }', { id })
    clock.moveBy(1)
  }
  const [plan, hindsight] = await usage()
  const freesAt = plan!.freesAt!
  const anHourAfterTheFirst = firstAt.getTime() + 3_600_000
  expect(Date.parse(freesAt)).toBeGreaterThanOrEqual(anHourAfterTheFirst)
  expect(Date.parse(freesAt)).toBeLessThan(anHourAfterTheFirst + 1_000)
  expect(plan).toMatchObject({
    exportsLastHour: 20,
    exportsLastDay: 20,
    exportsAtOnce: 0,
    remaining: 0,
  })
  expect(hindsight).toMatchObject({ exportsLastHour: 0, remaining: 20 })
  expect((await usage(other.key))[0]).toMatchObject({ exportsLastHour: 0, remaining: 20 })

  // What is shown is what decides.
  expect(await createExport(app, { dataset: 'deals' })).toMatchObject({ __typename: 'LimitExceededError' })
  clock.moveBy((Date.parse(freesAt) - clock.now().getTime()) / 1000)
  expect((await usage())[0]).toMatchObject({ exportsLastHour: 19, remaining: 1, freesAt: null })
  expect(await createExport(app, { dataset: 'deals' })).toMatchObject({ __typename: 'CreateExportSuccess' })
  expect((await usage())[0]).toMatchObject({ exportsAtOnce: 1, remaining: 0 })
})
