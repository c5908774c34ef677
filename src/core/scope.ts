/** What a key may do. `admin` includes the others. */
export const scopes = ['exports:read', 'exports:write', 'datasets:read', 'admin'] as const
export type Scope = (typeof scopes)[number]

export function allows(granted: readonly Scope[], needed: Scope): boolean {
  return granted.includes(needed) || granted.includes('admin')
}
