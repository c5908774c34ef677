import pg from 'pg'
import { expect, inject, onTestFinished, test, vi } from 'vitest'
import { Source } from '../../../src/engine/source/source.ts'

test('a connection that breaks while it is lent and asked nothing ends no process', async () => {
  const source = new Source(inject('adminUrl'))
  onTestFinished(() => source.close())
  const { query } = pg.Client.prototype
  const spy = vi.spyOn(pg.Client.prototype, 'query').mockImplementation(function (this: pg.Client, ...args) {
    const isQuestion = typeof args[0] === 'object'
    // Throws where nobody listens, as it would in the socket's own turn, where nobody catches it.
    if (isQuestion) this.emit('error', new Error('terminating connection'))
    return Reflect.apply(query, this, args) as never
  })
  onTestFinished(() => spy.mockRestore())
  expect(await source.query('SELECT 1 AS one', [], {})).toEqual([{ one: 1 }])
})
