import { awkwardAtTimes } from './awkward.ts'
import { companyId, companyIndustry, companyName, companySeat } from './company-name.ts'
import { contactId, customObjectId, leadId, ticketId } from './ids.ts'
import { anchor, byte, type DemoContext, type DemoStatement, moment, pick, touched } from './sql.ts'
import { fill } from './statement.ts'
import { asciiOf, firstNames, lastNames, users } from './vocabulary.ts'

const owner = (slot: number) =>
  pick(
    users.map(([id]) => id),
    'h',
    slot,
  )

/** HubSpot's objects other than deals. */
export function objectStatements(context: DemoContext): DemoStatement[] {
  return [companies(context), contacts(context), tickets(context), customObjects(context)]
}

function companies(context: DemoContext): DemoStatement {
  const name = `${companyName('n')} || ' ' || ${companySeat('n', 0)}`
  return fill(context, 'companies', {
    count: context.companies,
    salt: 1,
    columns: {
      id: companyId('n'),
      name: `CASE n WHEN 1 THEN 'Nordwind Logistik GmbH' WHEN 2 THEN '株式会社さくら' ELSE ${awkwardAtTimes(name, 'n', 'f', 0)} END`,
      domain: domainOf('n'),
      industry: `CASE n WHEN 1 THEN 'Technology' WHEN 2 THEN 'Healthcare' ELSE ${companyIndustry('n')} END`,
      description: `CASE WHEN ${byte('f', 1)} < 100 THEN ${pick(['Family-owned since 1921, "hidden champion".', 'Börsennotiert; 12 Standorte.', 'Line one\nLine two', ''], 'f', 2)} END`,
      phone: `${companySeat('n', 6)} || ' ' || (1000000 + (g & 8388607))`,
      address: `${pick(['Main Street', 'Hauptstraße', 'Rue de l’Église', 'Calle Mayor', '桜通り'], 'f', 3)} || ' ' || (1 + (g >> 8 & 127))`,
      zip: companySeat('n', 5),
      city: companySeat('n', 3),
      state: companySeat('n', 4),
      country: companySeat('n', 2),
      region: `CASE n WHEN 1 THEN 'EMEA' WHEN 2 THEN 'APAC' ELSE ${companySeat('n', 1)} END`,
      employees: `CASE WHEN ${byte('f', 4)} > 20 THEN 5 + (g >> 16 & 4095)::int END`,
      annual_revenue: `CASE WHEN n = 13 THEN 98765432109876543210.123456789 WHEN ${byte('f', 4)} > 30 THEN (g >> 20 & 1048575) * 100.25 END`,
      founded_on: `CASE WHEN ${byte('f', 5)} > 40 THEN date '2020-12-31' - (h & 32767)::int END`,
      lifecycle_stage: pick(
        ['customer', 'customer', 'opportunity', 'lead', 'salesqualifiedlead', 'evangelist'],
        'h',
        1,
      ),
      owner_id: owner(2),
      created_at: moment('g'),
      updated_at: touched(byte('h', 3), moment('g')),
      properties: `jsonb_strip_nulls(jsonb_build_object('icp_tier', ${pick(['tier_1', 'tier_2'], 'h', 4)},
        'external_number', lpad(n::text, 8, '0'), 'is_partner', CASE WHEN ${byte('h', 5)} < 60 THEN 'true' END,
        'contract_end', (date '${anchor}' + ${byte('h', 5)}::int)::text))`,
      hubspot_account: `jsonb_build_object('employees', (5 + (g >> 16 & 4095))::text, 'industry',
        ${pick(['COMPUTER_SOFTWARE', 'HOSPITAL_HEALTH_CARE', 'FINANCIAL_SERVICES', 'LOGISTICS_AND_SUPPLY_CHAIN'], 'h', 6)})`,
      salesforce_account: `CASE WHEN ${byte('h', 7)} > 50 OR n < 3 THEN jsonb_build_object('industry', ${companyIndustry('n')},
        'annual_revenue', ((g >> 20 & 1048575) * 100.25)::text, 'account_number', '00' || (4000 + n)) END`,
    },
  })
}

