import { awkwardAtTimes } from './awkward.ts'
import { companyName } from './company-name.ts'
import { anchor, byte, type DemoContext, type DemoStatement, moment, pick, touched } from './sql.ts'
import { fill } from './statement.ts'

/** HiEnergy's advertisers, their offers, and clicks: a third of these in the thirty days before `asOf`. */
export function affiliateStatements(context: DemoContext): DemoStatement[] {
  const { advertisers, asOf } = context
  const deals = advertisers * 3
  // Half of the advertisers have no clicks of late.
  const clicked = `CASE WHEN ${byte('h', 1)} % 3 = 0 THEN 2 * (h >> 20 & 65535) % ${advertisers} ELSE (h >> 20 & 65535) % ${advertisers} END`
  return [
    fill(context, 'advertisers', {
      count: advertisers,
      salt: 21,
      columns: {
        id: '7000 + n',
        name: awkwardAtTimes(companyName('(n * 3)'), 'n', 'f', 0),
        domain: `'shop-' || n || '.example'`,
        network: pick(['AWIN', 'CJ', 'Rakuten', 'Impact, Inc.', 'TradeTracker'], 'h', 0),
        status: pick(['active', 'active', 'active', 'pending', 'paused'], 'h', 1),
        country: pick(['US', 'DE', 'GB', 'FR', 'JP', 'BR'], 'h', 2),
        categories: `ARRAY[${pick(['Fashion', 'Home & Garden', 'Electronics', 'Travel, flights'], 'h', 3)}, ${pick(['Sale', 'New "in"', 'Gifts'], 'h', 4)}]`,
        commission_percent: `CASE WHEN ${byte('h', 5)} > 20 THEN (${byte('h', 5)} * 0.125)::numeric END`,
        cookie_days: `${pick(['7', '30', '45', '90'], 'h', 6)}::int`,
        contact_email: `CASE WHEN ${byte('h', 7)} > 40 THEN 'partners@shop-' || n || '.example' END`,
        joined_on: `date '${anchor}' - (n % 1500)::int`,
        created_at: moment('g'),
        updated_at: touched('n % 90', moment('g')),
      },
    }),
    fill(context, 'affiliate_deals', {
      count: deals,
      salt: 22,
      columns: {
        id: '90000 + n',
        advertiser_id: `7001 + n % ${advertisers}`,
        title: awkwardAtTimes(
          pick(
            [
              '20 % off everything',
              'Gratis-Versand ab 50 €',
              'Summer sale; last days',
              '送料無料',
              '2 for 1',
            ],
            'h',
            0,
          ),
          'n',
          'f',
          0,
        ),
        description: `CASE WHEN ${byte('f', 1)} > 60 THEN ${pick(['New customers only.\nNot on gift cards.', 'Nur solange der Vorrat reicht, "keine" Rabatte.', ''], 'f', 2)} END`,
        type: pick(['coupon', 'offer', 'free_shipping'], 'h', 1),
        code: `CASE WHEN ${byte('h', 2)} > 80 THEN ${pick(['SAVE20', '007', '1E10', '=SALE', '-10OFF'], 'h', 2)} END`,
        discount_percent: `CASE WHEN ${byte('h', 3)} > 60 THEN (${byte('h', 3)} % 70) + 0.5 END`,
        url: `'https://shop.example/deal/' || n || '?utm_source=sluice&x=ü'`,
        exclusive: `${byte('h', 4)} > 200`,
        starts_on: `date '${anchor}' - (n % 60)::int`,
        ends_on: `CASE WHEN n % 4 > 0 THEN date '${anchor}' + (n % 90)::int END`,
        created_at: moment('g'),
        updated_at: touched('n % 30', moment('g')),
      },
    }),
    fill(context, 'clicks', {
      count: advertisers * 10,
      salt: 23,
      draw: { recent: `${byte('h', 1)} % 3 = 0`, who: clicked },
      columns: {
        id: '500000000000 + n',
        advertiser_id: '7001 + who',
        affiliate_deal_id: `CASE WHEN ${byte('f', 0)} > 60 THEN 90000 + CASE WHEN who = 0 THEN ${advertisers} ELSE who END END`,
        clicked_at: `${asOf} - ((CASE WHEN recent THEN 0 ELSE 31 END) + ${byte('f', 1)} % 30) * interval '1 day' - ${byte('f', 2)} * interval '311.000017 seconds'`,
        sub_id: `lpad((h >> 4 & 1152921504606846975)::text, 24, '0')`,
        country: pick(['US', 'DE', 'GB', 'FR', 'JP', 'BR'], 'g', 0),
        device: pick(['desktop', 'mobile', 'mobile', 'tablet'], 'g', 1),
        referrer: awkwardAtTimes(
          pick(
            ['https://blog.example/a?b=1,2', 'https://news.example/', 'android-app://com.example'],
            'g',
            2,
          ),
          'n',
          'g',
          3,
        ),
        user_agent: pick(
          [
            'Mozilla/5.0 (Windows NT 10.0; Win64; x64)',
            'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X)',
            'curl/8.9',
          ],
          'g',
          4,
        ),
        ip_address: `'203.0.113.' || ${byte('g', 5)}`,
        visitor_hash: `decode(md5(h::text), 'hex')`,
        commission: `CASE WHEN ${byte('g', 6)} > 200 THEN (g & 65535) * 0.000123456789 END`,
        conversion_rate: `CASE WHEN ${byte('g', 7)} > 20 THEN ${byte('g', 7)} / 255.0::float8 END`,
      },
    }),
  ]
}
