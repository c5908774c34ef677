import { ValidationError } from '../../core/errors.ts'
import { quoteName } from '../../core/unknown-name.ts'

/** Something that the spec names is gone from the dataset, or can no longer serve as the spec has it. */
export class ColumnDroppedError extends ValidationError {
  /** @param part of the spec that names it. @param message a sentence for the caller, without a full stop */
  constructor(part: 'columns' | 'filter' | 'sort', message: string) {
    super([{ path: part, message }])
  }

  static ofColumns(names: readonly string[]): ColumnDroppedError {
    return new ColumnDroppedError('columns', `Invalid column ID ${names.map(quoteName).join(', ')}`)
  }
}
