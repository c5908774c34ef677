import { Migration } from '@mikro-orm/migrations'

/** Dialects answer with the request's own words, which the spec no longer has. */
export class Migration20261125080100_door_details extends Migration {
  override name = 'Migration20261125080100_door_details'

  override up(): void | Promise<void> {
    this.addSql(`alter table "sluice"."exports" add "door_details" jsonb null;`)
  }

  override down(): void | Promise<void> {
    this.addSql(`alter table "sluice"."exports" drop column "door_details";`)
  }
}
