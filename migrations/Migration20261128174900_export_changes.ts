import { Migration } from '@mikro-orm/migrations'

/** Whoever changes an export, by whatever means, tells the servers that somebody watches it on. */
export class Migration20261128174900_export_changes extends Migration {
  override name = 'Migration20261128174900_export_changes'

  override up(): void {
    for (const [trigger, row, version] of [
      ['export_changed', 'new', 'new.version'],
      ['export_deleted', 'old', 'old.version + 1'],
    ]) {
      this.addSql(
        `create function "sluice"."exports_${trigger}_fn"() returns trigger as $$ begin perform pg_notify('sluice_export_changes', concat_ws(' ', ${row}.id, ${row}.organization_id, ${version})); return null; end; $$ language plpgsql;`,
      )
    }
    this.addSql(
      `create trigger "export_changed" after insert or update on "sluice"."exports" for each row execute function "sluice"."exports_export_changed_fn"();`,
    )
    this.addSql(
      `create trigger "export_deleted" after delete on "sluice"."exports" for each row execute function "sluice"."exports_export_deleted_fn"();`,
    )
  }

  override down(): void {
    for (const trigger of ['export_changed', 'export_deleted']) {
      this.addSql(`drop trigger "${trigger}" on "sluice"."exports";`)
      this.addSql(`drop function "sluice"."exports_${trigger}_fn"();`)
    }
  }
}
