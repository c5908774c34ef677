import { SluiceError } from '../../core/errors.ts'

/** A computed column's function threw, or gave what its column does not hold. The cause is for the log. */
export class ComputeFailedError extends SluiceError {
  readonly code = 'COMPUTE_FAILED'
  readonly column: string
  /** @param row what tells the row from others, as in `id '17'`; empty where the dataset has no key */
  constructor(column: string, row: string, problem: string, options?: ErrorOptions) {
    super(`The computed column '${column}' failed${row && ` on the row with ${row}`}: ${problem}.`, options)
    this.column = column
  }
}
