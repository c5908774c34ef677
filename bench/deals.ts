import type { CreateExportInput } from '../src/client/client.ts'

/** Sixteen columns of deals: text with commas, quotes and newlines, lists, numbers, instants, NULLs. */
const columns = [
  'id',
  'name',
  'amount',
  'proposal_due',
  'created_at',
  'updated_at',
  'deal_analyzed',
  'deal_status',
  'previous_status',
  'pipeline',
  'type',
  'region',
  'industry',
  'all_competitors',
  'drivers',
  'summary',
]

export const dealsSql = `SELECT ${columns.join(', ')} FROM crm.deals WHERE organization_id = 'demo'`

/** All of them, in no order. Each format's own defaults. */
export const deals: CreateExportInput = { dataset: 'deals', columns: columns.map((name) => ({ name })) }

/** Options under which a CSV file is, byte for byte, what `\copy … csv header` writes. */
export const asCopy: NonNullable<CreateExportInput['options']> = {
  formulaGuard: false,
  listSeparator: null,
  booleanText: { true: 't', false: 'f' },
}
