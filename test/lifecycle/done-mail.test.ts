import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { doneMail } from '../../src/delivery/done-mail.ts'
import { type Mailer, smtpMailer } from '../../src/delivery/mailer.ts'
import { sendDoneMail } from '../../src/lifecycle/send-done-mail.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { acceptExport, cancelExport, download, settle } from '../support/exports.ts'
import { uuidOf } from '../support/gated-dataset.ts'
import { partOf, startMailServer } from '../support/smtp.ts'
import { sql } from '../support/sql.ts'
import { until } from '../support/until.ts'

/** Whatever server the test at hand has. */
let mailer: Mailer | null = null
let app: TestApp

beforeAll(async () => {
  const current: Mailer = { send: (mail) => mailer!.send(mail), close: () => {} }
  app = await startApp({ deals: 100, overrides: { mailer: current } })
  await setOwner('owner@example.com')
})

beforeEach(() => {
  mailer = null
})

afterAll(() => app.stop())

async function setOwner(address: string | null): Promise<void> {
  await sql(app.database.ownerUrl, 'UPDATE sluice.api_keys SET owner_email = $1', [address])
}

async function eventsOf(id: string): Promise<string[]> {
  const rows = await sql<{ type: string; message: string }>(
    app.database.ownerUrl,
    "SELECT type, message FROM sluice.export_events WHERE export_id = $1 AND type IN ('mailed', 'not_mailed') ORDER BY id",
    [uuidOf(id)],
  )
  return rows.map(({ type, message }) => `${type}: ${message}`)
}

async function told(id: string): Promise<string[]> {
  await until('the timeline tells of the mail', async () => (await eventsOf(id)).length > 0)
  return await eventsOf(id)
}

const request = { dataset: 'deals', columns: [{ name: 'id' }], notifyByMail: true }

test('a completed export is mailed once to the owner, with links that work', async () => {
  const server = await startMailServer()
  mailer = smtpMailer({ url: server.url, from: 'Sluice <sluice@example.com>', tls: 'off' })
  const { id } = await acceptExport(app, { ...request, name: 'Größte <Deals> & "mehr"\r\nBcc: x@y.z' })
  const last = await settle(app, id)
  expect(await told(id)).toEqual(["mailed: Mail was sent to the key's owner"])
  expect(server.mails).toHaveLength(1)
  const [mail] = server.mails
  expect(mail).toMatchObject({ from: 'sluice@example.com', to: ['owner@example.com'] })
  expect(mail!.source).not.toMatch(/^Bcc:/m)
  expect(mail!.source).toMatch(/^Auto-Submitted: auto-generated\r$/m)
  const text = partOf(mail!, 'text/plain')
  expect(text).toContain('"Größte <Deals> & "mehr" Bcc: x@y.z"')
  expect(text).toContain('is ready: 100 rows in one file.')
  const html = partOf(mail!, 'text/html')
  expect(html).toContain('Größte &lt;Deals&gt; &amp; &quot;mehr&quot;')
  const [link] = /http:\S+/.exec(text) ?? []
  expect(html).toContain(link!.replaceAll('&', '&amp;'))
  expect((await download(link!)).equals(await download(last.files[0]!.url))).toBe(true)
  // As long as the file, where the plan's links live for an hour.
  const expires = Number(new URL(link!).searchParams.get('expires')) * 1000
  expect(Math.abs(expires - Date.parse(last.expiresAt!))).toBeLessThan(1000)
})

test('a failed export is mailed with its reason, and no link', async () => {
  const server = await startMailServer()
  mailer = smtpMailer({ url: server.url, from: 'sluice@example.com', tls: 'off' })
  await sql(app.database.ownerUrl, "UPDATE sluice.plans SET max_rows_per_export = 5 WHERE name = 'unlimited'")
  const { id } = await acceptExport(app, request)
  expect(await settle(app, id)).toMatchObject({ status: 'FAILED' })
  await sql(
    app.database.ownerUrl,
    "UPDATE sluice.plans SET max_rows_per_export = NULL WHERE name = 'unlimited'",
  )
  expect(await told(id)).toEqual(["mailed: Mail was sent to the key's owner"])
  const text = partOf(server.mails[0]!, 'text/plain')
  expect(text).toContain('ROW_LIMIT_EXCEEDED')
  expect(text).toContain('Trying the same again will not help.')
  expect(text).not.toContain('http')
})

