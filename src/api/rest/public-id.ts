/** The public form of an export's id: a prefix and 22 letters and digits, which is the UUID to the base 62. */
export interface PublicId {
  encode(uuid: string): string
  /** Null for whatever no id looks like. */
  decode(text: string): string | null
}

const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
/** 62^22 is just above 2^128. */
const length = 22

export function prefixedId(prefix: string): PublicId {
  return {
    encode: (uuid) => prefix + toBase62(BigInt(`0x${uuid.replaceAll('-', '')}`)),
    decode(text) {
      const body = text.startsWith(prefix) ? text.slice(prefix.length) : ''
      return /^[0-9A-Za-z]{22}$/.test(body) ? uuidOf(fromBase62(body)) : null
    },
  }
}

function toBase62(value: bigint): string {
  let text = ''
  for (let rest = value; rest > 0n; rest /= 62n) text = digits[Number(rest % 62n)] + text
  return text.padStart(length, '0')
}

function fromBase62(text: string): bigint {
  return Array.from(text).reduce((value, digit) => value * 62n + BigInt(digits.indexOf(digit)), 0n)
}

function uuidOf(value: bigint): string | null {
  if (value >= 1n << 128n) return null
  return value
    .toString(16)
    .padStart(32, '0')
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}
