import type { PolicyDef } from '@mikro-orm/core'

/** Holds the organization that a transaction works for, and nothing outside of it. Not set: all of them. */
export const organizationSetting = 'sluice.organization'

// A subquery, so that it is read once for a statement and not once for a row.
const current = `( SELECT (NULLIF(current_setting('${organizationSetting}'::text, true), ''::text))::uuid AS "nullif")`

/**
 * The second wall: a transaction that works for one organization sees and writes its rows only, even
 * where a query forgets to ask for them. The first wall is the query's own condition, which is also
 * what the indexes serve.
 * @param column the organization's id in this table
 */
export function ownRows(column: string): PolicyDef {
  return { name: 'own_rows', using: isOwn(column) }
}

function isOwn(column: string): string {
  return `((${current} IS NULL) OR (${column} = ${current}))`
}

/** Of a table whose rows belong to exports: those of exports that can be seen. */
export const rowsOfOwnExports: PolicyDef = {
  name: 'own_rows',
  using: `((${current} IS NULL) OR (EXISTS ( SELECT 1 FROM sluice.exports e WHERE (e.id = export_id))))`,
}

/** Of a table that no organization has any business in. */
export const noOrganization: PolicyDef = { name: 'own_rows', using: `(${current} IS NULL)` }

/** Of a table that is only added to: no policy lets anybody change a row, and no organization removes one. */
export const onlyAdded: PolicyDef[] = [
  { name: 'own_rows_read', command: 'select', using: isOwn('organization_id') },
  { name: 'own_rows_added', command: 'insert', check: isOwn('organization_id') },
  { name: 'old_rows_removed', command: 'delete', using: `(${current} IS NULL)` },
]
