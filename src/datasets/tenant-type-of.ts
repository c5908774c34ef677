import type { TenantType } from '../core/tenant.ts'
import type { PgType } from './pg-type.ts'

/** Types that an external id can be compared with, by their names in pg_type. */
const types: Readonly<Record<string, TenantType>> = {
  int2: 'integer',
  int4: 'integer',
  int8: 'bigint',
  uuid: 'uuid',
  text: 'text',
  varchar: 'text',
}

/** What a tenant column of this type is declared as; undefined when it can be none. Domains are what they are over. */
export function tenantTypeOf(pgType: PgType): TenantType | undefined {
  const { name, schema } = baseOf(pgType)
  return schema === 'pg_catalog' && Object.hasOwn(types, name) ? types[name] : undefined
}

export function baseOf(pgType: PgType): PgType {
  return pgType.kind === 'd' && pgType.of ? baseOf(pgType.of) : pgType
}
