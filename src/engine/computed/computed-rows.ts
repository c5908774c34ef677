import type pg from 'pg'
import type { ComputeValue } from '../../core/dataset.ts'
import { openTimeZone, type TimeZone } from '../../core/time-zone.ts'
import type { CellFormat, RowBlock, ValueText } from '../formats/format.ts'
import { selectCells } from '../formats/select-cells.ts'
import type { NamedSql, PlannedComputation } from '../plan/plan-computation.ts'
import type { PlannedColumn, QueryPlan } from '../plan/plan-query.ts'
import { type CopyOutOptions, copyOut } from '../source/copy-out.ts'
import { type CopyRow, copyRows } from './copy-rows.ts'
import { ComputeFailedError } from './errors.ts'
import { inputSql, inputValue } from './input-value.ts'
import { valueText, WrongValueError } from './value-text.ts'

/** How one column of the file gets its cell from a row of the query. */
type CellOf = (row: CopyRow) => string | null

interface ComputedQuery {
  readonly sql: string
  /** In the file's order. */
  readonly cells: readonly CellOf[]
}

export function hasComputed(plan: QueryPlan): boolean {
  return plan.columns.some(({ computed }) => computed !== undefined)
}

/**
 * The rows of a plan with computed columns, as the format's `encode` takes them. Postgres still makes every
 * cell that it can; behind them come the values that functions want, once each, and the key.
 * @throws ComputeFailedError
 */
export async function* computedRows(
  client: pg.Client,
  request: {
    readonly plan: QueryPlan
    readonly format: CellFormat
    /** IANA name of the zone in which instants are written. */
    readonly timeZone: string
    readonly signal: AbortSignal
    readonly copyOptions: Omit<CopyOutOptions, 'rowEnd'>
  },
): AsyncGenerator<RowBlock> {
  const { plan, format, signal } = request
  const query = computedQuery(plan, format, openTimeZone(request.timeZone))
  const copySql = `COPY (${query.sql}) TO STDOUT`
  for await (const { bytes, rows } of copyOut(client, copySql, signal, request.copyOptions)) {
    const cells = copyRows(bytes).map((row) => query.cells.map((cellOf) => cellOf(row)))
    yield { bytes: Buffer.from(format.rowsText(cells)), rows }
  }
}

/** A query of cells, inputs and key, and how the file's cells are made of its rows. */
export function computedQuery(
  plan: QueryPlan,
  format: Omit<CellFormat, 'rowsText'>,
  zone: TimeZone,
): ComputedQuery {
  const inputs = inputsOf(plan)
  const known = plan.columns.filter(({ computed }) => !computed)
  const select = selectCells(
    { ...plan, columns: [...known, ...inputs.columns] },
    (column) => (inputs.columns.includes(column) ? inputSql(column) : format.valueSql(column)),
    (value, column) => (inputs.columns.includes(column) ? value : format.cellSql(value, column)),
  )
  const rowName = (row: CopyRow) =>
    plan.key.map((input) => `${input.name} '${row[known.length + inputs.indexOf(input)]}'`).join(', ')
  const cells = plan.columns.map((column): CellOf => {
    const { computed } = column
    if (!computed) {
      const index = known.indexOf(column)
      return (row) => row[index] ?? null
    }
    const read = computed.from.map((input) => {
      const index = known.length + inputs.indexOf(input)
      return (row: CopyRow): [string, ComputeValue] => [
        input.name,
        inputValue(row[index] ?? null, input.type),
      ]
    })
    return (row) => {
      const values = Object.fromEntries(read.map((entryOf) => entryOf(row)))
      return format.cellText(
        compute(column, computed, values, zone, () => rowName(row)),
        column,
      )
    }
  })
  return { sql: select, cells }
}

/** What functions want and the key, each once. */
function inputsOf({ columns, key }: QueryPlan): {
  readonly columns: readonly PlannedColumn[]
  indexOf(input: NamedSql): number
} {
  const wordOf = ({ type, sql }: NamedSql) => `${type} ${sql}`
  const byWord = new Map<string, NamedSql>()
  for (const input of [...columns.flatMap(({ computed }) => computed?.from ?? []), ...key]) {
    byWord.set(wordOf(input), input)
  }
  const words = [...byWord.keys()]
  return {
    columns: [...byWord.values()].map((input) => ({ ...input, header: input.name })),
    indexOf: (input) => words.indexOf(wordOf(input)),
  }
}

function compute(
  { name, type }: PlannedColumn,
  { value }: PlannedComputation,
  row: Readonly<Record<string, ComputeValue>>,
  zone: TimeZone,
  rowName: () => string,
): ValueText {
  let made: unknown
  try {
    made = value(row)
  } catch (error) {
    const thrown = error instanceof Error ? error.name : typeof error
    throw new ComputeFailedError(name, rowName(), `its function threw ${thrown}`, { cause: error })
  }
  try {
    return valueText(made, type, zone)
  } catch (error) {
    if (!(error instanceof WrongValueError)) throw error
    throw new ComputeFailedError(name, rowName(), `its function gave ${error.message}`, { cause: error })
  }
}
