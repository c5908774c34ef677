import { Migration } from '@mikro-orm/migrations'

/** Whoever ends a key, by whatever means, tells the servers that hold connections of it. */
export class Migration20261125040200_key_changes extends Migration {
  override name = 'Migration20261125040200_key_changes'

  override up(): void {
    for (const trigger of ['key_changed', 'key_deleted']) {
      this.addSql(
        `create function "sluice"."api_keys_${trigger}_fn"() returns trigger as $$ begin perform pg_notify('sluice_key_changes', old.id::text); return null; end; $$ language plpgsql;`,
      )
    }
    this.addSql(
      `create trigger "key_changed" after update on "sluice"."api_keys" for each row when (old.revoked_at is distinct from new.revoked_at or old.expires_at is distinct from new.expires_at) execute function "sluice"."api_keys_key_changed_fn"();`,
    )
    this.addSql(
      `create trigger "key_deleted" after delete on "sluice"."api_keys" for each row execute function "sluice"."api_keys_key_deleted_fn"();`,
    )
  }

  override down(): void {
    for (const trigger of ['key_changed', 'key_deleted']) {
      this.addSql(`drop trigger "${trigger}" on "sluice"."api_keys";`)
      this.addSql(`drop function "sluice"."api_keys_${trigger}_fn"();`)
    }
  }
}
