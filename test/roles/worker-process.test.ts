import { Writable } from 'node:stream'
import { pino } from 'pino'
import { expect, onTestFinished, test } from 'vitest'
import { WorkerProcess } from '../../src/roles/worker-process.ts'
import { until } from '../support/until.ts'

test('a worker process that the system cannot start is tried again, and stops like any other', async () => {
  const lines: string[] = []
  const log = pino(
    { level: 'error' },
    new Writable({
      write(line, _encoding, done) {
        lines.push(String(line))
        done()
      },
    }),
  )
  const { execPath } = process
  process.execPath = '/nonexistent/node'
  onTestFinished(() => {
    process.execPath = execPath
  })
  const worker = new WorkerProcess({}, log)
  worker.start()
  await until('it was tried twice', () => lines.length >= 2)
  expect(lines.join('')).toContain('ENOENT')
  expect(worker.pid).toBeUndefined()
  await worker.stop()
})
