import { isNumeric, scalarOf, scalarTypes } from '../core/column-type.ts'
import type { Column, Dataset } from '../core/dataset.ts'
import { datePatternProblem } from '../core/date-pattern.ts'
import type { Issue } from '../core/errors.ts'
import type { Labels } from '../core/labels.ts'

/** What a dataset, a column, a relation or a dynamic prefix may be called: a GraphQL name without a leading `_`. */
const word = /^[a-zA-Z][a-zA-Z0-9_]*$/

/** A setting with a dot is a custom one; those without are the server's own, such as `role`. */
const settingName = /^[a-z_][a-z0-9_]*(\.[a-z_][a-z0-9_]*)+$/i

/** Places after the point; Excel shows 30, a double holds 17. */
const maxDecimals = 20

type Report = (path: string, message: string) => void

/** Everything that is wrong with a declaration by itself; relations may still point nowhere (see registry.ts). */
export function checkDataset(dataset: Dataset): Issue[] {
  const issues: Issue[] = []
  const report: Report = (path, message) => issues.push({ path: `${dataset.name}.${path}`, message })
  checkWord(report, 'name', dataset.name)
  checkLabel(report, 'label', dataset.label)
  checkSource(report, dataset)
  checkColumns(report, dataset)
  checkReferences(report, dataset)
  checkDynamicColumns(report, dataset)
  checkRelations(report, dataset)
  return issues
}

function checkWord(report: Report, path: string, name: string): void {
  if (!word.test(name)) report(path, `'${name}' is not a word: a letter, then letters, digits and _`)
}

function checkLabel(report: Report, path: string, label: Labels): void {
  const english = typeof label === 'string' ? label : label?.en
  if (typeof english !== 'string' || english.trim() === '') report(path, 'an English label is missing')
}

function checkSource(report: Report, { source, tenant }: Dataset): void {
  if ('query' in source && /;\s*$/.test(source.query)) {
    report('source.query', 'a trailing semicolon: the query becomes a subquery')
  }
  if ('column' in tenant && !tenant.column) report('tenant.column', 'a name is missing')
  if ('rowLevelSecurity' in tenant && !settingName.test(tenant.rowLevelSecurity.setting)) {
    report('tenant.rowLevelSecurity.setting', "must be a setting of your own, with a dot: 'app.tenant_id'")
  }
}

function checkColumns(report: Report, { columns, dynamicColumns = [] }: Dataset): void {
  if (Object.keys(columns).length === 0) report('columns', 'at least one column is needed')
  for (const [name, column] of Object.entries(columns)) {
    const path = `columns.${name}`
    checkWord(report, path, name)
    checkLabel(report, `${path}.label`, column.label)
    if (!scalarTypes.includes(scalarOf(column.type))) report(`${path}.type`, `unknown type '${column.type}'`)
    for (const { prefix } of dynamicColumns) {
      if (name.startsWith(prefix)) report(path, `starts with the dynamic prefix '${prefix}'`)
    }
    checkValue(report, path, column, columns)
    checkFormat(report, `${path}.format`, column)
    const values = column.options?.map(({ value }) => value) ?? []
    column.options?.forEach(({ value, label }, index) => {
      checkLabel(report, `${path}.options.${index}.label`, label)
      if (values.indexOf(value) !== index) {
        report(`${path}.options.${index}.value`, `'${value}' is offered twice`)
      }
    })
  }
}

/** Where the value comes from: the database's own column, SQL or JavaScript. */
function checkValue(report: Report, path: string, column: Column, columns: Dataset['columns']): void {
  const { expr, compute } = column
  const sources = (['column', 'expr', 'compute'] as const).filter((key) => column[key] !== undefined)
  if (sources.length > 1) report(path, `has ${sources.join(' and ')}: a value comes from one of them`)
  if (column.column === '') report(`${path}.column`, 'a name is missing')
  if (expr !== undefined && /;\s*$/.test(expr)) report(`${path}.expr`, 'a trailing semicolon')
  if (!compute) return
  if (typeof compute.value !== 'function') report(`${path}.compute.value`, 'must be a function')
  if (!Array.isArray(compute.from) || compute.from.length === 0) {
    report(`${path}.compute.from`, 'at least one column is needed')
    return
  }
  compute.from.forEach((name, index) => {
    const at = `${path}.compute.from.${index}`
    const from = Object.hasOwn(columns, name) ? columns[name] : undefined
    if (!from) report(at, `no column '${name}'`)
    else if (from.compute) report(at, `'${name}' is computed itself`)
    // Who may not see the one must not see the other; only the declaration's author knows whether it shows.
    else if (from.pii && column.pii === undefined) {
      report(`${path}.pii`, `'${name}' is personal data: say pii: true, or pii: false if none of it shows`)
    }
  })
}

