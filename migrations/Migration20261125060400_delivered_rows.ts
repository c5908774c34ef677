import { Migration } from '@mikro-orm/migrations'

export class Migration20261125060400_delivered_rows extends Migration {
  override name = 'Migration20261125060400_delivered_rows'

  override up(): void | Promise<void> {
    this.addSql(
      `create table "sluice"."delivered_rows" ("organization_id" uuid not null, "dataset" text not null, "key" text not null, primary key ("organization_id", "dataset", "key"));`,
    )
  }

  override down(): void {
    this.addSql(`drop table "sluice"."delivered_rows";`)
  }
}
