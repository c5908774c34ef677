import { Migration } from '@mikro-orm/migrations'

export class Migration20261121000100_sluice extends Migration {
  override name = 'Migration20261121000100_sluice'

  override up(): void | Promise<void> {
    this.addSql(`create schema if not exists "sluice";`)
    this.addSql(
      `create table "sluice"."plans" ("name" text not null, "exports_per_hour" int null, "exports_per_day" int null, "max_concurrent_exports" int null, "max_rows_per_export" bigint null, "link_lifetime_seconds" int not null, "file_lifetime_seconds" int not null, "record_lifetime_seconds" int not null, primary key ("name"));`,
    )

    this.addSql(
      `create table "sluice"."organizations" ("id" uuid not null, "name" text not null, "external_id" text not null, "plan_name" text not null, "last_export_number" bigint not null default '0', "created_at" timestamptz(3) not null, primary key ("id"));`,
    )
    this.addSql(
      `alter table "sluice"."organizations" add constraint "organizations_external_id_unique" unique ("external_id");`,
    )

    this.addSql(
      `create table "sluice"."api_keys" ("id" uuid not null, "organization_id" uuid not null, "name" text not null, "hash" text not null, "prefix" text not null, "scopes" text[] not null, "created_at" timestamptz(3) not null, "expires_at" timestamptz(3) null, "revoked_at" timestamptz(3) null, "last_used_at" timestamptz(3) null, primary key ("id"));`,
    )
    this.addSql(`create index "api_keys_organization_id_index" on "sluice"."api_keys" ("organization_id");`)
    this.addSql(`alter table "sluice"."api_keys" add constraint "api_keys_hash_unique" unique ("hash");`)

    this.addSql(
      `create table "sluice"."exports" ("id" uuid not null, "number" bigint not null, "organization_id" uuid not null, "requested_by_id" uuid null, "door" text not null, "name" text not null, "dataset" text not null, "format" text not null, "spec" jsonb not null, "fingerprint" text not null, "idempotency_key" text null, "status" text not null, "stage" text not null, "progress" int not null default 0, "rows_exported" bigint not null default '0', "rows_total" bigint null, "rows_total_exact" boolean not null default false, "bytes" bigint not null default '0', "parts_total" int null, "parts_ready" int null, "snapshot_at" timestamptz(3) null, "notes" jsonb null, "job_id" uuid not null, "attempt" int not null default 0, "version" bigint not null default '1', "error_code" text null, "error_message" text null, "error_retryable" boolean null, "created_at" timestamptz(3) not null, "updated_at" timestamptz(3) not null, "started_at" timestamptz(3) null, "completed_at" timestamptz(3) null, "estimated_completion_at" timestamptz(3) null, "expires_at" timestamptz(3) null, "purge_at" timestamptz(3) not null, primary key ("id"));`,
    )
    this.addSql(`create index "exports_fingerprint_index" on "sluice"."exports" ("fingerprint");`)
    this.addSql(`create index "exports_list" on "sluice"."exports" ("organization_id", "created_at", "id");`)
    this.addSql(
      `create index "exports_by_status" on "sluice"."exports" ("organization_id", "status", "created_at", "id");`,
    )
    this.addSql(`create index "exports_by_name" on "sluice"."exports" ("organization_id", "name", "id");`)
    this.addSql(
      `create index "exports_by_dataset" on "sluice"."exports" ("organization_id", "dataset", "created_at", "id");`,
    )
    this.addSql(`create index "exports_expiry" on "sluice"."exports" ("status", "expires_at");`)
    this.addSql(`create index "exports_purge" on "sluice"."exports" ("purge_at");`)
    this.addSql(
      `alter table "sluice"."exports" add constraint "exports_number" unique ("organization_id", "number");`,
    )
    this.addSql(
      `alter table "sluice"."exports" add constraint "exports_idempotency" unique ("organization_id", "idempotency_key");`,
    )

    this.addSql(
      `create table "sluice"."export_files" ("id" uuid not null, "export_id" uuid not null, "kind" text not null, "position" int not null, "name" text not null, "storage_key" text not null, "content_type" text not null, "content_encoding" text null, "bytes" bigint not null, "rows" bigint not null, "sha256" text not null, "created_at" timestamptz(3) not null, "deleted_at" timestamptz(3) null, primary key ("id"));`,
    )
    this.addSql(`create index "export_files_export_id_index" on "sluice"."export_files" ("export_id");`)
    this.addSql(
      `alter table "sluice"."export_files" add constraint "export_files_storage_key_unique" unique ("storage_key");`,
    )

    this.addSql(
      `create table "sluice"."export_parts" ("export_id" uuid not null, "attempt" int not null, "position" int not null, "condition" text not null, "status" text not null, "tries" int not null default 0, "rows_exported" bigint not null default '0', "bytes" bigint not null default '0', "storage_key" text null, "error_code" text null, "error_message" text null, primary key ("export_id", "attempt", "position"));`,
    )
    this.addSql(
      `alter table "sluice"."export_parts" add constraint "export_parts_export_id_foreign" foreign key ("export_id") references "sluice"."exports" ("id") on delete cascade;`,
    )

    this.addSql(
      `create table "sluice"."export_events" ("id" bigserial primary key, "export_id" uuid not null, "at" timestamptz(3) not null, "type" text not null, "attempt" int not null, "message" text not null);`,
    )
    this.addSql(`create index "export_events_export_id_index" on "sluice"."export_events" ("export_id");`)

    this.addSql(
      `create table "sluice"."signing_keys" ("id" text not null, "secret" bytea not null, "created_at" timestamptz(3) not null, primary key ("id"));`,
    )

    this.addSql(
      `alter table "sluice"."organizations" add constraint "organizations_plan_name_foreign" foreign key ("plan_name") references "sluice"."plans" ("name");`,
    )

    this.addSql(
      `alter table "sluice"."api_keys" add constraint "api_keys_organization_id_foreign" foreign key ("organization_id") references "sluice"."organizations" ("id") on delete cascade;`,
    )

    this.addSql(
      `alter table "sluice"."exports" add constraint "exports_organization_id_foreign" foreign key ("organization_id") references "sluice"."organizations" ("id") on delete cascade;`,
    )
    this.addSql(
      `alter table "sluice"."exports" add constraint "exports_requested_by_id_foreign" foreign key ("requested_by_id") references "sluice"."api_keys" ("id") on delete set null;`,
    )

    this.addSql(
      `alter table "sluice"."export_files" add constraint "export_files_export_id_foreign" foreign key ("export_id") references "sluice"."exports" ("id") on delete cascade;`,
    )

    this.addSql(
      `alter table "sluice"."export_events" add constraint "export_events_export_id_foreign" foreign key ("export_id") references "sluice"."exports" ("id") on delete cascade;`,
    )
  }

  override down(): void {
    this.addSql('drop schema "sluice" cascade;')
  }
}
