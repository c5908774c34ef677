import type { Mail } from './mailer.ts'

/** More links than this nobody follows by hand. */
const maxLinks = 20

/** What there is to say of an export that has ended. */
export interface DoneExport {
  readonly name: string
  readonly number: number
  readonly end:
    | {
        readonly status: 'completed'
        readonly rows: number
        readonly files: readonly { name: string; url: string; rows: number; bytes: number }[]
        /** When files and links go; null: never. */
        readonly expiresAt: Date | null
      }
    | {
        readonly status: 'failed'
        readonly code: string
        readonly message: string
        readonly retryable: boolean
      }
}

/** The mail to whoever asked for the export, as text and as HTML. */
export function doneMail(done: DoneExport): Pick<Mail, 'subject' | 'text' | 'html'> {
  const name = done.name.replaceAll(/\p{Cc}+/gu, ' ')
  switch (done.end.status) {
    case 'completed':
      return completedMail(name, done.number, done.end)
    case 'failed':
      return failedMail(name, done.number, done.end)
    default:
      return done.end satisfies never
  }
}

type Completed = Extract<DoneExport['end'], { status: 'completed' }>
type Failed = Extract<DoneExport['end'], { status: 'failed' }>

function completedMail(name: string, number: number, { rows, files, expiresAt }: Completed) {
  const what = files.length === 1 ? 'one file' : `${count(files.length)} files`
  const sentence = `Your export "${name}" (number ${number}) is ready: ${count(rows)} rows in ${what}.`
  const linked = files.slice(0, maxLinks)
  const rest =
    files.length > maxLinks ? `${count(files.length - maxLinks)} more files are listed in Sluice.` : ''
  const until = expiresAt ? `, until ${expiresAt.toISOString().slice(0, 16).replace('T', ' ')} UTC` : ''
  const warning = `A link works without a key, for everybody who has it${until}.`
  const sizeOf = (file: Completed['files'][number]) => `${count(file.rows)} rows, ${count(file.bytes)} bytes`
  const links = linked.map((file) => `${file.name} (${sizeOf(file)})\n${file.url}`)
  return {
    subject: `Export "${name}" is ready`,
    text: paragraphs([sentence, ...links, rest, warning]),
    html: page([
      `<p>${htmlOf(sentence)}</p>`,
      `<ul>${linked
        .map(
          (file) =>
            `<li><a href="${htmlOf(file.url)}">${htmlOf(file.name)}</a> (${htmlOf(sizeOf(file))})</li>`,
        )
        .join('')}</ul>`,
      ...(rest ? [`<p>${htmlOf(rest)}</p>`] : []),
      `<p>${htmlOf(warning)}</p>`,
    ]),
  }
}

function failedMail(name: string, number: number, { code, message, retryable }: Failed) {
  const sentence = `Your export "${name}" (number ${number}) has failed: ${message} (${code})`
  const advice = retryable ? 'Trying again can help.' : 'Trying the same again will not help.'
  return {
    subject: `Export "${name}" has failed`,
    text: paragraphs([sentence, advice]),
    html: page([`<p>${htmlOf(sentence)}</p>`, `<p>${htmlOf(advice)}</p>`]),
  }
}

function paragraphs(texts: readonly string[]): string {
  return `${texts.filter(Boolean).join('\n\n')}\n`
}

function page(parts: readonly string[]): string {
  return `<!doctype html><html lang="en"><body style="font-family: sans-serif; line-height: 1.5">${parts.join('')}</body></html>`
}

function count(number: number): string {
  return number.toLocaleString('en-US')
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function htmlOf(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => entities[character]!)
}
