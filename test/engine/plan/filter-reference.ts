import type { FieldCondition, Filter, FilterScalar } from '../../../src/core/filter.ts'
import { shop } from './filter-fixture.ts'

export type Row = Readonly<Record<string, unknown>>
/** Every table's rows, of all organizations. */
export type World = Readonly<Record<string, readonly Row[]>>

/** What a filter means, written a second time without SQL: two-valued logic over plain objects. */
export function matches(filter: Filter, dataset: string, row: Row, world: World): boolean {
  if ('and' in filter) return filter.and.every((node) => matches(node, dataset, row, world))
  if ('or' in filter) return filter.or.some((node) => matches(node, dataset, row, world))
  if ('not' in filter) return !matches(filter.not, dataset, row, world)
  if ('field' in filter) return holds(filter.field, columnOf(row, filter.field.column))
  if ('search' in filter) {
    const texts = shop[dataset]!.searchable!.map((name) => columnOf(row, name))
    const has = (word: string) =>
      texts.some((text) => text !== null && lower(String(text)).includes(lower(word)))
    return filter.search.split(' ').every(has)
  }
  const { name, quantifier, where } = filter.relation
  const target = shop[dataset]!.relations![name]!.dataset
  const related = relatedRows(dataset, name, row, world)
  const passes = (other: Row) => where === null || matches(where, target, other, world)
  if (quantifier === 'every') return related.every(passes)
  return related.some(passes) === (quantifier === 'some')
}

function relatedRows(dataset: string, name: string, row: Row, world: World): readonly Row[] {
  const { org } = row
  const mine = (table: string) => world[table]!.filter((other) => other.org === org)
  const linked = mine('links').filter((link) => link.kind === 'deal-contact')
  switch (`${dataset}.${name}`) {
    case 'deals.notes':
      return mine('notes').filter((note) => note.deal_id === row.id && !note.deleted)
    case 'notes.deal':
      return mine('deals').filter((deal) => deal.id === row.deal_id)
    case 'deals.region':
      return world.regions!.filter((region) => region.code === row.region)
    case 'deals.contacts': {
      const ids = linked.filter((link) => link.left_id === row.id).map((link) => link.right_id)
      return mine('contacts').filter((contact) => ids.includes(contact.id))
    }
    case 'contacts.deals': {
      const ids = linked.filter((link) => link.right_id === row.id).map((link) => link.left_id)
      return mine('deals').filter((deal) => ids.includes(deal.id))
    }
    default:
      throw new Error(`No relation ${dataset}.${name}`)
  }
}

/** The declared expressions, in JavaScript. */
function columnOf(row: Row, name: string): unknown {
  if (name === 'title') return row.name === null ? null : `${row.name}!`
  if (name === 'shout') return row.body === null ? null : String(row.body).toUpperCase()
  return row[name]
}

function holds({ column, operator, value }: FieldCondition, cell: unknown): boolean {
  const list = value as readonly FilterScalar[]
  const has = (one: FilterScalar) => (cell as readonly unknown[]).some((element) => element === one)
  if (operator === 'isNull') return (cell === null) === value
  if (operator === 'ne') return cell === null || compare(cell, value as FilterScalar) !== 0
  if (operator === 'notIn') return cell === null || !list.some((one) => compare(cell, one) === 0)
  if (operator === 'hasNone') return cell === null || !list.some(has)
  if (cell === null) return false
  const order = () => compare(cell, value as FilterScalar)
  const text = column === 'data' ? jsonText(cell) : String(cell)
  switch (operator) {
    case 'eq':
      return order() === 0
    case 'lt':
      return order() < 0
    case 'lte':
      return order() <= 0
    case 'gt':
      return order() > 0
    case 'gte':
      return order() >= 0
    case 'between': {
      const { from, to } = value as { from: FilterScalar; to: FilterScalar }
      return compare(cell, from) >= 0 && compare(cell, to) <= 0
    }
    case 'in':
      return list.some((one) => compare(cell, one) === 0)
    case 'hasAny':
      return list.some(has)
    case 'hasAll':
      return list.every(has)
    case 'contains':
      return lower(text).includes(lower(String(value)))
    case 'startsWith':
      return lower(text).startsWith(lower(String(value)))
    case 'endsWith':
      return lower(text).endsWith(lower(String(value)))
    case 'matchesWords':
      return words(value).every((word) =>
        at(`${no}${word.split('*').map(quote).join('\\S*')}${notYet}`, text),
      )
    case 'matchesPhrase':
      return at(`${no}${words(value).map(quote).join(`[^${wordChar}]+`)}${notYet}`, text)
    case 'matchesWordStarts':
      return words(value).every((word) => at(`${no}${quote(word)}`, text))
    default:
      return operator satisfies never
  }
}

/** By kind: numbers, booleans, moments; any other text by the bytes of its UTF-8, as in the collation C. */
function compare(cell: unknown, value: FilterScalar): number {
  if (typeof cell === 'number') return cell - Number(value)
  if (typeof cell === 'boolean') return Number(cell) - Number(value)
  if (cell instanceof Date) return cell.getTime() - Date.parse(String(value))
  return Buffer.compare(Buffer.from(String(cell)), Buffer.from(String(value)))
}

/** jsonb's text form, for flat objects of strings. */
function jsonText(cell: unknown): string {
  const entries = Object.entries(cell as object).map(
    ([key, item]) => `${JSON.stringify(key)}: ${JSON.stringify(item)}`,
  )
  return `{${entries.join(', ')}}`
}

const wordChar = '\\p{Alphabetic}0-9_'
const no = `(?<![${wordChar}])`
const notYet = `(?![${wordChar}])`

function words(value: unknown): string[] {
  return String(value).split(/\s+/)
}

function at(pattern: string, text: string): boolean {
  return new RegExp(pattern, 'iu').test(text)
}

function quote(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
}

/** Letter by letter, as Postgres' builtin C.UTF-8 does. */
function lower(text: string): string {
  return [...text].map((char) => char.toLowerCase()).join('')
}
