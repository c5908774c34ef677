/**
 * Keeps text from being run as a formula by the spreadsheet that opens it: `'` is put before what begins
 * with tab, LF, CR, + - = @ or the full-width + - = @, unless the whole text is a plain number.
 * @see https://owasp.org/www-community/attacks/CSV_Injection
 */
const formulaStarts = [9, 10, 13, 43, 45, 61, 64, 0xff0b, 0xff0d, 0xff1d, 0xff20]

/** A number as a person writes it: nothing in it can be run. Postgres and JavaScript read it alike. */
const plainNumber = '^[-+]?[0-9]+([.,][0-9]+)*$'
const plainNumberPattern = new RegExp(plainNumber)

/** SQL that holds for the text `sql` when it must be guarded. */
export function isFormulaSql(sql: string): string {
  // ascii() is the code point of the first character. A regular expression here would double the query's
  // time; this costs a tenth of it where half of the columns are text.
  return `ascii(${sql}) IN (${formulaStarts.join(',')}) AND ${sql} !~ '${plainNumber}'`
}

/** The same for a text in JavaScript. */
export function guardText(text: string): string {
  const isFormula = formulaStarts.includes(text.codePointAt(0) ?? 0) && !plainNumberPattern.test(text)
  return isFormula ? `'${text}` : text
}