function domainOf(n: string): string {
  return `${pick(['logistik', 'cloud', 'health', 'capital', 'energy', 'foods'], 'f', 7)} || '-' || ${n} || '.example'`
}

function contacts(context: DemoContext): DemoStatement {
  const { contacts: count, companies: companyCount, leads } = context
  const first = `${byte('h', 0)} % ${firstNames.length}`
  const ascii = pick(firstNames.map(asciiOf), 'h', 0)
  return fill(context, 'contacts', {
    count,
    salt: 2,
    draw: {
      address: `CASE n WHEN 1 THEN 'hello@test.com' ELSE ${ascii} || '.' || n || '@' || ${domainOf(`(1 + n % ${companyCount})`)} END`,
      number: `'+' || (30 + ${first}) || ' ' || (100000000 + (g & 536870911))`,
    },
    columns: {
      id: contactId('n'),
      company_id: `CASE WHEN ${byte('f', 0)} > 12 OR n = 1 THEN ${companyId(`(1 + (n - 1) % ${companyCount})`)} END`,
      lead_id: `CASE WHEN n <= ${leads * 2} THEN ${leadId(`(1 + (n - 1) % ${leads})`)} END`,
      first_name: awkwardAtTimes(pick(firstNames, 'h', 0), 'n', 'f', 1),
      last_name: `CASE WHEN ${byte('f', 2)} > 4 THEN ${pick(lastNames, 'h', 1)} END`,
      email: `CASE WHEN ${byte('f', 3)} > 8 OR n = 1 THEN address END`,
      phone: `CASE WHEN ${byte('f', 4)} > 60 THEN number WHEN ${byte('f', 4)} > 50 THEN '' END`,
      mobile_phone: `CASE WHEN ${byte('f', 5)} > 128 THEN '0' || (15100000000 + (g >> 20 & 99999999)) END`,
      job_title: pick(
        [
          'CEO',
          'CTO',
          'Head of Sales',
          'Geschäftsführerin',
          'Einkauf, Logistik',
          'Directora "Compras"',
          '部長',
        ],
        'h',
        2,
      ),
      zip: pick(['01067', '02108', '80331', '00184', 'SW1A 1AA', '100-0001', '75001'], 'h', 3),
      city: pick(['Dresden', 'Boston', 'München', 'Roma', 'London', '東京', 'Paris'], 'h', 3),
      country: pick(
        ['Germany', 'United States', 'Germany', 'Italy', 'United Kingdom', 'Japan', 'France'],
        'h',
        3,
      ),
      language: pick(['de', 'en', 'de', 'es', 'en', 'ja', 'fr'], 'h', 3),
      lifecycle_stage: pick(
        [
          'subscriber',
          'lead',
          'lead',
          'marketingqualifiedlead',
          'salesqualifiedlead',
          'opportunity',
          'customer',
        ],
        'h',
        4,
      ),
      lead_status: `CASE WHEN ${byte('h', 5)} > 60 THEN ${pick(['NEW', 'OPEN', 'IN_PROGRESS', 'CONNECTED', 'UNQUALIFIED'], 'h', 5)} END`,
      email_opt_out: `CASE WHEN ${byte('f', 6)} > 30 THEN ${byte('f', 6)} > 220 END`,
      preferred_call_time: `CASE WHEN ${byte('h', 6)} > 100 THEN time '08:00' + ${byte('h', 6)} * interval '2 minutes' END`,
      owner_id: owner(7),
      emails: `jsonb_build_array(jsonb_build_object('type', 'office', 'email', address))`,
      phones: `CASE WHEN ${byte('f', 4)} > 60 THEN jsonb_build_array(jsonb_build_object('type', 'office', 'phone', number)) ELSE '[]' END`,
      urls: `'[]'`,
      created_at: moment('g'),
      updated_at: touched(byte('g', 6), moment('g')),
      created_by: owner(7),
      updated_by: owner(6),
      properties: `jsonb_strip_nulls(jsonb_build_object('customer_number', lpad((n * 7)::text, 10, '0'),
        'newsletter', CASE WHEN ${byte('g', 5)} > 90 THEN 'true' WHEN ${byte('g', 5)} > 40 THEN 'false' END,
        'birthday', CASE WHEN ${byte('g', 5)} > 200 THEN (date '1999-12-31' - (g & 16383)::int)::text END,
        'interests', ${pick(['exports;api', 'dashboards', '', 'pricing;security;sso'], 'g', 4)}))`,
    },
  })
}

