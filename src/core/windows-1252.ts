/**
 * The 27 characters at 0x80 to 0x9f. The five bytes between them (81, 8d, 8f, 90, 9d) stand for no
 * character; all others equal their code point.
 * @see https://encoding.spec.whatwg.org/#windows-1252
 */
const high = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ'

const bytes = new Map<string, number>()
for (let code = 0; code < 0x100; code++) {
  const character = high[code - 0x80] ?? String.fromCharCode(code)
  if (code < 0x80 || code > 0x9f || character.charCodeAt(0) !== code) bytes.set(character, code)
}

/** The byte of a character; undefined when Windows-1252 has none. */
export function windows1252Byte(character: string): number | undefined {
  return bytes.get(character)
}
