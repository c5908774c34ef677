import { SluiceError } from '../../../core/errors.ts'

/** The rows do not fit an .xls file. Trying again cannot help; asking for XLSX does. */
export class XlsLimitError extends SluiceError {
  readonly code = 'XLS_LIMIT_EXCEEDED'
  readonly retryable = false
  readonly limit: 'rows' | 'bytes'
  constructor(limit: 'rows' | 'bytes', sentence: string) {
    super(`${sentence} Use the format XLSX instead.`)
    this.limit = limit
  }
}
