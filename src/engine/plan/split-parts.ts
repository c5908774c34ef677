import { type Dataset, keyOf } from '../../core/dataset.ts'
import { findColumn } from '../../core/find-column.ts'
import type { SortKey } from '../../core/spec.ts'
import { quoteLiteral, quoteTable } from '../../core/sql.ts'
import type { Snapshot } from '../source/snapshot.ts'
import { columnSql } from './column-sql.ts'
import { fromSql, type QueryPlan } from './plan-query.ts'

/** More parts than this bring nothing and cost a connection and an object each. */
const maxParts = 64

/** Rows that are looked at to find where to cut. */
const sampleRows = 20_000

/** An organization with less than this share of a table is found by its index, not by reading the table. */
const tableShare = 0.2

/**
 * Cuts the rows of a plan into parts of about `rowsPerPart`, as conditions over `t` in the order of the
 * file. Every row is in exactly one part. Without a sort, by blocks of the table (`ctid`), which
 * Postgres reads without sorting or searching; with one, by ranges of its first key, found from a sample.
 * A single `true` when there is nothing to gain, or no way to cut: a view, a query, a key of few values.
 */
export async function splitParts(
  snapshot: Snapshot,
  context: {
    dataset: Dataset
    plan: QueryPlan
    sort: readonly SortKey[]
    estimatedRows: number
    rowsPerPart: number
  },
): Promise<readonly string[]> {
  const { dataset, plan, sort, estimatedRows, rowsPerPart } = context
  const parts = Math.min(maxParts, Math.ceil(estimatedRows / rowsPerPart))
  if (parts < 2 || plan.limit !== null || !('table' in dataset.source)) return ['true']
  const table = await describeTable(snapshot, dataset.source.table)
  if (!table) return ['true']
  const [key] = sort
  if (key) return await splitByKey(snapshot, { dataset, plan, key, parts, table })
  if (estimatedRows >= table.rows * tableShare) return splitByBlocks(table.blocks, parts)
  const [column] = keyOf(dataset)
  if (column === undefined) return ['true']
  return await splitByKey(snapshot, {
    dataset,
    plan,
    key: { column, direction: 'asc', nulls: 'last' },
    parts,
    table,
  })
}

/** Blocks of the table, of 8 kB each, that one range has: what it holds of rows is read ahead into memory. */
const blocksPerRange = 512

/**
 * Cuts the rows of a plan into small ranges of blocks, as conditions over `t` in the order of the table. None
 * when they cannot be cut so: they are sorted, limited, a small share of their table, or not a table's.
 */
export async function splitRanges(
  snapshot: Snapshot,
  context: { dataset: Dataset; plan: QueryPlan; sort: readonly SortKey[]; estimatedRows: number },
): Promise<readonly string[]> {
  const { dataset, plan, sort, estimatedRows } = context
  if (plan.limit !== null || sort.length > 0 || !('table' in dataset.source)) return []
  const table = await describeTable(snapshot, dataset.source.table)
  if (!table || estimatedRows < table.rows * tableShare) return []
  return splitByBlocks(table.blocks, Math.ceil(table.blocks / blocksPerRange))
}

interface TableSize {
  readonly blocks: number
  readonly rows: number
}

/**
 * Null for what has no blocks of its own (views, partitioned and foreign tables) and for a table that others
 * inherit from: each of them counts its blocks from 0.
 */
async function describeTable(
  snapshot: Snapshot,
  table: { schema: string; name: string },
): Promise<TableSize | null> {
  const name = quoteTable(table)
  const { rows } = await snapshot.holder.query<{
    relkind: string
    inherited: boolean
    blocks: string
    rows: number
  }>(
    `SELECT relkind, relhassubclass AS inherited, pg_relation_size(oid) / current_setting('block_size')::bigint AS blocks, reltuples AS rows
     FROM pg_class WHERE oid = $1::regclass`,
    [name],
  )
  const [row] = rows
  const hasBlocks = (row?.relkind === 'r' && !row.inherited) || row?.relkind === 'm'
  return row && hasBlocks ? { blocks: Number(row.blocks), rows: row.rows } : null
}

/** The last range has no end: it also holds what was added since the size was read (none, in a snapshot). */
function splitByBlocks(blocks: number, parts: number): string[] {
  const cuts = Array.from({ length: parts - 1 }, (_, index) => Math.floor((blocks * (index + 1)) / parts))
  const distinct = [...new Set(cuts)].filter((cut) => cut > 0)
  return [...distinct, null].map((end, index) => {
    const start = distinct[index - 1]
    const conditions = []
    if (start !== undefined) conditions.push(`t.ctid >= '(${start},0)'::tid`)
    if (end !== null) conditions.push(`t.ctid < '(${end},0)'::tid`)
    return conditions.join(' AND ') || 'true'
  })
}

async function splitByKey(
  snapshot: Snapshot,
  context: { dataset: Dataset; plan: QueryPlan; key: SortKey; parts: number; table: TableSize },
): Promise<readonly string[]> {
  const { dataset, plan, key, parts, table } = context
  const column = findColumn(dataset, key.column)
  if (!column) return ['true']
  const sql = columnSql(key.column, column)
  const percent = Math.min(100, (sampleRows / Math.max(1, table.rows)) * 100)
  const fractions = Array.from({ length: parts - 1 }, (_, index) => (index + 1) / parts)
  // SYSTEM reads whole blocks: quick, and good enough to cut by. REPEATABLE: the same cuts every time.
  const from = fromSql({
    source: `${plan.source} TABLESAMPLE SYSTEM (${percent}) REPEATABLE (1)`,
    join: '',
    conditions: plan.conditions,
  })
  const { rows } = await snapshot.holder.query<{ cuts: (string | null)[] | null }>(
    `SELECT percentile_disc(ARRAY[${fractions}]::float8[]) WITHIN GROUP (ORDER BY sampled.value)::text[] AS cuts
     FROM (SELECT ${sql} AS value ${from}) AS sampled`,
  )
  const cuts = [...new Set((rows[0]?.cuts ?? []).filter((cut) => cut !== null))]
  if (cuts.length === 0) return ['true']
  return rangesOf(sql, cuts, key)
}

/** Ranges between ascending cuts, in the direction of the key, with NULL at the end that the sort gives it. */
function rangesOf(sql: string, cuts: readonly string[], key: SortKey): string[] {
  const literals = cuts.map((cut) => quoteLiteral(cut))
  const ranges = [...literals, null].map((end, index) => {
    const start = literals[index - 1]
    const conditions = []
    if (start !== undefined) conditions.push(`${sql} >= ${start}`)
    if (end !== null) conditions.push(`${sql} < ${end}`)
    return conditions.join(' AND ')
  })
  if (key.direction === 'desc') ranges.reverse()
  const nullsAt = key.nulls === 'first' ? 0 : ranges.length - 1
  return ranges.map((range, index) => (index === nullsAt ? `(${range} OR ${sql} IS NULL)` : `(${range})`))
}
