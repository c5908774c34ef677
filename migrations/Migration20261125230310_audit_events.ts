import { Migration } from '@mikro-orm/migrations'

const current = `(select nullif(current_setting('sluice.organization', true), '')::uuid)`
const own = `${current} is null or organization_id = ${current}`

export class Migration20261125230310_audit_events extends Migration {
  override up(): void {
    this.addSql(
      `create table "sluice"."audit_events" ("id" bigserial primary key, "at" timestamptz(3) not null, "organization_id" uuid null, "key_id" uuid null, "address" text null, "action" text not null, "subject" text null, "message" text not null);`,
    )
    this.addSql(`create index "audit_events_list" on "sluice"."audit_events" ("organization_id", "id");`)
    this.addSql(`create index "audit_events_at_index" on "sluice"."audit_events" ("at");`)
    // There is no policy for update: no row can be changed, not by the owner either.
    this.addSql(`alter table "sluice"."audit_events" enable row level security, force row level security;`)
    this.addSql(`create policy "own_rows_read" on "sluice"."audit_events" for select using (${own});`)
    this.addSql(`create policy "own_rows_added" on "sluice"."audit_events" for insert with check (${own});`)
    this.addSql(
      `create policy "old_rows_removed" on "sluice"."audit_events" for delete using (${current} is null);`,
    )

    // A secret that was replaced works until its overlap ends.
    this.addSql(
      `alter table "sluice"."api_keys" add column "previous_hash" text null, add column "previous_expires_at" timestamptz(3) null;`,
    )
    this.addSql(
      `alter table "sluice"."api_keys" add constraint "api_keys_previous_hash_unique" unique ("previous_hash");`,
    )
  }

  override down(): void {
    this.addSql(
      `alter table "sluice"."api_keys" drop column "previous_hash", drop column "previous_expires_at";`,
    )
    this.addSql(`drop table "sluice"."audit_events";`)
  }
}
