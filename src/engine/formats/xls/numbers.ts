/**
 * Numbers of cells. Excel computes with doubles and shows 15 digits: a decimal of up to 15 significant
 * digits survives a double exactly, a longer one would silently change and is therefore text. A
 * Postgres float is a double to begin with, so it is a number whatever the count of its digits.
 */
const maxDigits = 15

/** Excel's range; doubles outside of it (subnormals too) cannot be cells. */
const largest = 9.99999999999999e307
const smallest = 2.2250738585072014e-308

// Powers of ten up to 10^22 are exact doubles, so one division of an exact integer rounds correctly.
const powersOfTen = Array.from({ length: maxDigits + 1 }, (_, exponent) => 10 ** exponent)

/** The number that Postgres wrote between `start` and `end`, or NaN when the cell must stay text. */
export function parseNumber(bytes: Buffer, start: number, end: number, isFloat: boolean): number {
  const negative = bytes[start] === 0x2d
  let at = negative ? start + 1 : start
  if (end - at > maxDigits + 1 || at === end) return parseLong(bytes.toString('latin1', start, end), isFloat)
  let mantissa = 0
  let digits = 0
  let point = -1
  for (; at < end; at++) {
    const byte = bytes[at]!
    if (byte >= 0x30 && byte <= 0x39) {
      mantissa = mantissa * 10 + byte - 0x30
      digits++
    } else if (byte === 0x2e && point === -1) point = digits
    else return parseLong(bytes.toString('latin1', start, end), isFloat)
  }
  if (digits === 0 || digits > maxDigits) return parseLong(bytes.toString('latin1', start, end), isFloat)
  const value = point === -1 ? mantissa : mantissa / powersOfTen[digits - point]!
  return negative && value !== 0 ? -value : value
}

const decimal = /^-?(\d+)(?:\.(\d+))?(?:e[+-]?\d+)?$/

/** Long, with an exponent, NaN or infinite. */
function parseLong(text: string, isFloat: boolean): number {
  const match = decimal.exec(text)
  if (!match) return Number.NaN
  const significant = `${match[1]}${match[2] ?? ''}`.replace(/^0+/, '').replace(/0+$/, '')
  if (!isFloat && significant.length > maxDigits) return Number.NaN
  const value = Number(text)
  if (value === 0) return significant === '' ? 0 : Number.NaN
  const size = Math.abs(value)
  return size >= smallest && size <= largest ? value : Number.NaN
}

/**
 * The number as an RkNumber's 32 bits, or undefined when it needs all 64 bits of a NUMBER record: an
 * integer of 30 bits, or such an integer of hundredths (every price below 5.3 million).
 * @see [MS-XLS] 2.5.217
 */
export function rkOf(value: number): number | undefined {
  if (isInteger30(value)) return (value << 2) | 0b10
  const hundredths = Math.round(value * 100)
  // The reader divides by 100: only where that gives back the same double.
  if (isInteger30(hundredths) && hundredths / 100 === value) return (hundredths << 2) | 0b11
  return undefined
}

function isInteger30(value: number): boolean {
  return Number.isInteger(value) && value >= -(2 ** 29) && value < 2 ** 29
}
