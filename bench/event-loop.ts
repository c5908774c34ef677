import { mkdtempSync } from 'node:fs'
import { createConnection } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { json } from 'node:stream/consumers'

/** Milliseconds from one turn of a process' event loop to the next, where a timer asks for 1. */
export interface EventLoopDelay {
  readonly p99Ms: number
  readonly maxMs: number
}

// Not below .bench: the path of a socket has 107 bytes at most.
const folder = mkdtempSync(join(tmpdir(), 'sluice-probes-'))

/** Settings under which the service's processes measure their event loops. */
export const probed = {
  NODE_OPTIONS: `--import=${new URL('./event-loop-probe.ts', import.meta.url)}`,
  BENCH_PROBES: folder,
}

/** What there has been since this was last asked of the process. */
export async function eventLoopDelay(pid: number): Promise<EventLoopDelay> {
  return (await json(createConnection(join(folder, `${pid}.sock`)))) as EventLoopDelay
}
