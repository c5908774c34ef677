import { Migration } from '@mikro-orm/migrations'

/** Whoever ends a key, by whatever means, tells the servers that hold connections of it. */
export class Migration20261125040200_key_changes extends Migration {
  override name = 'Migration20261125040200_key_changes'

  override up(): void {
    this.addSql(`create function "sluice"."announce_key_change"() returns trigger language plpgsql as $$
      begin
        perform pg_notify('sluice_key_changes', old.id::text);
        return null;
      end $$;`)
    this.addSql(`create trigger "api_keys_changed" after update of "revoked_at", "expires_at" on "sluice"."api_keys"
      for each row when (old.revoked_at is distinct from new.revoked_at or old.expires_at is distinct from new.expires_at)
      execute function "sluice"."announce_key_change"();`)
    this.addSql(`create trigger "api_keys_deleted" after delete on "sluice"."api_keys"
      for each row execute function "sluice"."announce_key_change"();`)
  }

  override down(): void {
    this.addSql('drop trigger "api_keys_deleted" on "sluice"."api_keys";')
    this.addSql('drop trigger "api_keys_changed" on "sluice"."api_keys";')
    this.addSql('drop function "sluice"."announce_key_change"();')
  }
}
