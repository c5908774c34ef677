import type { WriteStream } from 'node:tty'
import type { Export } from '../client/client.ts'
import { appearance, shownBytes, shownCount, shownDuration } from './terminal.ts'

/** Milliseconds between two redraws on a terminal, and between two lines elsewhere. */
const redrawMs = 100
const lineMs = 3_000
const barCells = 24

export interface ProgressDisplay {
  /** A new state of the export. */
  state(state: Export): void
  /** Bytes of a file that have come. */
  download(name: string, progress: { received: number; total: number }): void
  /** Leaves the cursor on a line of its own. */
  end(): void
}

/** What a display draws on: a terminal, or a log. */
export type Surface = Pick<WriteStream, 'write'> & Partial<Pick<WriteStream, 'isTTY' | 'columns'>>

/** On a terminal one line that is redrawn; elsewhere a line when the stage changes, and every 3 s. */
export function createProgressDisplay(
  surface: Surface,
  now: () => number = () => performance.now(),
): ProgressDisplay {
  const rate = createRate(now)
  let shownAt = Number.NEGATIVE_INFINITY
  let shownPhase = ''
  let isOpen = false

  const show = (phase: string, isLast: boolean, text: () => string) => {
    const isDue = now() - shownAt >= (surface.isTTY ? redrawMs : lineMs)
    if (!isDue && !isLast && phase === shownPhase) return
    shownAt = now()
    shownPhase = phase
    const line = appearance(text()).replaceAll('\n', ' ')
    if (!surface.isTTY) return void surface.write(`${line}\n`)
    surface.write(`\r\u001b[2K${line.slice(0, Math.max(20, (surface.columns ?? 80) - 1))}`)
    isOpen = true
  }
  const end = () => {
    if (isOpen) surface.write('\n')
    isOpen = false
  }
  return {
    state(state) {
      const rowsPerSecond = rate(`${state.id} ${state.attempt}`, state.rowsExported)
      const isLast = state.stage === 'DONE'
      show(state.stage, isLast, () => stateLine(state, rowsPerSecond))
      if (isLast) end()
    },
    download(name, { received, total }) {
      const bytesPerSecond = rate(name, received)
      const isLast = received >= total
      show(name, isLast, () => downloadLine(received, total, bytesPerSecond))
      if (isLast) end()
    },
    end,
  }
}

function stateLine(state: Export, rowsPerSecond: number): string {
  const { rowsExported: rows, rowsTotal: total, stage } = state
  const about = state.rowsTotalExact ? '' : 'about '
  const parts = [
    bar(state.progress),
    (stage === 'EXPORTING' && rows > 0) || stage === 'DONE' ? '' : state.stageMessage,
    rows > 0 || stage === 'DONE'
      ? `${shownCount(rows)}${total === null ? '' : ` of ${about}${shownCount(total)}`} rows`
      : '',
    rows > 0 && rowsPerSecond > 0 ? `${shownCount(rowsPerSecond)} rows/s` : '',
    stage === 'EXPORTING' && total !== null && rowsPerSecond > 0
      ? `${shownDuration((total - rows) / rowsPerSecond)} left`
      : '',
  ]
  return parts.filter(Boolean).join('  ')
}

function downloadLine(received: number, total: number, bytesPerSecond: number): string {
  const percent = total === 0 ? 100 : Math.floor((received / total) * 100)
  const speed = bytesPerSecond > 0 ? `${shownBytes(bytesPerSecond)}/s` : ''
  return [bar(percent), 'Downloading', `${shownBytes(received)} of ${shownBytes(total)}`, speed]
    .filter(Boolean)
    .join('  ')
}

function bar(percent: number): string {
  const full = Math.floor((percent / 100) * barCells)
  return `[${'#'.repeat(full)}${'-'.repeat(barCells - full)}] ${String(percent).padStart(3)} %`
}

/** Units per second since the first count under a name; 0 while there is nothing to tell it by. */
function createRate(now: () => number): (name: string, count: number) => number {
  let start: { name: string; count: number; at: number } | null = null
  return (name, count) => {
    if (start?.name !== name) start = { name, count, at: now() }
    const seconds = (now() - start.at) / 1000
    return seconds > 0 ? (count - start.count) / seconds : 0
  }
}
