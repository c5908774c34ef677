import type { Column, Dataset } from '../../core/dataset.ts'
import { findColumn } from '../../core/find-column.ts'
import { quoteName } from '../../core/unknown-name.ts'
import { ColumnDroppedError } from './column-dropped-error.ts'

/**
 * A column that a resolved filter or sort names, as the database has it.
 * @throws ColumnDroppedError when it has gone, or become computed, since they were resolved
 */
export function storedColumn(name: string, dataset: Dataset, part: 'filter' | 'sort'): Column {
  const column = findColumn(dataset, name)
  if (column && !column.compute) return column
  const reason = column ? 'which is computed for each row of a file now' : 'which the dataset no longer has'
  throw new ColumnDroppedError(part, `The ${part} names the column ${quoteName(name)}, ${reason}`)
}
