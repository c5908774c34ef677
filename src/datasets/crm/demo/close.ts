import { awkwardAtTimes } from './awkward.ts'
import { leadStatuses, opportunityStatuses } from './catalogs.ts'
import { companyName, companySeat } from './company-name.ts'
import { activityId, contactId, leadId, opportunityId } from './ids.ts'
import { anchor, byte, type DemoContext, type DemoStatement, pick } from './sql.ts'
import { fill } from './statement.ts'
import { users } from './vocabulary.ts'

const user = (slot: number) =>
  pick(
    users.map(([id]) => id),
    'h',
    slot,
  )
const daysBefore = (days: string) =>
  `timestamptz '${anchor} 09:30:15.123456+00' - (${days}) * interval '1 day'`

/** Close's leads with their opportunities and what was written, sent and said. */
export function closeStatements(context: DemoContext): DemoStatement[] {
  return [leads(context), opportunities(context), activities(context)]
}

function leads(context: DemoContext): DemoStatement {
  const status = pick(
    leadStatuses.map(([id]) => id),
    'h',
    0,
  )
  return fill(context, 'leads', {
    count: context.leads,
    salt: 11,
    columns: {
      id: leadId('n'),
      name: awkwardAtTimes(companyName('(n + 2)'), 'n', 'f', 0),
      description: `CASE WHEN ${byte('f', 1)} > 100 THEN ${pick(['Met at the fair; wants a demo.', 'Bestandskunde, "A"-Priorität', 'first\nsecond', ''], 'f', 2)} END`,
      status_id: status,
      url: `CASE WHEN ${byte('f', 3)} > 40 THEN 'https://lead-' || n || '.example/?q=ä&x=1' END`,
      addresses: `CASE WHEN ${byte('f', 4)} > 40 THEN jsonb_build_array(jsonb_build_object('label', 'business',
        'address_1', 'Hauptstraße ' || (n % 90), 'zipcode', ${companySeat('n', 5)}, 'city', ${companySeat('n', 3)},
        'state', ${companySeat('n', 4)}, 'country', ${companySeat('n', 2)})) ELSE '[]' END`,
      custom: `jsonb_strip_nulls(jsonb_build_object('cf_source', ${pick(['Fair', 'Website', 'Empfehlung, Partner'], 'f', 5)},
        'cf_employees', CASE WHEN n % 3 > 0 THEN 10 + (g & 1023) END,
        'cf_go_live', CASE WHEN n % 4 = 0 THEN (date '${anchor}' + (n % 200)::int)::text END))`,
      created_at: daysBefore('300 + n % 900'),
      updated_at: daysBefore('n % 300'),
      created_by: user(1),
      updated_by: user(2),
    },
  })
}

function opportunities(context: DemoContext): DemoStatement {
  const { leads } = context
  return fill(context, 'opportunities', {
    count: leads * 2,
    salt: 12,
    draw: {
      status: pick(
        opportunityStatuses.map(([id]) => id),
        'h',
        0,
      ),
    },
    columns: {
      id: opportunityId('n'),
      lead_id: leadId(`(1 + n % ${leads})`),
      contact_id: `CASE WHEN ${byte('f', 0)} > 60 THEN ${contactId(`(1 + n % ${leads})`)} END`,
      status_id: 'status',
      user_id: user(1),
      value_cents: `CASE WHEN ${byte('f', 1)} > 12 THEN 5000 + (g & 8388607) END`,
      value_period: pick(['one_time', 'monthly', 'annual'], 'h', 2),
      confidence: `CASE status WHEN 'stat_oppo_won' THEN 100 WHEN 'stat_oppo_lost' THEN 0 ELSE (${byte('h', 3)} % 20 * 5)::int END`,
      note: awkwardAtTimes(
        pick(
          [
            'Wants quarterly invoicing',
            'Budget: 20k; start in Q1',
            'Rückruf am Montag',
            'Asked for "net 60"',
          ],
          'h',
          4,
        ),
        'n',
        'f',
        2,
      ),
      date_won: `CASE WHEN status = 'stat_oppo_won' THEN date '${anchor}' - (n % 400)::int END`,
      custom: `jsonb_strip_nulls(jsonb_build_object('cf_competitor', ${pick(['Rivalis', 'none', ''], 'h', 5)},
        'cf_discount', CASE WHEN n % 2 = 0 THEN (n % 30) + 0.5 END))`,
      created_at: daysBefore('30 + n % 600'),
      updated_at: daysBefore('n % 30'),
      created_by: user(6),
      updated_by: user(7),
    },
  })
}

function activities(context: DemoContext): DemoStatement {
  const { leads } = context
  return fill(context, 'activities', {
    count: leads * 5,
    salt: 13,
    draw: {
      kind: pick(['note', 'email', 'email', 'call', 'call', 'meeting'], 'h', 0),
      at: daysBefore('n % 500'),
    },
    columns: {
      id: activityId('n'),
      type: 'kind',
      lead_id: leadId(`(1 + n % ${leads})`),
      contact_id: `CASE WHEN kind <> 'note' THEN ${contactId(`(1 + n % ${leads})`)} END`,
      user_id: user(1),
      direction: `CASE WHEN kind IN ('email', 'call') THEN ${pick(['incoming', 'outgoing', 'outgoing'], 'h', 2)} END`,
      status: `CASE kind WHEN 'email' THEN 'sent' WHEN 'call' THEN ${pick(['completed', 'no-answer'], 'h', 3)} WHEN 'meeting' THEN 'completed' END`,
      subject: `CASE WHEN kind IN ('email', 'meeting') THEN ${awkwardAtTimes(pick(['Re: Angebot', 'Your questions', 'Termin nächste Woche?', 'Fwd: Re: contract'], 'h', 4), 'n', 'f', 0)} END`,
      body: awkwardAtTimes(
        pick(
          [
            'Hi,\n\nas discussed: the offer.\n\nBest',
            'Called; voicemail.',
            'Hallo,\r\nanbei das Angebot.\r\nVG',
            'They like it 👍 — "go" from legal',
          ],
          'h',
          5,
        ),
        'n',
        'f',
        1,
      ),
      sender: `CASE WHEN kind = 'email' THEN 'sales@sluice.example' END`,
      recipients: `CASE WHEN kind = 'email' THEN ARRAY['contact.' || n || '@lead.example', 'cc "team" <cc@lead.example>'] END`,
      duration_seconds: `CASE WHEN kind = 'call' THEN (${byte('h', 6)} * 7)::int END`,
      occurred_at: 'at',
      created_at: 'at',
      updated_at: `at + interval '90 seconds'`,
    },
  })
}
