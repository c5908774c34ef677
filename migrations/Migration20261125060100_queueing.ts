import { Migration } from '@mikro-orm/migrations'

export class Migration20261125060100_queueing extends Migration {
  override name = 'Migration20261125060100_queueing'

  override up(): void | Promise<void> {
    this.addSql(
      `create table "sluice"."admissions" ("id" bigserial primary key, "organization_id" uuid not null, "export_id" uuid not null, "door" text not null, "accepted_at" timestamptz(3) not null);`,
    )
    this.addSql(`create index "admissions_export_id_index" on "sluice"."admissions" ("export_id");`)
    this.addSql(
      `create index "admissions_window" on "sluice"."admissions" ("organization_id", "accepted_at");`,
    )
    this.addSql(
      `alter table "sluice"."admissions" add constraint "admissions_organization_id_foreign" foreign key ("organization_id") references "sluice"."organizations" ("id") on delete cascade;`,
    )
    // What was accepted before this table was there counts all the same.
    this.addSql(
      `insert into "sluice"."admissions" ("organization_id", "export_id", "door", "accepted_at")
       select "organization_id", "id", "door", "created_at" from "sluice"."exports"
       where "status" <> 'failed' and "created_at" > now() - interval '1 day';`,
    )

    this.addSql(
      `alter table "sluice"."plans" add "beyond_concurrency" text not null default 'refuse', add "door_limits" jsonb not null default '{}';`,
    )
    // The built-in plans of installations that have them already. @see ensurePlans
    this.addSql(
      `update "sluice"."plans" set "door_limits" = jsonb_build_object('hubspot', '{"exportsPerDay": 30, "maxConcurrentExports": 1, "beyondConcurrency": "queue"}'::jsonb)
       where "name" in ('essentials', 'growth', 'enterprise', 'unlimited');`,
    )
    this.addSql(
      `update "sluice"."plans" set "door_limits" = "door_limits" || jsonb_build_object('hindsight', jsonb_build_object(
         'exportsPerHour', v.hourly, 'maxConcurrentExports', v.at_once, 'beyondConcurrency', 'refuse'))
       from (values ('essentials', 5, 2), ('growth', 20, 5), ('enterprise', 100, 20)) as v(name, hourly, at_once)
       where v.name = "sluice"."plans"."name";`,
    )

    this.addSql(
      `alter table "sluice"."exports" add "notify_by_mail" boolean not null default false, add "file_lifetime_seconds" int null, add "queue_position" int null;`,
    )
  }

  override down(): void {
    this.addSql(`drop table "sluice"."admissions";`)
    this.addSql(
      `alter table "sluice"."exports" drop column "notify_by_mail", drop column "file_lifetime_seconds", drop column "queue_position";`,
    )
    this.addSql(`alter table "sluice"."plans" drop column "beyond_concurrency", drop column "door_limits";`)
  }
}
