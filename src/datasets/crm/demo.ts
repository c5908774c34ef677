import { quoteLiteral } from '../../core/sql.ts'
import { affiliateStatements } from './demo/affiliate.ts'
import { associationStatements } from './demo/associations.ts'
import { catalogStatements } from './demo/catalogs.ts'
import { closeStatements } from './demo/close.ts'
import { maxCompanies } from './demo/company-name.ts'
import { dealStatements } from './demo/deals.ts'
import { objectStatements } from './demo/objects.ts'
import { realEstateStatements } from './demo/real-estate.ts'
import type { DemoContext, DemoStatement } from './demo/sql.ts'

export interface DemoOptions {
  /** The organization's external id. */
  readonly tenant: string
  /** Exactly so many deals, at least 100; the other tables grow with them up to some ten thousand rows. */
  readonly deals: number
  /** Another seed, other data. Default: 1. */
  readonly seed?: number
  /** What "the last 30 days" of clicks count back from. Everything else ends on 2026-11-01. */
  readonly asOf: Date
}

const minDeals = 100

/**
 * SQL that fills the CRM tables for one organization that has no rows in them yet, to be run in this
 * order. It neither rolls dice nor looks at the clock: equal options give equal rows.
 * @throws RangeError for fewer deals than it takes to hold one of everything
 */
export function demoStatements({ tenant, deals, seed = 1, asOf }: DemoOptions): DemoStatement[] {
  if (!Number.isSafeInteger(deals) || deals < minDeals || deals > 89_999_999) {
    throw new RangeError(`Demo data needs between ${minDeals} and 89999999 deals, not ${deals}`)
  }
  const context: DemoContext = {
    tenant: quoteLiteral(tenant).trim(),
    deals,
    companies: between(60, deals / 20, Math.min(20_000, maxCompanies)),
    contacts: between(120, deals / 10, 50_000),
    tickets: between(60, deals / 20, 15_000),
    customObjects: between(60, deals / 50, 10_000),
    leads: between(50, deals / 100, 5_000),
    advertisers: between(50, deals / 200, 3_000),
    properties: between(60, deals / 50, 20_000),
    seed,
    asOf: `timestamptz '${asOf.toISOString()}'`,
  }
  return [
    ...catalogStatements(context),
    ...dealStatements(context),
    ...objectStatements(context),
    ...associationStatements(context),
    ...closeStatements(context),
    ...affiliateStatements(context),
    ...realEstateStatements(context),
  ]
}

function between(least: number, count: number, most: number): number {
  return Math.floor(Math.min(Math.max(count, least), most))
}
