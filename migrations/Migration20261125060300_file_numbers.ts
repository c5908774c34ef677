import { Migration } from '@mikro-orm/migrations'

export class Migration20261125060300_file_numbers extends Migration {
  override name = 'Migration20261125060300_file_numbers'

  override up(): void | Promise<void> {
    this.addSql(
      `alter table "sluice"."export_files" add "organization_id" uuid null, add "number" bigint null;`,
    )
    this.addSql(
      `update "sluice"."export_files" f set "organization_id" = e."organization_id" from "sluice"."exports" e where e."id" = f."export_id";`,
    )
    this.addSql(`alter table "sluice"."export_files" alter column "organization_id" set not null;`)
    this.addSql(
      `alter table "sluice"."export_files" add constraint "export_files_organization_id_foreign" foreign key ("organization_id") references "sluice"."organizations" ("id") on delete cascade;`,
    )
    this.addSql(
      `alter table "sluice"."export_files" add constraint "export_files_number" unique ("organization_id", "number");`,
    )
  }

  override down(): void {
    this.addSql(`alter table "sluice"."export_files" drop column "organization_id", drop column "number";`)
  }
}
