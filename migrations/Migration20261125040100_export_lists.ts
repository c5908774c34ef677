import { Migration } from '@mikro-orm/migrations'

/** Each order and filter of the list of exports gets an index that has its rows in order. */
export class Migration20261125040100_export_lists extends Migration {
  override name = 'Migration20261125040100_export_lists'

  override up(): void {
    this.addSql('drop index "sluice"."exports_by_dataset";')
    this.addSql(
      'create index "exports_by_dataset" on "sluice"."exports" ("organization_id", "dataset", "status", "created_at", "id");',
    )
    this.addSql(
      'create index "exports_by_status_name" on "sluice"."exports" ("organization_id", "status", "name", "id");',
    )
    this.addSql(
      'create index "exports_by_dataset_name" on "sluice"."exports" ("organization_id", "dataset", "status", "name", "id");',
    )
  }

  override down(): void {
    this.addSql('drop index "sluice"."exports_by_dataset_name";')
    this.addSql('drop index "sluice"."exports_by_status_name";')
    this.addSql('drop index "sluice"."exports_by_dataset";')
    this.addSql(
      'create index "exports_by_dataset" on "sluice"."exports" ("organization_id", "dataset", "created_at", "id");',
    )
  }
}
