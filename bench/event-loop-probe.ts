import { rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { EventLoopDelay } from './event-loop.ts'

// Preloaded into the processes of the service (--import); nothing of it is in the service itself.
const delay = monitorEventLoopDelay({ resolution: 1 })
delay.enable()

const path = `${process.env.BENCH_PROBES}/${process.pid}.sock`
createServer((socket) => {
  const answer: EventLoopDelay = { p99Ms: delay.percentile(99) / 1e6, maxMs: delay.max / 1e6 }
  delay.reset()
  socket.end(JSON.stringify(answer))
})
  .listen(path)
  .unref()
process.on('exit', () => rmSync(path, { force: true }))