function checkFormat(report: Report, path: string, { type, format }: Column): void {
  if (!format) return
  const { decimals, pattern, excel, parquet } = format
  const isMoment = type === 'date' || type === 'timestamp' || type === 'timestamptz'
  if (decimals !== undefined) {
    const isNumber = isNumeric(type)
    if (!isNumber) report(`${path}.decimals`, `is for numbers, and this is ${type}`)
    else if (!(Number.isInteger(decimals) && decimals >= 0 && decimals <= maxDecimals)) {
      report(`${path}.decimals`, `must be a whole number from 0 to ${maxDecimals}`)
    }
  }
  if (pattern !== undefined) {
    const problem = isMoment
      ? datePatternProblem(pattern, type === 'date' ? 'date' : 'timestamp')
      : `is for dates and timestamps, and this is ${type}`
    if (problem) report(`${path}.pattern`, problem)
  }
  if (parquet !== undefined && parquet !== 'text') report(`${path}.parquet`, "can be 'text', or left out")
  if (excel !== undefined) {
    const isShown = isNumeric(type) || isMoment || type === 'time'
    if (!isShown) report(`${path}.excel`, `is for numbers and times, and this is ${type}`)
    else if (!/^[^\p{Cc}]{1,200}$/u.test(excel)) {
      report(`${path}.excel`, 'must have 1 to 200 characters, none of them control characters')
    }
  }
}

/** The places that name columns of the dataset. */
function checkReferences(report: Report, dataset: Dataset): void {
  const { columns, key, defaultColumns, defaultSort, searchable = [] } = dataset
  const checkNames = (path: string, names: readonly string[]) => {
    names.forEach((name, index) => {
      if (!Object.hasOwn(columns, name)) report(`${path}.${index}`, `no column '${name}'`)
      else if (names.indexOf(name) !== index) report(`${path}.${index}`, `'${name}' is named twice`)
    })
  }
  if (key?.length === 0) report('key', 'leave it out, or name a column')
  if (dataset.recordsDelivered && !key)
    report('recordsDelivered', 'needs a key, by which rows are known again')
  checkNames('key', key ?? [])
  if (defaultColumns?.length === 0) report('defaultColumns', 'leave it out, or name a column')
  checkNames('defaultColumns', defaultColumns ?? [])
  checkNames('defaultSort', defaultSort?.map(({ column }) => column) ?? [])
  checkNames('searchable', searchable)
  // Only the database can order and search rows.
  const mustBeStored = { key, defaultSort: defaultSort?.map(({ column }) => column), searchable }
  for (const [path, names = []] of Object.entries(mustBeStored)) {
    names.forEach((name, index) => {
      if (columns[name]?.compute) report(`${path}.${index}`, `'${name}' is computed`)
    })
  }
  searchable.forEach((name, index) => {
    const type = Object.hasOwn(columns, name) ? columns[name]?.type : undefined
    if (type && type !== 'text') report(`searchable.${index}`, `'${name}' is ${type}, not text`)
  })
}

function checkDynamicColumns(report: Report, { dynamicColumns = [] }: Dataset): void {
  const prefixes = dynamicColumns.map(({ prefix }) => prefix)
  dynamicColumns.forEach(({ prefix, label, catalog, expr }, index) => {
    const path = `dynamicColumns.${index}`
    checkWord(report, `${path}.prefix`, prefix)
    checkLabel(report, `${path}.label`, label)
    if (prefixes.indexOf(prefix) !== index) report(`${path}.prefix`, `'${prefix}' is declared twice`)
    if (/;\s*$/.test(catalog)) report(`${path}.catalog`, 'a trailing semicolon: the query becomes a subquery')
    if (!catalog.includes('$1')) report(`${path}.catalog`, 'does not ask for the organization ($1)')
    if (!expr.includes(':id')) report(`${path}.expr`, 'does not use :id')
  })
}

function checkRelations(report: Report, { relations = {} }: Dataset): void {
  for (const [name, { label, dataset, on, through }] of Object.entries(relations)) {
    const path = `relations.${name}`
    checkWord(report, path, name)
    checkLabel(report, `${path}.label`, label)
    if (!dataset) report(`${path}.dataset`, 'the related dataset is not named')
    if (on.length === 0) report(`${path}.on`, 'at least one pair of columns is needed')
    if (through?.on.length === 0) report(`${path}.through.on`, 'at least one pair of columns is needed')
  }
}
