/** Text of others as a terminal may show it: what would move its cursor or end its line is replaced. */
export function appearance(text: string): string {
  return text.replaceAll(/[^\P{Cc}\n]|[\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu, '\u{fffd}')
}

/** Rows under a head, every column as wide as its widest cell, two blanks between. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [head, ...rows].map((row) => row.map((cell) => appearance(cell).replaceAll('\n', ' ')))
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)))
  return all
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .map((line) => `${line}\n`)
    .join('')
}

const units = ['B', 'kB', 'MB', 'GB', 'TB']

/** `1.2 MB`, in powers of 1000 as disks and networks count. */
export function shownBytes(bytes: number): string {
  const power = Math.min(units.length - 1, bytes < 1000 ? 0 : Math.floor(Math.log10(bytes) / 3))
  const value = bytes / 1000 ** power
  return `${power === 0 ? value : value.toFixed(value < 10 ? 1 : 0)} ${units[power]}`
}

/** `1,234,567` */
export function shownCount(count: number): string {
  return Math.round(count).toLocaleString('en-US')
}

/** `45 s`, `3 min 20 s`, `2 h 5 min` */
export function shownDuration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds))
  if (whole < 60) return `${whole} s`
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`
}
