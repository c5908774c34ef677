/** Ids of the demo's records as SQL, from their number `n` (SQL, from 1). Eleven digits where HubSpot has digits. */
export const contactId = (n: string) => `(10100000000 + ${n})::text`
export const ticketId = (n: string) => `(20200000000 + ${n})::text`
export const customObjectId = (n: string) => `(30300000000 + ${n})::text`
export const dealId = (n: string) => `'deal_' || (10000000 + ${n})`
export const leadId = (n: string) => closeId('lead', n)
export const opportunityId = (n: string) => closeId('oppo', n)
export const activityId = (n: string) => closeId('acti', n)
export const personId = (n: string) => `md5('person ' || ${n})::uuid`

/** As Close makes them: the kind, then characters that say nothing. */
function closeId(kind: string, n: string): string {
  return `'${kind}_' || substr(md5('${kind} ' || ${n}), 1, 22)`
}
