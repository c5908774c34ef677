/** What a key may do. `pii:read`: use columns of personal data. `admin` includes the others. */
export const scopes = ['exports:read', 'exports:write', 'datasets:read', 'pii:read', 'admin'] as const
export type Scope = (typeof scopes)[number]

export function allows(granted: readonly Scope[], needed: Scope): boolean {
  return granted.includes(needed) || granted.includes('admin')
}
