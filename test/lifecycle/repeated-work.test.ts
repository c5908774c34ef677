import { expect, onTestFinished, test, vi } from 'vitest'
import { RepeatedWork } from '../../src/lifecycle/repeated-work.ts'

test('turns that come while one is under way do not pile up behind it', async () => {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  const first = Promise.withResolvers<void>()
  let turns = 0
  const work = new RepeatedWork(async () => {
    turns += 1
    await first.promise
  }, 250)
  work.start()
  await vi.advanceTimersByTimeAsync(60_000)
  expect(turns).toBe(1)
  first.resolve()
  await vi.advanceTimersByTimeAsync(500)
  expect(turns).toBe(3)
  await work.stop()
  await vi.advanceTimersByTimeAsync(1_000)
  expect(turns).toBe(3)
})

test('stopping waits for the turn under way', async () => {
  const done = Promise.withResolvers<void>()
  const work = new RepeatedWork(() => done.promise, 1_000)
  work.turn()
  const order: string[] = []
  const stopped = work.stop().then(() => order.push('stopped'))
  await Promise.resolve()
  order.push('done')
  done.resolve()
  await stopped
  expect(order).toEqual(['done', 'stopped'])
})
