import { maxSheetNameUnits } from './limits.ts'

/**
 * Sheet names that Excel takes, each another: `Deals`, `Deals (2)` … They have 1 to 31 UTF-16 units, none
 * of `[]:*?/\` or control characters, no apostrophe at either end, and are not `History`, which Excel
 * keeps for itself. Case does not tell two names apart.
 */
export function* sheetNames(wanted: string): Generator<string, never, void> {
  const base = validName(wanted)
  const taken = new Set<string>()
  for (let number = 1; ; number++) {
    const suffix = number === 1 ? '' : ` (${number})`
    const name = cut(base, maxSheetNameUnits - suffix.length) + suffix
    if (taken.has(name.toLowerCase())) continue
    taken.add(name.toLowerCase())
    yield name
  }
}

function validName(wanted: string): string {
  const plain = wanted
    .toWellFormed()
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    .replace(/[[\]:*?/\\\u0000-\u001f\u007f\ufffe\uffff]+/g, ' ')
    .trim()
  const name = cut(plain, maxSheetNameUnits).replace(/^[' ]+|[' ]+$/g, '')
  if (name === '') return 'Sheet'
  return name.toLowerCase() === 'history' ? `${name} 1` : name
}

/** The first characters that fit; a surrogate pair stays whole. */
function cut(text: string, units: number): string {
  return text.slice(0, units).replace(/[\ud800-\udbff]$/, '')
}
