import { expect, test } from 'vitest'
import { secondsUntilEachBegins } from '../../src/core/queue-forecast.ts'

test.each([
  ['one at a time', [10], [5, 7, 3], 1, [10, 15, 22]],
  ['two at a time, in order of the ends', [10, 4], [5, 7, 3], 2, [4, 9, 10]],
  ['a free place is taken at once', [10], [5, 7], 2, [0, 5]],
  ['nobody under way', [], [5, 7, 3], 1, [0, 5, 12]],
  ['more under way than places, since the plan was made smaller', [1, 2, 3], [5, 5], 2, [2, 3]],
  ['no limit', [10, 20], [5, 5], Number.POSITIVE_INFINITY, [0, 0]],
  ['nobody waits', [10], [], 1, []],
])('%s', (_, busy, waiting, atOnce, begins) => {
  expect(secondsUntilEachBegins(busy, waiting, atOnce)).toEqual(begins)
})
