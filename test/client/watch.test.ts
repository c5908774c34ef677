import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Export } from '../../src/client/client.ts'
import { SluiceClientError } from '../../src/client/errors.ts'
import { type StateSource, watchExport } from '../../src/client/watch.ts'

beforeEach(() => {
  vi.useFakeTimers()
})

afterEach(() => {
  vi.useRealTimers()
})

const lost = new SluiceClientError('UNREACHABLE', 'lost')
const state = (version: number, status: Export['status'] = 'PROCESSING') => ({ version, status }) as Export

/** Connections one after the other; the last one stays. An error ends its connection. */
function connections(...scripts: (Export | Error)[][]): StateSource {
  return async function* () {
    const script = (scripts.length > 1 ? scripts.shift() : scripts[0]) ?? []
    for (const item of script) {
      if (item instanceof Error) throw item
      yield item
    }
  }
}

async function versions(
  socket: StateSource | null,
  polling: StateSource,
): Promise<number[] | SluiceClientError> {
  const seen: number[] = []
  const watching = (async () => {
    for await (const { version } of watchExport({ socket, polling }, 'id')) seen.push(version)
    return seen
  })().catch((error: SluiceClientError) => error)
  await vi.runAllTimersAsync()
  return await watching
}

const nothing = connections([lost])

test('it never goes backwards and never repeats, whatever a connection says', async () => {
  const socket = connections(
    [state(3), state(2), state(3), lost],
    [state(1), state(3), state(4)],
    [state(5, 'COMPLETED'), state(6)],
  )
  expect(await versions(socket, nothing)).toEqual([3, 4, 5])
})

test('it gives up after twelve failures in a row, and says that the export goes on', async () => {
  expect(await versions(connections([state(1), lost], [lost]), nothing)).toMatchObject({
    code: 'WATCH_LOST',
    cause: lost,
  })
})

test('it asks instead where a socket never works, and not where one once did', async () => {
  expect(await versions(nothing, connections([state(1), state(2, 'FAILED')]))).toEqual([1, 2])
  expect(await versions(null, connections([state(1, 'CANCELED')]))).toEqual([1])
  expect(
    await versions(connections([state(1), lost], [lost]), connections([state(9, 'COMPLETED')])),
  ).toMatchObject({ code: 'WATCH_LOST' })
})

test('what trying again cannot change is thrown at once', async () => {
  const forbidden = new SluiceClientError('FORBIDDEN', 'no')
  expect(await versions(connections([forbidden]), nothing)).toBe(forbidden)
})
