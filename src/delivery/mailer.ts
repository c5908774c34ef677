import { createTransport } from 'nodemailer'

export interface Mail {
  /** One address. */
  readonly to: string
  readonly subject: string
  readonly text: string
  readonly html: string
  /** The same for every try, so that a mail program shows one of two that arrived. */
  readonly id: string
}

export interface Mailer {
  /** Returns when the server has taken it. @throws MailRefusedError; other errors can pass */
  send(mail: Mail): Promise<void>
  close(): void
}

/** The server has said that it will never take this mail. */
export class MailRefusedError extends Error {}

/** Whether the connection is encrypted by STARTTLS: when the server offers it, always, or never. */
export const tlsModes = ['offered', 'required', 'off'] as const
export type TlsMode = (typeof tlsModes)[number]

export interface SmtpSettings {
  /** `smtp://user:password@host:587`, or `smtps://` for TLS from the first byte. */
  readonly url: string
  /** `Sluice <exports@example.com>` */
  readonly from: string
  readonly tls: TlsMode
}

const connectTimeoutMs = 10_000
/** Without a word of the server. */
const silenceTimeoutMs = 30_000

/** Mail over SMTP; a connection for each, since they are few. */
export function smtpMailer({ url, from, tls }: SmtpSettings): Mailer {
  const { protocol, hostname, port, username, password } = new URL(url)
  const isSecure = protocol === 'smtps:'
  const transport = createTransport({
    host: hostname,
    port: port ? Number(port) : isSecure ? 465 : 587,
    secure: isSecure,
    requireTLS: tls === 'required',
    ignoreTLS: tls === 'off',
    ...(username ? { auth: { user: decodeURIComponent(username), pass: decodeURIComponent(password) } } : {}),
    connectionTimeout: connectTimeoutMs,
    greetingTimeout: connectTimeoutMs,
    socketTimeout: silenceTimeoutMs,
    // What is mailed is made here; nothing of it may name a file or an address to be read.
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  return {
    async send({ to, subject, text, html, id }) {
      try {
        await transport.sendMail({
          from,
          // As an object it is one address, whatever commas are in it.
          to: { name: '', address: to },
          subject,
          text,
          html,
          messageId: `<${id}@sluice>`,
          headers: { 'Auto-Submitted': 'auto-generated' },
        })
      } catch (error) {
        if (isRefusal(error))
          throw new MailRefusedError('The mail server refused the mail.', { cause: error })
        throw error
      }
    },
    close: () => transport.close(),
  }
}

/** A 5yz reply to the mail itself; one to the login can be mended. @see RFC 5321 section 4.2.1, RFC 4954 section 6 */
function isRefusal(error: unknown): boolean {
  const { responseCode, code } = error as { responseCode?: number; code?: string }
  return responseCode !== undefined && responseCode >= 500 && code !== 'EAUTH'
}
