import { type DoneExport, doneMail } from '../delivery/done-mail.ts'
import { MailRefusedError } from '../delivery/mailer.ts'
import { ApiKey } from '../platform/db/entities/api-key.ts'
import { Export } from '../platform/db/entities/export.ts'
import { ExportEvent } from '../platform/db/entities/export-event.ts'
import type { MailJob } from '../platform/queue/queue.ts'
import { type LinkServices, linkFiles } from './link-files.ts'
import { recordEvent } from './record-event.ts'
import type { Services } from './services.ts'

type MailServices = Pick<Services, 'orm' | 'mailer' | 'now' | 'log'> & LinkServices

/**
 * Tells the owner of the key that asked for it that an export has ended. What keeps it from being sent is
 * a line in the export's timeline, never an error of the export. The end of another attempt than the
 * job's has a mail of its own.
 * @throws when the queue should try again
 */
export async function sendDoneMail(
  services: MailServices,
  { exportId, attempt }: MailJob,
  isLastTry: boolean,
): Promise<void> {
  const em = services.orm.em.fork()
  const row = await em.findOne(Export, exportId)
  if (row?.attempt !== attempt) return
  const end = await endOf(services, row)
  if (!end) return
  // The job is tried again when its worker dies after the mail was sent: then this line stands already.
  if ((await em.count(ExportEvent, { export: exportId, type: 'mailed', attempt })) > 0) return
  const note = (type: 'mailed' | 'not_mailed', message: string) =>
    recordEvent(em, { exportId, type, attempt, message, at: services.now() })

  const { mailer } = services
  const key = row.requestedBy ? await em.findOne(ApiKey, row.requestedBy.id) : null
  const isLive = key && !key.revokedAt && !(key.expiresAt && key.expiresAt <= services.now())
  if (!isLive) return await note('not_mailed', 'No mail was sent: the key that asked is no longer valid')
  if (!key.ownerEmail)
    return await note('not_mailed', 'No mail was sent: the key has no owner with an address')
  if (!mailer) {
    services.log.info({ exportId }, 'no mail was sent: SLUICE_SMTP_URL is not set')
    return await note('not_mailed', 'No mail was sent: this server has no mail server')
  }
  try {
    await mailer.send({
      ...doneMail({ name: row.name, number: row.number, end }),
      to: key.ownerEmail,
      id: `${exportId}.${attempt}`,
    })
  } catch (error) {
    services.log.error({ err: error, exportId, isLastTry }, 'a mail could not be sent')
    if (!isLastTry && !(error instanceof MailRefusedError)) throw error
    return await note('not_mailed', 'No mail was sent: the mail server did not take it')
  }
  await note('mailed', "Mail was sent to the key's owner")
}

/** Null when there is nothing to tell (any more): canceled, under way again, or its files have gone. */
async function endOf(services: MailServices, row: Export): Promise<DoneExport['end'] | null> {
  switch (row.status) {
    case 'completed': {
      const linksFor = row.requestedBy ? { keyId: row.requestedBy.id, expiresAt: null } : null
      const links = await linkFiles({ ...services, ...(linksFor ? { linksFor } : {}) }, row, 'files')
      return {
        status: 'completed',
        rows: row.rowsExported,
        files: links.map(({ file, url }) => ({
          name: file.name,
          url,
          rows: file.rows,
          bytes: file.plainBytes ?? file.bytes,
        })),
        expiresAt: row.expiresAt ?? null,
      }
    }
    case 'failed':
      return {
        status: 'failed',
        code: row.errorCode ?? 'INTERNAL',
        message: row.errorMessage ?? '',
        retryable: row.errorRetryable ?? false,
      }
    case 'pending':
    case 'processing':
    case 'canceled':
    case 'expired':
      return null
    default:
      return row.status satisfies never
  }
}
