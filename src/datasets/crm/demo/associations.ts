import { demoLists } from './catalogs.ts'
import { companyId } from './company-name.ts'
import { contactId, customObjectId, dealId, ticketId } from './ids.ts'
import type { DemoContext, DemoStatement } from './sql.ts'

/**
 * Who has to do with whom. The side that comes first in the alphabet is the "from" (crm.associations
 * keeps each pair once); each select makes `count` pairs.
 */
export function associationStatements(context: DemoContext): DemoStatement[] {
  const { tenant, deals, companies, contacts, tickets, customObjects } = context
  const nth = (k: number, count: number) => `(1 + (n * ${k}) % ${count})`
  const numberOfDeals = deals - 2
  const pairs: readonly (readonly [from: string, fromId: string, to: string, toId: string, count: number])[] =
    [
      ['contacts', contactId('n'), 'deals', dealId(nth(31, numberOfDeals)), contacts],
      ['contacts', contactId('(n * 3)'), 'deals', dealId(nth(17, numberOfDeals)), Math.floor(contacts / 3)],
      ['contacts', contactId(nth(7, contacts)), 'tickets', ticketId('n'), tickets],
      ['companies', companyId(nth(5, companies)), 'tickets', ticketId('n'), tickets],
      ['deals', dealId(nth(13, numberOfDeals)), 'tickets', ticketId('n'), tickets],
      ['companies', companyId(nth(3, companies)), 'custom_objects', customObjectId('n'), customObjects],
      ['contacts', contactId(nth(11, contacts)), 'custom_objects', customObjectId('n'), customObjects],
      ['custom_objects', customObjectId('n'), 'deals', dealId(nth(19, numberOfDeals)), customObjects],
      ['custom_objects', customObjectId('n'), 'tickets', ticketId(nth(23, tickets)), customObjects],
    ]
  const selects = pairs.map(
    ([from, fromId, to, toId, count]) =>
      `SELECT '${from}', ${fromId}, '${to}', ${toId} FROM generate_series(1::bigint, ${count}::bigint) AS n`,
  )
  return [
    {
      label: 'associations',
      sql: `INSERT INTO crm.associations (organization_id, from_dataset, from_id, to_dataset, to_id)
SELECT ${tenant}, pairs.* FROM (
  SELECT 'contacts', ${contactId('1')}, 'deals', 'deal_123'
  UNION SELECT 'contacts', ${contactId('1')}, 'deals', 'deal_456'
  UNION ${selects.join('\n  UNION ')}
) AS pairs`,
    },
    { label: 'list members', sql: listMembers(context) },
  ]
}

/** The first record of its dataset is on every list that has members, and every fifth one after it. */
function listMembers({ tenant, deals, companies, contacts, tickets, customObjects }: DemoContext): string {
  const members: Readonly<Record<string, readonly [id: string, count: number]>> = {
    contacts: [contactId('n'), contacts],
    companies: [companyId('n'), companies],
    deals: [dealId('n'), Math.min(deals - 2, 500)],
    tickets: [ticketId('n'), tickets],
    custom_objects: [customObjectId('n'), customObjects],
  }
  const selects = demoLists.flatMap(([list, dataset]) => {
    const member = list === 1234568 ? undefined : members[dataset]
    if (!member) return []
    return `SELECT ${list}::bigint, '${dataset}', ${member[0]} FROM generate_series(1::bigint, ${member[1]}::bigint, 5) AS n`
  })
  return `INSERT INTO crm.list_members (organization_id, list_id, dataset, member_id)
SELECT ${tenant}, members.* FROM (
  SELECT 2000002, 'deals', unnest(ARRAY['deal_123', 'deal_456'])
  UNION ALL ${selects.join('\n  UNION ALL ')}
) AS members`
}
