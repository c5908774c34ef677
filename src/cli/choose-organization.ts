import { findOrganization, listOrganizations } from '../lifecycle/organizations.ts'
import type { Services } from '../lifecycle/services.ts'
import type { Organization } from '../platform/db/entities/organization.ts'
import { UsageError } from './exit-codes.ts'

/** The organization of --org, or the only one there is. @throws UsageError, NotFoundError, ConflictError */
export async function chooseOrganization(
  services: Pick<Services, 'orm'>,
  word: string | undefined,
): Promise<Organization> {
  if (word !== undefined) return await findOrganization(services, word)
  const all = await listOrganizations(services)
  const [only] = all
  if (only && all.length === 1) return only
  throw new UsageError(
    only
      ? `There are ${all.length} organizations. Name one with --org: ${all
          .slice(0, 10)
          .map(({ externalId }) => externalId)
          .join(', ')}.`
      : 'There is no organization yet. Make one: sluice org create <name>',
  )
}
