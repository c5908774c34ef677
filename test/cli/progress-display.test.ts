import { expect, test } from 'vitest'
import { createProgressDisplay } from '../../src/cli/progress-display.ts'
import type { Export } from '../../src/client/client.ts'

function state(change: Partial<Export>): Export {
  const base = {
    id: 'x',
    attempt: 1,
    stage: 'EXPORTING',
    stageMessage: 'Exporting',
    progress: 0,
    rowsExported: 0,
    rowsTotal: 1_000,
    rowsTotalExact: true,
  }
  return { ...base, ...change } as Export
}

/** What is written between two moments, with a clock that the test turns. */
function recorder(surface: { isTTY?: boolean; columns?: number } = {}) {
  const written: string[] = []
  const clock = { ms: 0 }
  const write = (text: string | Uint8Array) => {
    written.push(String(text))
    return true
  }
  return { written, clock, display: createProgressDisplay({ ...surface, write }, () => clock.ms) }
}

test('a log gets a line for every stage, one every three seconds, and the last', () => {
  const { written, clock, display } = recorder()
  display.state(state({ stage: 'QUEUED', stageMessage: 'Queued', rowsTotal: null }))
  for (clock.ms = 1_000; clock.ms <= 7_000; clock.ms += 500) {
    display.state(state({ progress: clock.ms / 100, rowsExported: clock.ms / 10 }))
  }
  display.state(state({ stage: 'DONE', progress: 100, rowsExported: 1_000 }))
  expect(written).toEqual([
    '[------------------------]   0 %  Queued\n',
    '[##----------------------]  10 %  100 of 1,000 rows  100 rows/s  9 s left\n',
    '[#########---------------]  40 %  400 of 1,000 rows  100 rows/s  6 s left\n',
    '[################--------]  70 %  700 of 1,000 rows  100 rows/s  3 s left\n',
    '[########################] 100 %  1,000 of 1,000 rows  133 rows/s\n',
  ])
})

test('a terminal gets one line, redrawn ten times a second at most, never longer than it is wide', () => {
  const { written, clock, display } = recorder({ isTTY: true, columns: 40 })
  for (clock.ms = 0; clock.ms <= 200; clock.ms += 10) display.state(state({ rowsExported: clock.ms }))
  display.end()
  display.end()
  expect(written).toHaveLength(4)
  expect(written.at(-1)).toBe('\n')
  for (const text of written.slice(0, -1)) {
    expect(text.startsWith('\r\u001b[2K')).toBe(true)
    expect(text.length - '\r\u001b[2K'.length).toBeLessThan(40)
  }
})

test('a second attempt begins its rate anew, and a download shows bytes', () => {
  const { written, clock, display } = recorder()
  display.state(state({ rowsExported: 0 }))
  clock.ms = 10_000
  display.state(state({ attempt: 2, rowsExported: 10 }))
  clock.ms = 14_000
  display.state(state({ attempt: 2, rowsExported: 50, rowsTotalExact: false }))
  display.download('Deals.csv', { received: 0, total: 2_000_000 })
  clock.ms = 15_000
  display.download('Deals.csv', { received: 2_000_000, total: 2_000_000 })
  expect(written.slice(1)).toEqual([
    '[------------------------]   0 %  10 of 1,000 rows\n',
    '[------------------------]   0 %  50 of about 1,000 rows  10 rows/s  1 min 35 s left\n',
    '[------------------------]   0 %  Downloading  0 B of 2.0 MB\n',
    '[########################] 100 %  Downloading  2.0 MB of 2.0 MB  2.0 MB/s\n',
  ])
})
