import { Migration } from '@mikro-orm/migrations'

export class Migration20261125060200_plain_files extends Migration {
  override name = 'Migration20261125060200_plain_files'

  override up(): void | Promise<void> {
    this.addSql(
      `alter table "sluice"."export_files" add "plain_bytes" bigint null, add "plain_sha256" text null;`,
    )
  }

  override down(): void {
    this.addSql(`alter table "sluice"."export_files" drop column "plain_bytes", drop column "plain_sha256";`)
  }
}
