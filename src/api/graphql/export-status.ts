import type { ExportStage, ExportStatus } from '../../core/status.ts'
import { builder } from './builder.ts'
import { enumValues } from './enum-values.ts'

export const ExportStatusEnum = builder.enumType('ExportStatus', {
  description:
    'PENDING → PROCESSING → COMPLETED, FAILED or CANCELED; COMPLETED → EXPIRED when the files are gone.',
  values: enumValues<ExportStatus>({
    pending: 'It waits for a worker.',
    processing: 'A worker makes it.',
    completed: 'Its files can be downloaded.',
    failed: 'It ended without files; `error` says why.',
    canceled: 'Somebody ended it before it was done.',
    expired: 'It was completed, and its files are gone.',
  }),
})

export const ExportStageEnum = builder.enumType('ExportStage', {
  description: 'What is being done right now.',
  values: enumValues<ExportStage>({
    queued: 'Nothing yet: it waits.',
    counting: 'The rows are counted.',
    exporting: 'Rows are read and written.',
    compressing: 'What was written is packed.',
    uploading: 'Parts are joined in the storage.',
    publishing: 'The files are made visible.',
    done: 'Nothing any more: it has ended.',
  }),
})
