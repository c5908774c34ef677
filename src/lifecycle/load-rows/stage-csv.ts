import type pg from 'pg'
import { quoteIdentifier, quoteLiteral } from '../../core/sql.ts'
import { copyIn } from '../../platform/postgres/copy-in.ts'
import { numberRecords, parseRecord } from './csv-records.ts'
import { LoadError } from './load-error.ts'
import { type FileColumn, lineColumn, type StagedFile, stageTable } from './staged-file.ts'
import type { TargetColumn } from './target-table.ts'

/**
 * Brings a CSV file (RFC 4180, comma, UTF-8, a header) into the stage table, every cell as text. A cell
 * that is empty is NULL; `""` is an empty text.
 * @param checkNames sees the header before anything is read further, and throws when it will not do
 */
export async function stageCsv(
  client: pg.Client,
  source: AsyncIterable<Uint8Array>,
  checkNames: (names: readonly FileColumn[]) => void,
): Promise<StagedFile> {
  const records = numberRecords(source)
  const first = (await records.next()).value ?? Buffer.alloc(0)
  const header = first.toString('utf8').replace(/\r?\n?$/, '')
  if (header === '') {
    const message = 'the file is empty: a header that names the columns is expected'
    throw new LoadError([{ line: 1, column: null, value: null, message }])
  }
  const names = parseRecord(header)
  checkNames(names.map((name) => ({ name, line: 1 })))
  const columns = names.map(quoteIdentifier)
  await client.query(
    `CREATE TEMP TABLE sluice_load (${lineColumn} bigint, ${columns.map((name) => `${name} text`).join(', ')}) ON COMMIT DROP`,
  )
  const headerLines = header.split('\n').length
  try {
    await copyIn(
      client,
      `COPY ${stageTable} (${[lineColumn, ...columns].join(', ')}) FROM STDIN (FORMAT csv, HEADER, ENCODING 'UTF8')`,
      withHeader(records),
    )
  } catch (error) {
    throw inLinesOfFile(error, headerLines - 1)
  }
  return csvFile(names)
}

/** COPY learns from its first line how lines end, and counts those within quotes wrongly until then. */
async function* withHeader(records: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield Buffer.from(`${lineColumn}\n`)
  yield* records
}

function csvFile(names: readonly string[]): StagedFile {
  const raw = (column: TargetColumn) => `s.${quoteIdentifier(column.name)}`
  // Lists as exports write them by default, 'a; b', or as PostgreSQL's own text, '{a,b}'.
  const text = (column: TargetColumn) =>
    column.isArray
      ? `CASE WHEN ${raw(column)} LIKE '{%' THEN ${raw(column)} ELSE string_to_array(${raw(column)}, '; ')::text END`
      : raw(column)
  return {
    names,
    from: `${stageTable} AS s`,
    typedFrom: `${stageTable} AS s`,
    raw,
    typed: (column) => `(${text(column)})::${column.bareType}`,
    isValid: (column) => `coalesce(pg_input_is_valid(${text(column)}, ${quoteLiteral(column.type)}), true)`,
  }
}

/** What COPY says of a record that it cannot cut into cells. */
function inLinesOfFile(error: unknown, linesBefore: number): unknown {
  const { where, message } = error as { where?: string; message?: string }
  const line = /COPY sluice_load, line (\d+)/.exec(where ?? '')?.[1]
  if (!line || message === undefined) return error
  const missing = /^missing data for column "(.*)"$/.exec(message)?.[1]
  const issue = {
    line: Number(line) + linesBefore,
    column: missing ?? null,
    value: null,
    message:
      missing !== undefined
        ? 'the line has fewer cells than the header'
        : message.startsWith('extra data')
          ? 'the line has more cells than the header'
          : message,
  }
  return new LoadError([issue], { cause: error })
}
