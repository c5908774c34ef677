/** What blanks separate, in order; every operator that asks for words and every search means these. */
export function wordsOf(text: string): string[] {
  return text.split(/\s+/u).filter((word) => word !== '')
}
