/** A word of a dataset made of a database's name, which may hold anything: `Ünit price (€)` is `Unit_price`. */
export function toWord(name: string, fallback: string): string {
  const word = name
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[^a-zA-Z0-9]+/g, '_')
    .replaceAll(/^_+|_+$/g, '')
  if (word === '') return fallback
  return /^[a-zA-Z]/.test(word) ? word : `${fallback}_${word}`
}

/** Gives every name a word that nothing else has. */
export function uniqueWord(wanted: string, taken: ReadonlySet<string>): string {
  if (!taken.has(wanted)) return wanted
  for (let number = 2; ; number += 1) {
    const word = `${wanted}_${number}`
    if (!taken.has(word)) return word
  }
}

/** `billing_address` and `billingAddress` are "Billing address". */
export function toLabel(name: string): string {
  const words = name
    .replaceAll(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .replaceAll(/[_\s]+/g, ' ')
    .trim()
  const sentence = /^id$/i.test(words) ? 'ID' : words.replaceAll(/ id$/gi, ' ID')
  const label = sentence.charAt(0).toUpperCase() + sentence.slice(1)
  return label === '' ? name : label
}

/** Longer ones are more than a header. */
const maxLabelChars = 60

/** A short comment is the label; a longer one is more about it. */
export function describe(name: string, comment: string | null): { label: string; description?: string } {
  const text = comment?.replaceAll(/\s+/g, ' ').trim()
  if (!text) return { label: toLabel(name) }
  return text.length <= maxLabelChars ? { label: text } : { label: toLabel(name), description: text }
}
