import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'
import { onTestFinished } from 'vitest'

export interface ReceivedMail {
  readonly from: string
  readonly to: readonly string[]
  /** Headers and bodies as they came over the wire. */
  readonly source: string
  readonly isEncrypted: boolean
}

export interface TestMailServer {
  readonly url: string
  readonly mails: ReceivedMail[]
}

/** A real SMTP server on loopback, that ends with the test. */
export async function startMailServer(options: SMTPServerOptions = {}): Promise<TestMailServer> {
  const mails: ReceivedMail[] = []
  const server = new SMTPServer({
    authOptional: true,
    disableReverseLookup: true,
    async onData(stream, session, done) {
      const chunks: Buffer[] = []
      for await (const chunk of stream) chunks.push(chunk)
      const { mailFrom, rcptTo } = session.envelope
      mails.push({
        from: mailFrom ? mailFrom.address : '',
        to: rcptTo.map(({ address }) => address),
        source: Buffer.concat(chunks).toString(),
        isEncrypted: session.secure,
      })
      done()
    },
    ...options,
  })
  // A client that refuses our self-signed certificate is what some tests want.
  server.on('error', () => {})
  server.listen(0, '127.0.0.1')
  await once(server.server, 'listening')
  onTestFinished(async () => {
    await new Promise<void>((closed) => void server.close(closed))
  })
  return { url: `smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}`, mails }
}

/** The body of a part, decoded. */
export function partOf(mail: ReceivedMail, type: 'text/plain' | 'text/html'): string {
  const [head = '', body = ''] =
    mail.source
      .split(/\r\n--[^\r\n]+/)
      .find((part) => part.includes(`Content-Type: ${type}`))
      ?.trimStart()
      .split(/\r\n\r\n([\s\S]*)/) ?? []
  if (head.includes('base64')) return Buffer.from(body, 'base64').toString()
  if (!head.includes('quoted-printable')) return body
  const bytes = body
    .replaceAll('=\r\n', '')
    .replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  return Buffer.from(bytes, 'latin1').toString()
}