function tickets(context: DemoContext): DemoStatement {
  const subject = pick(
    [
      'Export stalls at 99 %',
      'Rechnung doppelt erhalten',
      'Cannot log in',
      'ログインできません',
      'Feature: dark mode',
      'Datei öffnet sich nicht',
    ],
    'h',
    0,
  )
  return fill(context, 'tickets', {
    count: context.tickets,
    salt: 3,
    draw: { opened: moment('g'), closed: `${byte('h', 1)} > 90` },
    columns: {
      id: ticketId('n'),
      subject: awkwardAtTimes(subject, 'n', 'f', 0),
      content: `CASE WHEN ${byte('f', 1)} > 20 THEN ${pick(['Steps:\n1. open\n2. click "Export"\n3. wait', 'Hallo,\r\nbitte um Rückruf.\r\nDanke', 'see attachment', ''], 'f', 2)} END`,
      stage: `CASE WHEN closed THEN '4' ELSE ${pick(['1', '2', '3'], 'h', 2)} END`,
      priority: `CASE WHEN ${byte('h', 3)} > 30 THEN ${pick(['LOW', 'MEDIUM', 'MEDIUM', 'HIGH'], 'h', 3)} END`,
      category: pick(['PRODUCT_ISSUE', 'BILLING_ISSUE', 'FEATURE_REQUEST', 'GENERAL_INQUIRY'], 'h', 4),
      source: pick(['CHAT', 'EMAIL', 'EMAIL', 'FORM', 'PHONE'], 'h', 5),
      owner_id: owner(6),
      first_response_time: `CASE WHEN ${byte('h', 7)} > 40 THEN ${byte('h', 7)} * interval '11 minutes 3.5 seconds' END`,
      created_at: 'opened',
      updated_at: `opened + ${byte('f', 3)} * interval '3 minutes'`,
      closed_at: `CASE WHEN closed THEN opened + ${byte('f', 3)} * interval '2 minutes' END`,
      properties: `jsonb_build_object('sla_minutes', ${pick(['60', '240', ''], 'f', 4)},
        'escalated_at', CASE WHEN ${byte('f', 5)} > 200 THEN to_char(opened AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') END)`,
    },
  })
}

function customObjects(context: DemoContext): DemoStatement {
  return fill(context, 'custom_objects', {
    count: context.customObjects,
    salt: 4,
    columns: {
      id: customObjectId('n'),
      object_type_id: `CASE WHEN n % 3 = 0 THEN '2-456' ELSE '2-123' END`,
      name: awkwardAtTimes(
        `CASE WHEN n % 3 = 0 THEN 'Site ' ELSE 'Subscription ' END || lpad(n::text, 6, '0')`,
        'n',
        'f',
        0,
      ),
      owner_id: owner(0),
      created_at: moment('g'),
      updated_at: touched(byte('h', 1), moment('g')),
      properties: `jsonb_strip_nulls(jsonb_build_object('plan', ${pick(['basic', 'pro'], 'h', 2)}, 'seats', (1 + (g & 255))::text,
        'mrr', ((g & 1023) * 9.95)::text, 'usage_ratio', CASE WHEN n % 4 > 0 THEN ((g & 255) / 255.0::float8)::text END,
        'serial_number', '9000' || lpad((g >> 3 & 4294967295)::text, 18, '0')))`,
    },
  })
}
