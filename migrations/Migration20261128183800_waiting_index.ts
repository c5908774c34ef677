import { Migration } from '@mikro-orm/migrations'

/** A partial index is taken whatever the statistics say: NULLs were read over, one for each export there had been. */
export class Migration20261128183800_waiting_index extends Migration {
  override name = 'Migration20261128183800_waiting_index'

  override up(): void {
    this.addSql(`drop index "sluice"."exports_waiting";`)
    this.addSql(
      `create index "exports_waiting" on "sluice"."exports" ("organization_id", "queue_position", "number") where (queue_position IS NOT NULL);`,
    )
  }

  override down(): void {
    this.addSql(`drop index "sluice"."exports_waiting";`)
    this.addSql(`create index "exports_waiting" on "sluice"."exports" ("queue_position", "organization_id");`)
  }
}
