/**
 * Postgres' `round(value, decimals)` for the text of a number: half away from zero, always so many digits
 * after the point. NaN and the infinities stay what they are.
 */
export function roundedText(text: string, decimals: number): string {
  const match = /^(-?)(\d+)(?:\.(\d+))?(?:e([-+]\d+))?$/.exec(text)
  if (!match) return text
  const [, sign, whole = '', fraction = '', exponent = '0'] = match
  const point = whole.length + Number(exponent)
  const digits = `${'0'.repeat(Math.max(0, 1 - point))}${whole}${fraction}`
  const end = Math.max(point, 1) + decimals
  const kept = digits.slice(0, end).padEnd(end, '0')
  const carry = (digits[end] ?? '0') >= '5' ? 1n : 0n
  const rounded = String(BigInt(kept) + carry).padStart(decimals + 1, '0')
  const split = rounded.length - decimals
  const number = decimals === 0 ? rounded : `${rounded.slice(0, split)}.${rounded.slice(split)}`
  return sign === '-' && /[1-9]/.test(number) ? `-${number}` : number
}
