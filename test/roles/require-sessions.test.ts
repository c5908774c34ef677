import { expect, inject, onTestFinished, test } from 'vitest'
import { requireSessions } from '../../src/roles/require-sessions.ts'
import { type Pooler, startPooler } from '../support/pooler.ts'

async function pool(mode: 'session' | 'transaction'): Promise<Pooler> {
  const pooler = await startPooler(inject('adminUrl'), mode)
  onTestFinished(() => pooler.stop())
  return pooler
}

test('PostgreSQL itself gives sessions, and so does a pooler that works by them', async () => {
  await requireSessions(inject('adminUrl'), 'DATABASE_URL')
  await requireSessions((await pool('session')).url, 'DATABASE_URL')
})

test('a pooler that works by transactions is refused, with what to do', async () => {
  await expect(requireSessions((await pool('transaction')).url, 'SOURCE_DATABASE_URL')).rejects.toThrow(
    /^SOURCE_DATABASE_URL leads to a pooler .* \(pool_mode = session\).* in docs\/operations\.md\.$/,
  )
})

test('a database that does not answer fails with what pg says', async () => {
  await expect(requireSessions('postgres://me@127.0.0.1:1/db', 'DATABASE_URL')).rejects.toMatchObject({
    code: 'ECONNREFUSED',
  })
})