test('without the wish, and for a canceled export, nothing is mailed', async () => {
  const server = await startMailServer()
  mailer = smtpMailer({ url: server.url, from: 'sluice@example.com', tls: 'off' })
  const { id: plain } = await acceptExport(app, { dataset: 'deals', columns: [{ name: 'id' }] })
  await settle(app, plain)
  const { id: canceled } = await acceptExport(app, { ...request, dataset: 'contacts' })
  await cancelExport(app, canceled)
  const { status } = await settle(app, canceled)
  // Mails are sent one after the other: when this one has come, those before it would have.
  const { id } = await acceptExport(app, request)
  await settle(app, id)
  await told(id)
  expect(server.mails).toHaveLength(status === 'CANCELED' ? 1 : 2)
  expect(await eventsOf(plain)).toEqual([])
})

test('a job that is tried again after the mail was sent sends no second one', async () => {
  const server = await startMailServer()
  mailer = smtpMailer({ url: server.url, from: 'sluice@example.com', tls: 'off' })
  const { id } = await acceptExport(app, request)
  await settle(app, id)
  await told(id)
  await sendDoneMail({ ...app.api.services, mailer }, { exportId: uuidOf(id), attempt: 1 }, false)
  await sendDoneMail({ ...app.api.services, mailer }, { exportId: uuidOf(id), attempt: 2 }, false)
  expect(server.mails).toHaveLength(1)
})

test.each([
  ['no owner', 'not_mailed: No mail was sent: the key has no owner with an address'],
  ['no server', 'not_mailed: No mail was sent: this server has no mail server'],
  ['a server that refuses', 'not_mailed: No mail was sent: the mail server did not take it'],
  ['a server that is down, in the end', 'not_mailed: No mail was sent: the mail server did not take it'],
])(
  'with %s the export is completed all the same, and its timeline says why nobody was told',
  async (what, line) => {
    const { id } = await acceptExport(app, { ...request, notifyByMail: false })
    expect(await settle(app, id)).toMatchObject({ status: 'COMPLETED', error: null })
    const job = { exportId: uuidOf(id), attempt: 1 }
    const server = await startMailServer({
      onRcptTo: (_address, _session, done) =>
        done(
          what === 'a server that refuses'
            ? Object.assign(new Error('no such user'), { responseCode: 550 })
            : null,
        ),
    })
    const down = 'smtp://127.0.0.1:9'
    const url = what.startsWith('a server that is down') ? down : server.url
    const services = {
      ...app.api.services,
      mailer: what === 'no server' ? null : smtpMailer({ url, from: 'sluice@example.com', tls: 'off' }),
    }
    if (what === 'no owner') await setOwner(null)
    if (url === down) await expect(sendDoneMail(services, job, false)).rejects.toThrow()
    await sendDoneMail(services, job, url === down)
    await setOwner('owner@example.com')
    expect(await eventsOf(id)).toEqual([line])
    expect(server.mails).toEqual([])
  },
)

test('a mail that the server cannot take now is sent when it can', async () => {
  let refusals = 0
  const server = await startMailServer({
    onMailFrom: (_address, _session, done) => {
      refusals += 1
      done(refusals === 1 ? Object.assign(new Error('try later'), { responseCode: 451 }) : null)
    },
  })
  mailer = smtpMailer({ url: server.url, from: 'sluice@example.com', tls: 'off' })
  const { id } = await acceptExport(app, request)
  await settle(app, id)
  expect(await told(id)).toEqual(["mailed: Mail was sent to the key's owner"])
  expect(server.mails).toHaveLength(1)
})

test('TLS that is required and not offered keeps the mail from being sent; a login is used', async () => {
  const logins: string[] = []
  const server = await startMailServer({
    authOptional: false,
    allowInsecureAuth: true,
    hideSTARTTLS: true,
    onAuth: ({ username, password }, _session, done) => {
      logins.push(`${username} ${password}`)
      done(null, { user: username })
    },
  })
  const mail = { to: 'a@example.com', subject: 's', text: 't', html: 'h', id: '1' }
  const url = server.url.replace('//', '//me%40x:p%20w@')
  await expect(smtpMailer({ url, from: 'b@example.com', tls: 'required' }).send(mail)).rejects.toThrow()
  expect(logins).toEqual([])
  await smtpMailer({ url, from: 'b@example.com', tls: 'off' }).send(mail)
  expect(logins).toEqual(['me@x p w'])
  expect(server.mails).toHaveLength(1)
})

test('of many files the first 20 are linked', async () => {
  const files = Array.from({ length: 25 }, (_, index) => ({
    name: `f${index}`,
    url: `http://x/${index}`,
    rows: 1,
    bytes: 2,
  }))
  const { text } = doneMail({
    name: 'n',
    number: 1,
    end: { status: 'completed', rows: 25, files, expiresAt: null },
  })
  expect(text.match(/http:/g)).toHaveLength(20)
  expect(text).toContain('5 more files are listed in Sluice.')
})
