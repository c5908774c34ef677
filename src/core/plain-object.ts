/** What JSON calls an object. GraphQL's input objects have no prototype, and are ones. */
export function isPlainObject(input: unknown): input is Record<string, unknown> {
  return typeof input === 'object' && input !== null && !Array.isArray(input)
}

/** The keys that say something: GraphQL hands over what a caller left out as undefined. */
export function keysOf(input: Record<string, unknown>): string[] {
  return Object.keys(input).filter((key) => input[key] !== undefined)
}
