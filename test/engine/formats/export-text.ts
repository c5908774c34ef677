import { type Dataset, keyOf } from '../../../src/core/dataset.ts'
import { ValidationError } from '../../../src/core/errors.ts'
import { resolveOptions } from '../../../src/core/options.ts'
import type { ExportFormat, SpecColumn } from '../../../src/core/spec.ts'
import type { OnSummary } from '../../../src/engine/formats/format.ts'
import { formatFor } from '../../../src/engine/formats/formats.ts'
import { planQuery } from '../../../src/engine/plan/plan-query.ts'
import { readRows } from '../../../src/engine/read-rows.ts'
import { Snapshot } from '../../../src/engine/source/snapshot.ts'

export interface ExportRun {
  readonly url: string
  readonly dataset: Dataset
  readonly format: ExportFormat
  readonly options?: object
  /** Default: all of the dataset's, with their names as headers. */
  readonly columns?: readonly SpecColumn[]
  readonly onSummary?: OnSummary
}

/** The file as a worker would make it: the dataset's rows in the order of its key. */
export async function exportFile(run: ExportRun): Promise<Buffer> {
  const { dataset, url } = run
  const options = resolved(run)
  const format = formatFor(run.format)
  const signal = new AbortController().signal
  const columns = run.columns ?? Object.keys(dataset.columns).map((name) => ({ name, header: name }))
  const plan = planQuery(
    { columns, filter: null, sort: [] },
    { dataset, findDataset: () => undefined, tenant: '' },
  )
  // A key need not be declared as a column here.
  const order = keyOf(dataset).map((name) => plan.key.find((key) => key.name === name)?.sql ?? `t."${name}"`)
  const byKey = { ...plan, orderBy: `ORDER BY ${order.join(', ')}` }
  await using snapshot = await Snapshot.take({
    session: {},
    url,
    timeZone: String(options.timeZone ?? 'UTC'),
    applicationName: 'test',
  })
  const rows = readRows(snapshot.holder, { format, plan: byKey, options, signal })
  const pieces: Buffer[] = []
  const { onSummary } = run
  for await (const piece of format.encode(rows, { columns: plan.columns, options, signal, onSummary })) {
    pieces.push(Buffer.from(piece))
  }
  return Buffer.concat(pieces)
}

function resolved({
  format,
  options,
}: Pick<ExportRun, 'format' | 'options'>): Readonly<Record<string, unknown>> {
  const issues: { path: string; message: string }[] = []
  const all = resolveOptions(format, options, issues)
  if (issues.length > 0) throw new ValidationError(issues)
  return all
}

/** A dataset over one table of everybody's. */
export function tableDataset(table: string, columns: Dataset['columns'], key = 'n'): Dataset {
  return {
    name: table,
    label: table,
    source: { table: { schema: 'public', name: table } },
    key: [key],
    tenant: { shared: true },
    columns,
  }
}
