import { type ColumnType, isNumeric, scalarOf } from '../../core/column-type.ts'
import type { CsvOptions } from '../../core/options/delimited.ts'
import { asFormula, isChangedNumber, isChangedText } from './excel-safe.ts'
import type { FileColumn, ValueText } from './format.ts'
import { guardText } from './formula-guard.ts'
import { arrayText, isList, joinedText } from './list-text.ts'
import { momentOptions } from './moment-sql.ts'
import { momentText } from './moment-text.ts'
import { roundedText } from './rounded-text.ts'

/** What `cellSql` makes in Postgres, for a value that JavaScript has; a test holds the two to each other. */
export function cellText(value: ValueText, { type, format }: FileColumn, options: CsvOptions): string | null {
  if (value === null) return null
  if (isList(value)) return listCell(value, type, options)
  if (isNumeric(type)) {
    const number = format?.decimals === undefined ? value : roundedText(value, format.decimals)
    const isLong = type === 'bigint' || type === 'decimal'
    return options.excelSafe && isLong && isChangedNumber(number) ? asFormula(number) : number
  }
  if (type === 'text' || type === 'enum') return textCell(value, options)
  return scalarCell(value, type, { ...options, ...momentOptions(options, format) })
}

function listCell(list: readonly ValueText[], type: ColumnType, options: CsvOptions): string {
  const { listSeparator: separator, nullText } = options
  const scalar = scalarOf(type)
  const isNested = list.some(isList)
  const own = () => arrayText(list, scalar)
  if (separator === null) return own()
  const joined = isNested
    ? own()
    : joinedText(list, { separator, nullText }, (element) => scalarCell(element, scalar, options))
  return scalar === 'text' || scalar === 'enum' ? textCell(joined, options) : joined
}

function scalarCell(text: string, type: ColumnType, options: CsvOptions): string {
  switch (type) {
    case 'boolean':
      return text === 'true' ? options.booleanText.true : options.booleanText.false
    case 'date':
    case 'timestamp':
    case 'timestamptz':
      return momentText(text, type, options)
    default:
      return text
  }
}

function textCell(text: string, { excelSafe, formulaGuard }: CsvOptions): string {
  if (excelSafe && isChangedText(text)) return asFormula(text)
  return formulaGuard ? guardText(text) : text
}
