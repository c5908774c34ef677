/**
 * Where in the input of GraphQL something is that the core found wrong: its `filter.and.0.field.value.from` is
 * `filter.and.0.field.is.number.between.from`. Other paths are the same in both.
 */
export function issuePath(path: string, input: object): string {
  const keys = path.split('.')
  const asked = keys[0] === 'filter' ? keys.lastIndexOf('field') : -1
  const part = keys[asked + 1]
  if (asked === -1 || part === undefined || part === 'column') return path
  const field = keys.slice(0, asked + 1).reduce(valueAt, input as unknown)
  const is = valueAt(field, 'is')
  const kind = onlyKey(is)
  const operator = onlyKey(valueAt(is, kind))
  const steps = part === 'kind' ? [kind] : [kind, operator, ...keys.slice(asked + 2)]
  return [...keys.slice(0, asked + 1), 'is', ...steps].join('.')
}

function valueAt(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined
}

/** Of an input that has one, as `@oneOf` sees to. */
function onlyKey(value: unknown): string {
  return Object.keys(value as object)[0]!
}
