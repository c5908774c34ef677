import type { Dataset } from '../../core/dataset.ts'
import { activities } from './activities.ts'
import { advertisers } from './advertisers.ts'
import { affiliateDeals } from './affiliate-deals.ts'
import { clicks } from './clicks.ts'
import { companies } from './companies.ts'
import { competitors } from './competitors.ts'
import { contacts } from './contacts.ts'
import { customObjects } from './custom-objects.ts'
import { deals } from './deals.ts'
import { leads } from './leads.ts'
import { lists } from './lists.ts'
import { opportunities } from './opportunities.ts'
import { people } from './people.ts'
import { products } from './products.ts'
import { properties } from './properties.ts'
import { tickets } from './tickets.ts'

/** The datasets that every server has without being told of any table. */
export const crmDatasets: readonly Dataset[] = [
  deals,
  contacts,
  companies,
  tickets,
  customObjects,
  leads,
  opportunities,
  activities,
  products,
  competitors,
  advertisers,
  affiliateDeals,
  clicks,
  properties,
  people,
  lists,
]
