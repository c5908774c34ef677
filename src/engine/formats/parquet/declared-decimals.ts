import type pg from 'pg'
import { scalarOf } from '../../../core/column-type.ts'
import type { QueryPlan } from '../../plan/plan-query.ts'
import type { DecimalSize } from './options.ts'
import type { ParquetColumn } from './parquet-column.ts'

/**
 * The plan's columns with the sizes that the database declares for its `numeric(p,s)` columns. Costs a
 * plan, no scan; the sizes follow from the tables and never from the rows, so that exports of the same
 * columns have the same schema.
 */
export async function declaredDecimals(
  client: pg.ClientBase,
  plan: QueryPlan,
): Promise<readonly ParquetColumn[]> {
  if (!plan.columns.some(({ type }) => scalarOf(type) === 'decimal')) return plan.columns
  const cells = plan.columns.map(({ sql }) => sql).join(', ')
  const { fields } = await client.query(`SELECT ${cells} ${plan.from} LIMIT 0`)
  return plan.columns.map((column, index) =>
    scalarOf(column.type) === 'decimal'
      ? { ...column, decimal: decimalSize(fields[index]?.dataTypeModifier ?? -1) }
      : column,
  )
}

/**
 * A numeric's type modifier: 16 bits of precision, then 11 of signed scale, plus 4. Undefined where none
 * is declared, or one larger than Parquet's 38 digits.
 * @see PostgreSQL, src/backend/utils/adt/numeric.c, make_numeric_typmod
 */
export function decimalSize(typeModifier: number): DecimalSize | undefined {
  if (typeModifier < 4) return undefined
  const bits = typeModifier - 4
  const declared = bits >> 16
  const places = ((bits & 0x7ff) ^ 0x400) - 0x400
  // numeric(2,-3) holds up to 99000, numeric(2,4) down to 0.0001.
  const scale = Math.max(0, places)
  const precision = Math.max(declared - Math.min(0, places), scale)
  return precision <= 38 ? { precision, scale } : undefined
}
