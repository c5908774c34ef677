import { Migration } from '@mikro-orm/migrations'

export class Migration20261125030200_request_rates extends Migration {
  override up(): void {
    this.addSql('alter table "sluice"."plans" add column "requests_per_minute" int null;')
    // The built-in plans of installations that have them already. @see ensurePlans
    this.addSql(
      `update "sluice"."plans" set "requests_per_minute" = v.requests
       from (values ('essentials', 600), ('growth', 1200), ('enterprise', 6000), ('unlimited', 60000)) as v(name, requests)
       where v.name = "sluice"."plans"."name";`,
    )
  }

  override down(): void {
    this.addSql('alter table "sluice"."plans" drop column "requests_per_minute";')
  }
}
