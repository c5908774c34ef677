/**
 * An enumeration from the core's words, each with what it means: `exports:read` is EXPORTS_READ. A word
 * without a description does not compile.
 */
export function enumValues<Word extends string>(
  descriptions: Readonly<Record<Word, string>>,
): Record<string, { value: Word; description: string }> {
  return Object.fromEntries(
    Object.entries<string>(descriptions).map(([word, description]) => [
      word.toUpperCase().replace(/[.:]/, '_'),
      { value: word as Word, description },
    ]),
  )
}
