import { wordsOf } from '../../core/words.ts'

/** The text for LIKE, in which nothing of it is a wildcard. */
export function escapeLike(text: string): string {
  return text.replaceAll(/[\\%_]/g, '\\$&')
}

// Looks around instead of \m and \M: those need a letter at the edge of the word itself, so `c++` would
// never be found, nor in a database with the collation C any word that begins or ends with `é`.
const wordBegins = '(?<!\\w)'
const wordEnds = '(?!\\w)'

/** A regular expression for each word, whole; `*` stands for any run of characters other than blanks. */
export function wholeWordPatterns(text: string): string[] {
  return wordsOf(text).map((word) => wordBegins + word.split('*').map(escapeRegex).join('\\S*') + wordEnds)
}

/** One for all the words in their order, with nothing but blanks and punctuation between. */
export function phrasePattern(text: string): string {
  return wordBegins + wordsOf(text).map(escapeRegex).join('\\W+') + wordEnds
}

/** One for each word, as a word's beginning. */
export function wordStartPatterns(text: string): string[] {
  return wordsOf(text).map((word) => wordBegins + escapeRegex(word))
}

/** @see "Regular Expression Atoms": a backslash before what is no letter or digit takes its meaning away */
function escapeRegex(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&')
}
