/** What a token means to Postgres' to_char. Of the usual names (Day.js, Moment) those that to_char can write. */
const tokens = {
  YYYY: { part: 'date', template: 'YYYY' },
  YY: { part: 'date', template: 'YY' },
  MMMM: { part: 'date', template: 'FMMonth' },
  MMM: { part: 'date', template: 'Mon' },
  MM: { part: 'date', template: 'MM' },
  M: { part: 'date', template: 'FMMM' },
  DD: { part: 'date', template: 'DD' },
  D: { part: 'date', template: 'FMDD' },
  dddd: { part: 'date', template: 'FMDay' },
  ddd: { part: 'date', template: 'Dy' },
  HH: { part: 'time', template: 'HH24' },
  H: { part: 'time', template: 'FMHH24' },
  hh: { part: 'time', template: 'HH12' },
  h: { part: 'time', template: 'FMHH12' },
  mm: { part: 'time', template: 'MI' },
  m: { part: 'time', template: 'FMMI' },
  ss: { part: 'time', template: 'SS' },
  s: { part: 'time', template: 'FMSS' },
  SSSSSS: { part: 'time', template: 'US' },
  SSS: { part: 'time', template: 'MS' },
  A: { part: 'time', template: 'AM' },
  a: { part: 'time', template: 'am' },
  Z: { part: 'zone', template: 'TZH:TZM' },
  ZZ: { part: 'zone', template: 'TZHTZM' },
} as const

export type DateToken = keyof typeof tokens

/** Every word of the pattern language, for documentation. */
export const datePatternTokens = Object.keys(tokens) as readonly DateToken[]

/** A token, or text to be written as it is. */
export type DatePatternPiece = { readonly token: DateToken } | { readonly text: string }

const piece = new RegExp(
  `\\[(?<bracketed>[^\\]]*)\\]|(?<token>${datePatternTokens.toSorted((a, b) => b.length - a.length).join('|')})|(?<text>[^A-Za-z[\\]]+)|(?<wrong>.)`,
  'gsu',
)

/** What is wrong with a pattern, in words; undefined when nothing is. */
export function datePatternProblem(pattern: string, kind: 'timestamp' | 'date'): string | undefined {
  const matches = [...pattern.matchAll(piece)].map((match) => match.groups!)
  const wrong = matches.find((groups) => groups.wrong !== undefined)?.wrong
  if (wrong !== undefined) {
    return `has no meaning for '${wrong}'; it knows ${datePatternTokens.join(' ')}, and takes other words in [brackets]`
  }
  const used = matches.flatMap(({ token }) => (token === undefined ? [] : [token as DateToken]))
  if (used.length === 0) return 'has no token such as YYYY'
  const foreign = kind === 'date' ? used.find((token) => tokens[token].part !== 'date') : undefined
  return foreign && `a day has no ${foreign}`
}

/**
 * The template for to_char that writes what the pattern says. Without a zone the offset is left out, with the
 * blanks before it: to_char would claim +00.
 */
export function toCharTemplate(pattern: string, withZone: boolean): string {
  // Quoted text between all tokens, if empty: to_char would read ss beside ss as its SSSS.
  return datePatternPieces(pattern, withZone)
    .map((item) => ('token' in item ? `${tokens[item.token].template}""` : quoted(item.text)))
    .join('')
}

/** What a pattern is made of. Without a zone its tokens are left out, with the blanks before them. */
export function datePatternPieces(pattern: string, withZone: boolean): DatePatternPiece[] {
  const pieces: DatePatternPiece[] = []
  for (const { groups } of pattern.matchAll(piece)) {
    const { token, bracketed, text } = groups!
    if (token === undefined) pieces.push({ text: bracketed ?? text ?? '' })
    else if (withZone || tokens[token as DateToken].part !== 'zone')
      pieces.push({ token: token as DateToken })
    else trimEnd(pieces)
  }
  return pieces
}

function trimEnd(pieces: DatePatternPiece[]): void {
  const last = pieces.at(-1)
  if (last && 'text' in last) pieces[pieces.length - 1] = { text: last.text.trimEnd() }
}

function quoted(text: string): string {
  return `"${text.replaceAll(/["\\]/g, '\\$&')}"`
}
