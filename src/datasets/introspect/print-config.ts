import type { Introspection } from './introspect.ts'

/** Characters of a line, as the file's formatter has it. */
const lineWidth = 110

/** A config file that declares what was found, formatted as Prettier and Biome would leave it. */
export function printConfig({ datasets, leftOut, guess }: Introspection): string {
  const lines = [
    "import { defineConfig } from 'sluice/config'",
    '',
    '// Written by `sluice datasets introspect`. It is yours now: give columns better labels, mark personal data',
    '// with pii: true, remove what nobody should export, and run `sluice datasets check`.',
    ...(guess ? ['//', `// The tenant column is a guess: ${guess}.`] : []),
    ...(leftOut.length > 0
      ? [
          '//',
          '// Left out, because nothing tells whose their rows are (--tenant-column names a column, --shared offers',
          '// all rows to every organization):',
          ...leftOut.map((name) => `//   ${name.replaceAll(/\s/g, ' ')}`),
        ]
      : []),
    'export default defineConfig({',
    `  datasets: ${print(datasets, '  ', '  datasets: '.length)},`,
    '})',
  ]
  return `${lines.join('\n')}\n`
}

/**
 * A value as source text. What fits on the rest of the line stands on it.
 * @param used characters of the line before it; one more is kept for the comma after it
 */
function print(value: unknown, indent: string, used: number): string {
  if (typeof value === 'string') return printText(value)
  if (value === null || typeof value !== 'object') return String(value)
  const inline = printInline(value)
  if (!mustBreak(value) && used + inline.length + 1 <= lineWidth) return inline
  const inner = `${indent}  `
  const items = Array.isArray(value)
    ? value.map((item) => `${inner}${print(item, inner, inner.length)}`)
    : Object.entries(value).map(([name, item]) => {
        const start = `${inner}${printKey(name)}: `
        return `${start}${print(item, inner, start.length)}`
      })
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}']
  return `${open}\n${items.map((item) => `${item},\n`).join('')}${indent}${close}`
}

function printInline(value: unknown): string {
  if (typeof value === 'string') return printText(value)
  if (value === null || typeof value !== 'object') return String(value)
  if (Array.isArray(value)) return `[${value.map(printInline).join(', ')}]`
  const entries = Object.entries(value).map(([name, item]) => `${printKey(name)}: ${printInline(item)}`)
  return `{ ${entries.join(', ')} }`
}

/** A list of several records is one to a line, however short; so is everything that holds one. */
function mustBreak(value: object): boolean {
  const items = Object.values(value) as unknown[]
  const records = items.filter((item) => typeof item === 'object' && item !== null)
  if (Array.isArray(value) && value.length > 1 && records.length === value.length) {
    const [first] = records
    if (records.every((item) => Array.isArray(item) === Array.isArray(first) && sizeOf(item as object) > 1)) {
      return true
    }
  }
  return records.some((item) => mustBreak(item as object)) || ('source' in value && 'columns' in value)
}

function sizeOf(value: object): number {
  return Object.keys(value).length
}

function printKey(name: string): string {
  return /^[a-zA-Z_$][\w$]*$/.test(name) ? name : printText(name)
}

/** In single quotes, or in those of which it holds fewer. */
function printText(text: string): string {
  const quote = text.split("'").length > text.split('"').length ? '"' : "'"
  const escaped = JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll(quote, `\\${quote}`)
  return `${quote}${escaped}${quote}`
}
