import { v7 as uuidv7 } from 'uuid'
import type { ExportFailure } from '../core/failure.ts'
import { runTogether } from '../platform/db/run-together.ts'
import { giveBackPlace } from './admissions.ts'
import { type Attempt, AttemptLost } from './attempt.ts'
import { lockOrganization } from './lock-organization.ts'
import { eventStatement, recordEvent } from './record-event.ts'
import { releaseWaiting } from './release-waiting.ts'
import type { Services } from './services.ts'

const backInQueue = {
  status: 'pending',
  stage: 'queued',
  progress: 0,
  rows_exported: 0,
  bytes: 0,
  parts_total: null,
  parts_ready: null,
  estimated_completion_at: null,
}

/** Puts the export back as it was before the attempt, with a job of its own. */
export async function requeueExport(services: Services, attempt: Attempt): Promise<void> {
  await unlessLost(
    services.orm.em.fork().transactional(async (em) => {
      const jobId = uuidv7()
      await attempt.change(em, { ...backInQueue, job_id: jobId })
      const message = 'The worker was shut down; another one takes over'
      await runTogether(em, [
        eventStatement({ ...eventOf(services, attempt), type: 'requeued', message }),
        await services.queue.jobStatement({ exportId: attempt.exportId, jobId }),
      ])
    }),
  )
}

/** Ends the export, or puts it back for another try. @throws the failure when the queue should try again */
export async function settleFailure(
  services: Services,
  attempt: Attempt,
  failure: ExportFailure,
  isLastTry: boolean,
): Promise<void> {
  const tryAgain = failure.retryable && !isLastTry
  services.log.error(
    { err: failure, exportId: attempt.exportId, attempt: attempt.number, tryAgain },
    'an attempt failed',
  )
  const error = {
    error_code: failure.code,
    error_message: failure.message,
    error_retryable: failure.retryable,
  }
  const isOurs = await unlessLost(
    services.orm.em.fork().transactional(async (em) => {
      await lockOrganization(em, attempt.organizationId)
      const ended = { status: 'failed', completed_at: services.now(), estimated_completion_at: null }
      await attempt.change(em, { ...(tryAgain ? backInQueue : ended), ...error })
      const type = tryAgain ? 'retrying' : 'failed'
      await recordEvent(em, { ...eventOf(services, attempt), type, message: failure.message })
      if (tryAgain) return
      await giveBackPlace(em, attempt.exportId)
      if (attempt.notifiesByMail)
        await services.queue.enqueueMail(em, { exportId: attempt.exportId, attempt: attempt.number })
      await releaseWaiting(services, em, attempt.organizationId)
    }),
  )
  // A job that is thrown for an attempt that somebody else has taken over would disturb that one.
  if (tryAgain && isOurs) throw failure
}

function eventOf(services: Services, attempt: Attempt): { exportId: string; attempt: number; at: Date } {
  return { exportId: attempt.exportId, attempt: attempt.number, at: services.now() }
}

/** False: the export was canceled or begun anew meanwhile, and is somebody else's to settle. */
async function unlessLost(work: Promise<unknown>): Promise<boolean> {
  try {
    await work
    return true
  } catch (error) {
    if (!(error instanceof AttemptLost)) throw error
    return false
  }
}
