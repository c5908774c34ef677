import { Migration } from '@mikro-orm/migrations'

const current = `(select nullif(current_setting('sluice.organization', true), '')::uuid)`
const ofExport = `exists (select 1 from sluice.exports e where e.id = export_id)`

/** Which rows a transaction for one organization can see; without one, all. @see src/platform/db/own-rows.ts */
const policies: Readonly<Record<string, string>> = {
  organizations: `id = ${current}`,
  api_keys: `organization_id = ${current}`,
  exports: `organization_id = ${current}`,
  admissions: `organization_id = ${current}`,
  delivered_rows: `organization_id = ${current}`,
  export_files: `organization_id = ${current}`,
  export_events: ofExport,
  export_parts: ofExport,
  signing_keys: 'false',
}

export class Migration20261125230300_row_level_security extends Migration {
  override up(): void {
    for (const [table, condition] of Object.entries(policies)) {
      // Forced, since where there is no role of its own for the server, it works as the owner.
      this.addSql(`alter table "sluice"."${table}" enable row level security, force row level security;`)
      const using = condition === 'false' ? `${current} is null` : `${current} is null or ${condition}`
      this.addSql(`create policy "own_rows" on "sluice"."${table}" using (${using});`)
    }
  }

  override down(): void {
    for (const table of Object.keys(policies)) {
      this.addSql(`drop policy "own_rows" on "sluice"."${table}";`)
      this.addSql(`alter table "sluice"."${table}" no force row level security, disable row level security;`)
    }
  }
}
