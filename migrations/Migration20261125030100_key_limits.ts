import { Migration } from '@mikro-orm/migrations'

/** Keys that are limited to datasets and columns. Those that are there keep what they could do: use personal data. */
export class Migration20261125030100_key_limits extends Migration {
  override up(): void {
    this.addSql(
      'alter table "sluice"."api_keys" add column "datasets" text[] null, add column "columns" jsonb null, add column "owner_email" text null;',
    )
    this.addSql(`update "sluice"."api_keys" set "scopes" = array_append("scopes", 'pii:read');`)
  }

  override down(): void {
    this.addSql(`update "sluice"."api_keys" set "scopes" = array_remove("scopes", 'pii:read');`)
    this.addSql(
      'alter table "sluice"."api_keys" drop column "datasets", drop column "columns", drop column "owner_email";',
    )
  }
}
