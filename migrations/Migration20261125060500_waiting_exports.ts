import { Migration } from '@mikro-orm/migrations'

export class Migration20261125060500_waiting_exports extends Migration {
  override name = 'Migration20261125060500_waiting_exports'

  override up(): void | Promise<void> {
    this.addSql(`create index "exports_waiting" on "sluice"."exports" ("queue_position", "organization_id");`)
  }

  override down(): void {
    this.addSql(`drop index "sluice"."exports_waiting";`)
  }
}
