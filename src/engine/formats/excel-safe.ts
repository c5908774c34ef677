/**
 * Digits that Excel would change when it opens a CSV file are written as `="00123"`: a formula whose value
 * is the text 00123. A formula can hold a text of 255 characters; longer digits are left as they are.
 */
const maxDigits = 255

/** A number in Excel has 15 digits; what follows becomes 0. */
const keptDigits = 15

/**
 * In text: a leading zero before another digit, a leading plus, an exponent (12E5), or 12 digits and more,
 * which Excel shows as 1.23E+11.
 */
const changedText = '^([+][0-9]+|-?(0[0-9]+|[0-9]{12,}|[0-9]+[eE][-+]?[0-9]+))$'
const changedTextPattern = new RegExp(changedText)

/** SQL that holds for the text `sql` when Excel would change it. */
export function isChangedTextSql(sql: string): string {
  // Only what begins with a digit or sign (43 to 57) is worth a regular expression.
  return `ascii(${sql}) BETWEEN 43 AND 57 AND ${sql} ~ '${changedText}' AND length(${sql}) <= ${maxDigits}`
}

/** SQL that holds for the text of a number when Excel would lose some of its digits. */
export function isChangedNumberSql(sql: string): string {
  return `length(ltrim(translate(${sql}, '-.', ''), '0')) BETWEEN ${keptDigits + 1} AND ${maxDigits}`
}

export function asFormulaSql(sql: string): string {
  return `'="' || ${sql} || '"'`
}

/** `isChangedTextSql` in JavaScript: of what it takes, every character is one byte. */
export function isChangedText(text: string): boolean {
  return text.length <= maxDigits && changedTextPattern.test(text)
}

/** `isChangedNumberSql` in JavaScript. */
export function isChangedNumber(text: string): boolean {
  const { length } = text.replaceAll(/[-.]/g, '').replace(/^0+/, '')
  return length > keptDigits && length <= maxDigits
}

export function asFormula(text: string): string {
  return `="${text}"`
}
