import { awkwardAtTimes } from './awkward.ts'
import { personId } from './ids.ts'
import { anchor, byte, type DemoContext, type DemoStatement, moment, pick, touched } from './sql.ts'
import { fill } from './statement.ts'
import { asciiOf, firstNames, lastNames } from './vocabulary.ts'

const cities = ['Boston', 'Newark', 'Portland', 'San José', 'Albuquerque', 'St. Louis']
const states = ['MA', 'NJ', 'ME', 'CA', 'NM', 'MO']
const zips = ['02108', '07102', '04101', '95110', '87101', '63101']
const streets = ['Main St', 'Elm St, Unit 4', 'O’Farrell Blvd', '1st Ave "North"', 'Calle Ocho']

/** DealMachine's properties, the people behind them, and lists of both. */
export function realEstateStatements(context: DemoContext): DemoStatement[] {
  const { properties: count, tenant } = context
  return [
    fill(context, 'properties', {
      count,
      salt: 31,
      columns: {
        id: '810000000 + n',
        apn: `lpad((g >> 2 & 1073741823)::text, 12, '0') || '-000'`,
        address: awkwardAtTimes(`(1 + (g & 4095)) || ' ' || ${pick(streets, 'h', 1)}`, 'n', 'f', 0),
        city: pick(cities, 'h', 0),
        state: pick(states, 'h', 0),
        zip: pick(zips, 'h', 0),
        county: `CASE WHEN ${byte('h', 2)} > 30 THEN ${pick(['Suffolk', 'Essex', 'Doña Ana'], 'h', 2)} END`,
        type: pick(['single_family', 'single_family', 'multi_family', 'condo', 'land'], 'h', 3),
        beds: `CASE WHEN ${byte('h', 4)} > 30 THEN 1 + ${byte('h', 4)}::int % 6 END`,
        baths: `CASE WHEN ${byte('h', 4)} > 30 THEN 1 + ${byte('h', 5)} % 6 * 0.5 END`,
        living_area_sqft: `CASE WHEN ${byte('h', 4)} > 30 THEN 500 + (g >> 5 & 4095)::int END`,
        lot_acres: `(g >> 7 & 8191) * 0.0013`,
        year_built: `CASE WHEN ${byte('h', 6)} > 20 THEN 1850 + (g >> 9 & 127)::int END`,
        estimated_value: `CASE WHEN ${byte('h', 7)} > 10 THEN 50000 + (g >> 11 & 1048575) END`,
        mortgage_balance: `CASE WHEN ${byte('h', 7)} > 90 THEN (g >> 13 & 262143) END`,
        last_sale_on: `CASE WHEN ${byte('f', 1)} > 40 THEN date '${anchor}' - (g & 16383)::int END`,
        last_sale_price: `CASE WHEN ${byte('f', 1)} > 40 THEN (g >> 12 & 1048575) + 0.99 END`,
        owner_occupied: `CASE WHEN ${byte('f', 2)} > 20 THEN ${byte('f', 2)} > 100 END`,
        vacant: `${byte('f', 3)} > 220`,
        latitude: `25 + (g & 1048575) / 52428.8::float8`,
        longitude: `-122 + (h & 1048575) / 20971.52::float8`,
        listed_at: `CASE WHEN ${byte('f', 4)} > 160 THEN timestamp '${anchor} 14:05:00' - (g & 1023) * interval '1 hour' END`,
        created_at: moment('g'),
        updated_at: touched('(h & 127)', moment('g')),
      },
    }),
    fill(context, 'people', {
      count,
      salt: 32,
      columns: {
        id: personId('n'),
        first_name: awkwardAtTimes(pick(firstNames, 'h', 0), 'n', 'f', 0),
        last_name: pick(lastNames, 'h', 1),
        birth_date: `CASE WHEN ${byte('f', 1)} > 40 THEN date '2004-12-31' - (g & 16383)::int END`,
        emails: `CASE WHEN ${byte('f', 2)} > 60 THEN ARRAY[${pick(firstNames.map(asciiOf), 'h', 0)} || n || '@home.example'] ELSE '{}' END`,
        phones: `ARRAY['+1 ' || (2000000000 + (g & 1073741823)), NULL, '0' || (g & 65535)]`,
        mailing_address: `(1 + (g & 4095)) || ' ' || ${pick(streets, 'h', 2)}`,
        mailing_city: pick(cities, 'h', 3),
        mailing_state: pick(states, 'h', 3),
        mailing_zip: pick(zips, 'h', 3),
        do_not_call: `${byte('f', 3)} > 200`,
        best_call_time: `CASE WHEN ${byte('f', 4)} > 128 THEN time '09:00' + ${byte('f', 4)} * interval '90 seconds' END`,
        created_at: moment('g'),
        updated_at: touched('(h & 127)', moment('g')),
      },
    }),
    {
      label: 'people of properties',
      sql: `INSERT INTO crm.property_people (organization_id, property_id, person_id, role)
SELECT ${tenant}, 810000000 + n, ${personId('n')}, 'owner' FROM generate_series(1, ${count}) AS n
UNION ALL SELECT ${tenant}, 810000000 + n, ${personId('(n + 1)')}, 'resident' FROM generate_series(1, ${count - 1}, 3) AS n`,
    },
    {
      label: 'lists of properties',
      sql: `INSERT INTO crm.property_lists (organization_id, list_id, property_id)
SELECT ${tenant}, 3000001, 810000000 + n FROM generate_series(1, ${count}, 4) AS n
UNION ALL SELECT ${tenant}, 3000002, 810000000 + n FROM generate_series(1, ${count}, 10) AS n`,
    },
    {
      label: 'lists of people',
      sql: `INSERT INTO crm.person_lists (organization_id, list_id, person_id)
SELECT ${tenant}, 3000101, ${personId('n')} FROM generate_series(1, ${count}, 6) AS n`,
    },
  ]
}
