import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { pino } from 'pino'
import { expect, test } from 'vitest'
import { startApp } from '../support/app.ts'
import { acceptExport, download, settle } from '../support/exports.ts'
import { openSocket } from '../support/raw-socket.ts'
import { until } from '../support/until.ts'

function capture() {
  const lines: string[] = []
  const sink = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk))
      done()
    },
  })
  return { lines, log: pino({ level: 'trace' }, sink) }
}

test('the log tells neither keys, nor signatures, nor passwords, whatever goes wrong', async () => {
  const { lines, log } = capture()
  const app = await startApp({ deals: 100, overrides: { log } })
  const wrongKey = 'slc_wrong-key-of-somebody'
  const { password } = new URL(app.database.appUrl)
  let signature: string
  try {
    const { id } = await acceptExport(app, { dataset: 'deals' })
    const last = await settle(app, id)
    const link = last.files[0]!.url
    signature = new URL(link).searchParams.get('signature')!
    await download(link)
    await app.graphql('{ viewer { keyName } }', {}, wrongKey)
    await app.graphql('{ nonsense', {})
    const basic = Buffer.from(`${app.key}:`).toString('base64')
    for (const headers of [
      { Authorization: `Bearer ${app.key}` },
      { Authorization: `Basic ${basic}` },
      { 'X-Api-Key': wrongKey },
    ] as Record<string, string>[]) {
      await fetch(`${app.url}/api/v1/deals/export/exp_abc123`, { headers })
    }
    const refused = await openSocket(app.url, wrongKey)
    await refused.closed
    // What is logged with its cause: a file that is gone from the storage, and a database that goes away.
    rmSync(join(app.dataDir, 'files'), { recursive: true })
    expect((await fetch(link.replace('localhost', '127.0.0.1'))).status).toBe(503)
    await app.database.drop()
    expect((await fetch(`${app.url}/readyz`)).status).toBe(503)
    await fetch(link.replace('localhost', '127.0.0.1'))
    await app.graphql('{ viewer { keyName } }')
    await until('the failures are logged', () => lines.length > 5 || undefined)
  } finally {
    await app.stop()
  }
  const text = lines.join('')
  expect(text).toContain('A file cannot be read from storage')
  expect(text).toContain('the database cannot be reached')
  for (const secret of [app.key, wrongKey, signature, Buffer.from(`${app.key}:`).toString('base64')]) {
    expect(text).not.toContain(secret)
  }
  expect(password.length).toBeGreaterThan(3)
  expect(text).not.toContain(password)
  expect(text).not.toMatch(/authorization|postgres:\/\//i)
})

test('a source that cannot be reached is told without its password', async () => {
  const { lines, log } = capture()
  const sourceUrl = 'postgres://reader:hunter2-hunter2@127.0.0.1:9/crm'
  const app = await startApp({ deals: 0, sourceUrl, overrides: { log } })
  try {
    const answer = await app.graphql(
      'mutation { createExport(input: {dataset: "companies", columns: [{name: "id"}]}) { __typename } }',
    )
    expect(JSON.stringify(answer)).not.toContain('hunter2')
    await app.graphql('{ previewExport(input: {dataset: "companies", columns: [{name: "id"}]}) { text } }')
    await until(
      'the failure is logged',
      () => lines.some((line) => line.includes('ECONNREFUSED')) || undefined,
    )
  } finally {
    await app.stop()
  }
  expect(lines.join('')).not.toContain('hunter2')
})
