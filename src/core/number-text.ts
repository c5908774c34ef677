/** More digits than any column of ours; Postgres' numeric takes 131,072. */
const maxDigits = 1000

/**
 * A decimal number in its one plain form: `-12.5`, without exponent, plus sign, blanks or needless
 * zeros; undefined when the text is no number. Digits are never rounded.
 */
export function canonicalDecimal(text: string): string | undefined {
  const match = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,4}))?$/.exec(text.trim())
  if (!match) return undefined
  const [, sign, whole = '', fraction = '', exponent = '0'] = match
  const digits = whole + fraction
  if (digits === '') return undefined
  const point = whole.length + Number(exponent)
  if (Math.max(digits.length, point, digits.length - point) > maxDigits) return undefined
  const padded = point <= 0 ? '0'.repeat(1 - point) + digits : digits.padEnd(point, '0')
  const split = Math.max(point, 1)
  const before = padded.slice(0, split).replace(/^0+(?=\d)/, '')
  const after = padded.slice(split).replace(/0+$/, '')
  const number = after ? `${before}.${after}` : before
  return sign === '-' && number !== '0' ? `-${number}` : number
}

const integerRanges = {
  integer: { min: -(2n ** 31n), max: 2n ** 31n - 1n },
  bigint: { min: -(2n ** 63n), max: 2n ** 63n - 1n },
} as const

/** Why a canonical decimal cannot stand in a column of whole numbers; undefined when it can. */
export function integerProblem(decimal: string, type: keyof typeof integerRanges): string | undefined {
  const { min, max } = integerRanges[type]
  if (decimal.includes('.')) return 'must be a whole number'
  const value = BigInt(decimal)
  return value < min || value > max ? `must be from ${min} to ${max}` : undefined
}
