import type { ScalarType } from '../../core/column-type.ts'
import type { FilterScalar } from '../../core/filter.ts'
import { quoteLiteral } from '../../core/sql.ts'

/**
 * What a literal is cast to. Where there is no cast it takes the type of what it is compared with:
 * varchar, citext and Postgres' own enumerations keep their own operators and indexes, and 0.1 finds the
 * `real` 0.1, which as a double precision it would not.
 */
const castOf = {
  text: '',
  enum: '',
  json: '',
  bytes: '',
  float: '',
  integer: '::integer',
  bigint: '::bigint',
  decimal: '::numeric',
  boolean: '::boolean',
  date: '::date',
  time: '::time',
  timestamp: '::timestamp',
  timestamptz: '::timestamptz',
  interval: '::interval',
  uuid: '::uuid',
} as const satisfies Record<ScalarType, string>

export function scalarLiteral(value: FilterScalar, type: ScalarType): string {
  return `${quoteLiteral(String(value))}${castFor([value], type)}`
}

/** An array of scalars, for `= ANY (…)`. */
export function arrayLiteral(values: readonly FilterScalar[], type: ScalarType): string {
  const cast = castFor(values, type)
  return `${untypedArrayLiteral(values)}${cast && `${cast}[]`}`
}

function castFor(values: readonly FilterScalar[], type: ScalarType): string {
  // As a `real`, what none can hold is an error; every real can be compared with it as a double precision.
  const tooLargeForReal = type === 'float' && values.some((value) => !fitsReal(Number(value)))
  return tooLargeForReal ? '::double precision' : castOf[type]
}

function fitsReal(value: number): boolean {
  const rounded = Math.fround(value)
  return Number.isFinite(rounded) && (rounded !== 0 || value === 0)
}

/** An array that takes the type of what stands beside it: `smallint[] && integer[]` would be no operator. */
export function untypedArrayLiteral(values: readonly FilterScalar[]): string {
  // Always in quotes: bare, NULL, braces, commas and blanks have a meaning of their own.
  const elements = values.map((value) => `"${String(value).replaceAll(/["\\]/g, '\\$&')}"`)
  return quoteLiteral(`{${elements.join(',')}}`)
}
