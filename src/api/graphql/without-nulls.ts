/** A GraphQL client may send null for what it leaves out. */
export function withoutNulls<T extends object>(value: T): { [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item != null)) as {
    [K in keyof T]?: NonNullable<T[K]>
  }
}
