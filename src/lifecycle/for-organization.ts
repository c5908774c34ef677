import type { EntityManager } from '@mikro-orm/postgresql'
import { organizationSetting } from '../platform/db/own-rows.ts'
import type { Services } from './services.ts'

/** Nobody's id: whoever has no key sees no rows. */
const nobody = '00000000-0000-0000-0000-000000000000'

/**
 * The same services, with a database that holds the rows of one organization only: Postgres itself
 * hides all others from every statement, the verbs' and the resolvers'. Each statement outside of a
 * transaction gets one of its own for it, one short round trip more: see LazyBeginClient.
 *
 * The services as they are see everything. They are for what comes before an organization is known or
 * serves all of them: keys, signed links, the feed, workers, expiry, the operator's commands.
 */
export function forOrganization<S extends Pick<Services, 'orm'>>(services: S, id: string | null): S {
  let em: EntityManager | undefined
  return {
    ...services,
    orm: {
      // Forked when it is asked for: most subscribers never do.
      get em() {
        em ??= services.orm.em.fork({ session: { variables: { [organizationSetting]: id ?? nobody } } })
        return em
      },
    },
  }
}
