import { quoteLiteral } from '../../../core/sql.ts'

/** One step of filling a database. `label` is for a progress line. */
export interface DemoStatement {
  readonly label: string
  readonly sql: string
}

/** What every part of the demo data is made from. */
export interface DemoContext {
  /** The organization's external id, as an SQL literal. */
  readonly tenant: string
  readonly deals: number
  readonly companies: number
  readonly contacts: number
  readonly tickets: number
  readonly customObjects: number
  readonly leads: number
  readonly advertisers: number
  readonly properties: number
  readonly seed: number
  /** The instant that "the last 30 days" counts from, as an SQL literal. */
  readonly asOf: string
}

/** Everything but clicks happened before this day. */
export const anchor = '2026-11-01'
/** Seconds since 1970 of the anchor. */
export const anchorSeconds = Date.parse(`${anchor}T00:00:00Z`) / 1000

/** A text as an SQL literal. */
export function quoteText(value: string): string {
  return quoteLiteral(value).trim()
}

/** Some time in the six years before the anchor, to the microsecond, from 27 bits of a hash. */
export function moment(hash: string): string {
  return `timestamptz '${anchor} 00:00+00' - (${hash} & 134217727) * interval '1.400001 second'`
}

/** The anchor less a number of days, or `created` where that is later. */
export function touched(days: string, created: string): string {
  return `greatest(${created}, timestamptz '${anchor} 00:00+00' - (${days}) * interval '1 day')`
}

/** A list of texts; a constant to the planner. */
export function textArray(texts: readonly string[]): string {
  return `ARRAY[${texts.map(quoteText).join(', ')}]::text[]`
}

/** A value as a jsonb literal. */
export function jsonb(value: unknown): string {
  return `${quoteText(JSON.stringify(value))}::jsonb`
}

/**
 * Eight bits of a hash (column `h`, `g` …) as a number, 0–255. A hash has eight such `slot`s, and
 * choices are independent as long as they use different slots: one hash is cheaper than eight.
 */
export function byte(hash: string, slot: number): string {
  return `(${hash} >> ${slot * 8} & 255)`
}

/** One of the texts, chosen by a slot of a hash. Repeat a text to make it likelier. */
export function pick(texts: readonly string[], hash: string, slot: number): string {
  return nth(texts, `${byte(hash, slot)} % ${texts.length}`)
}

/** The text at an index counted from 0. */
export function nth(texts: readonly string[], index: string): string {
  return `(${textArray(texts)})[1 + ${index}]`
}

/** Numbers from 1 with three hashes each. OFFSET 0 keeps the planner from computing a hash per use. */
export function numbered(count: number, seed: number): string {
  const hash = (k: number) => `hashint8extended(n, ${seed * 3 + k})`
  return `(SELECT n, ${hash(0)} AS f, ${hash(1)} AS g, ${hash(2)} AS h
    FROM (SELECT generate_series(1::bigint, ${count}::bigint) AS n) AS series OFFSET 0)`
}

/**
 * The expression at an index counted from 0, for values that no array can hold (lists). A CASE of
 * constants: joining a VALUES list instead is a nested loop to the planner, and twice as slow.
 */
export function nthOf(expressions: readonly string[], index: string): string {
  return `CASE ${index} ${expressions.map((expr, i) => `WHEN ${i} THEN ${expr}`).join(' ')} END`
}
