import type pg from 'pg'
import { quoteIdentifier, quoteLiteral } from '../../core/sql.ts'
import { copyIn } from '../../platform/postgres/copy-in.ts'
import { numberLines } from './json-lines.ts'
import { LoadError, maxIssues } from './load-error.ts'
import { type FileColumn, lineColumn, type StagedFile, stageTable } from './staged-file.ts'
import type { TargetColumn, TargetTable } from './target-table.ts'

/**
 * Brings a file of JSON objects, one a line, into the stage table. Its columns are the keys of all lines;
 * where a line lacks one, it is NULL. PostgreSQL reads the JSON, so numbers keep every digit.
 * @param checkNames sees the keys, and throws when they will not do
 */
export async function stageNdjson(
  client: pg.Client,
  source: AsyncIterable<Uint8Array>,
  table: TargetTable,
  checkNames: (names: readonly FileColumn[]) => void,
): Promise<StagedFile> {
  await client.query(`CREATE TEMP TABLE sluice_load (${lineColumn} bigint, doc jsonb) ON COMMIT DROP`)
  try {
    await copyIn(
      client,
      `COPY ${stageTable} (${lineColumn}, doc) FROM STDIN (FORMAT text, ENCODING 'UTF8')`,
      numberLines(source),
    )
  } catch (error) {
    throw asIssue(error)
  }
  const strangers = await client.query<{ line: string; kind: string }>(
    `SELECT ${lineColumn} AS line, jsonb_typeof(doc) AS kind FROM ${stageTable}
     WHERE jsonb_typeof(doc) <> 'object' ORDER BY 1 LIMIT ${maxIssues}`,
  )
  if (strangers.rows.length > 0) {
    throw new LoadError(
      strangers.rows.map(({ line, kind }) => ({
        line: Number(line),
        column: null,
        value: null,
        message: `a JSON object is expected, not ${kind}`,
      })),
    )
  }
  const keys = await client.query<{ key: string; line: string }>(
    `SELECT key, min(${lineColumn}) AS line FROM ${stageTable}, jsonb_object_keys(doc) AS key GROUP BY key ORDER BY 2, 1`,
  )
  checkNames(keys.rows.map(({ key, line }) => ({ name: key, line: Number(line) })))
  return ndjsonFile(
    keys.rows.map(({ key }) => key),
    table,
  )
}

function ndjsonFile(names: readonly string[], table: TargetTable): StagedFile {
  const key = (column: TargetColumn) => quoteLiteral(column.name)
  const from = `(SELECT * FROM ${stageTable} WHERE doc IS NOT NULL) AS s`
  return {
    names,
    from,
    typedFrom: `${from}, jsonb_populate_record(NULL::${table.sql}, s.doc) AS r`,
    raw: (column) => `s.doc ->> ${key(column)}`,
    typed: (column) => `r.${quoteIdentifier(column.name)}`,
    isValid: (column) =>
      `jsonb_populate_record_valid(NULL::${table.sql}, jsonb_build_object(${key(column)}, s.doc -> ${key(column)}))`,
  }
}

/** What COPY says of a line that is no JSON. */
function asIssue(error: unknown): unknown {
  const { where, message, detail } = error as { where?: string; message?: string; detail?: string }
  const line = /COPY sluice_load, line (\d+)/.exec(where ?? '')?.[1]
  if (!line || message === undefined) return error
  const issue = {
    line: Number(line),
    column: null,
    value: null,
    message: detail ? `${message}: ${detail}` : message,
  }
  return new LoadError([issue], { cause: error })
}
