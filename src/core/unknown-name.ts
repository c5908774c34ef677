/**
 * A sentence for a name that is not known, with what the caller may have meant: `Unknown column
 * 'ammount'. Did you mean 'amount'?` When nothing is near, a short list is told whole.
 */
export function unknownName(kind: string, name: string, known: readonly string[]): string {
  const sentence = `Unknown ${kind} ${quoteName(name)}`
  const near = nearest(name, known).map((candidate) => `'${candidate}'`)
  if (near.length > 0) return `${sentence}. Did you mean ${near.join(' or ')}?`
  return known.length > 0 && known.length <= maxListed
    ? `${sentence}. Known are: ${known.join(', ')}`
    : sentence
}

/** A caller's own word inside a message: short, printable, well-formed. */
export function quoteName(name: string): string {
  const short = name.length > maxNameChars ? `${name.slice(0, maxNameChars)}…` : name
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not reach a log or a terminal
  return `'${short.toWellFormed().replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, '\u{fffd}')}'`
}

const maxNameChars = 60
const maxSuggestions = 3
const maxListed = 12

/** Names at an edit distance of at most a third of the word, the nearest first. Case and `_` do not count. */
function nearest(name: string, known: readonly string[]): string[] {
  if (name.length > maxNameChars) return []
  const wanted = fold(name)
  const reach = Math.max(1, Math.floor(wanted.length / 3))
  return known
    .map((candidate) => ({ candidate, distance: editDistance(wanted, fold(candidate)) }))
    .filter(({ distance }) => distance <= reach)
    .sort((a, b) => a.distance - b.distance || (a.candidate < b.candidate ? -1 : 1))
    .slice(0, maxSuggestions)
    .map(({ candidate }) => candidate)
}

function fold(name: string): string {
  return name.toLowerCase().replaceAll('_', '')
}

/** Insertions, deletions and replacements that make one text the other. @see Levenshtein distance */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const replaced = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + 1))
    }
    row = next
  }
  return row[b.length]!
}
