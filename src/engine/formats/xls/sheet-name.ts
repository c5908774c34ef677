const maxUnits = 31

/**
 * The name of sheet `index` (from 0): `name`, `name (2)`, … at most 31 UTF-16 units. Characters that Excel
 * forbids become spaces; an empty name becomes "Sheet", and "History", which Excel keeps, "History 1".
 * @see [MS-XLS] 2.4.28 BoundSheet8
 */
export function sheetName(wanted: string, index: number): string {
  const suffix = index === 0 ? '' : ` (${index + 1})`
  return `${cut(allowed(wanted), maxUnits - suffix.length)}${suffix}`
}

function allowed(wanted: string): string {
  const name = wanted
    .toWellFormed()
    .replace(/[[\]:*?/\\\p{Cc}]+/gu, ' ')
    .replace(/^[' ]+|[' ]+$/g, '')
  if (name === '') return 'Sheet'
  return name.toLowerCase() === 'history' ? `${name} 1` : name
}

function cut(name: string, units: number): string {
  // A space or apostrophe at the new end, or half of a surrogate pair, goes too.
  return name
    .slice(0, units)
    .replace(/[\ud800-\udbff]$/, '')
    .replace(/[\s']+$/, '')
}
