import { isPlainObject } from '../core/plain-object.ts'
import { quoteName, unknownName } from '../core/unknown-name.ts'

export type ReportAt = (path: string, message: string) => void

/** What a value that nobody has checked must look like; reports everything that does not. */
export interface Shape {
  check(value: unknown, path: string, report: ReportAt): void
  /** The keys that a value may have, where it is an object with a fixed set of them. */
  readonly keys?: Readonly<Record<string, Shape>>
  /** What its items or values look like, where it is a list or a map. */
  readonly of?: Shape
}

/** One kind of value, told by a test; `what` completes "must be …". */
export function kind(what: string, test: (value: unknown) => boolean): Shape {
  return {
    check(value, path, report) {
      if (!test(value)) report(path, `must be ${what}, not ${shown(value)}`)
    },
  }
}

export const text = kind('a text', (value) => typeof value === 'string')
export const flag = kind('true or false', (value) => typeof value === 'boolean')

export function oneOf(values: readonly string[], what = 'value'): Shape {
  return {
    check(value, path, report) {
      if (typeof value !== 'string') report(path, `must be one of ${values.join(', ')}, not ${shown(value)}`)
      else if (!values.includes(value)) {
        const [meant = ''] = unknownName(what, value, values).match(/Did you mean .*$/) ?? []
        report(
          path,
          [`must be one of ${values.join(', ')}, not ${quoteName(value)}.`, meant].join(' ').trim(),
        )
      }
    },
  }
}

/** An object with these keys and no others. A key is optional unless `required` names it. */
export function object<Name extends string>(
  keys: Readonly<Record<Name, Shape>>,
  required: readonly NoInfer<Name>[],
): Shape {
  const known = Object.keys(keys)
  return {
    keys,
    check(value, path, report) {
      if (!isPlainObject(value)) {
        report(path, `must be an object with ${known.join(', ')}, not ${shown(value)}`)
        return
      }
      for (const name of required) {
        if (value[name] === undefined) report(under(path, name), 'is missing')
      }
      for (const [name, item] of Object.entries(value)) {
        // `key: undefined` is how a condition leaves a key out.
        if (item === undefined) continue
        if (Object.hasOwn(keys, name)) keys[name as Name].check(item, under(path, name), report)
        else report(under(path, name), unknownName('key', name, known))
      }
    },
  }
}

/** Exactly one of several keys says which of the shapes it is, e.g. `table` or `query`. */
export function choice(shapes: Readonly<Record<string, Shape>>): Shape {
  const words = Object.keys(shapes)
  return {
    keys: Object.assign({}, ...Object.values(shapes).map((shape) => shape.keys)),
    check(value, path, report) {
      const present = isPlainObject(value) ? words.filter((word) => value[word] !== undefined) : []
      const [word] = present
      if (word === undefined || present.length > 1) {
        report(path, `must be an object with exactly one of ${words.join(', ')}, not ${shown(value)}`)
      } else {
        shapes[word]?.check(value, path, report)
      }
    },
  }
}

/** An object whose keys the author chooses. */
export function mapOf(of: Shape, what = 'an object'): Shape {
  return {
    of,
    check(value, path, report) {
      if (!isPlainObject(value)) report(path, `must be ${what}, not ${shown(value)}`)
      else for (const [name, item] of Object.entries(value)) of.check(item, under(path, name), report)
    },
  }
}

/** @param nameOf what an item is called in a path. Default: its index. */
export function listOf(
  of: Shape,
  nameOf: (item: unknown, index: number) => string = (_, at) => `${at}`,
): Shape {
  return {
    of,
    check(value, path, report) {
      if (!Array.isArray(value)) report(path, `must be a list, not ${shown(value)}`)
      else value.forEach((item, index) => void of.check(item, under(path, nameOf(item, index)), report))
    },
  }
}

/** The first shape where `test` holds, else the second. */
export function either(test: (value: unknown) => boolean, first: Shape, second: Shape): Shape {
  return {
    ...second,
    check: (value, path, report) => (test(value) ? first : second).check(value, path, report),
  }
}

function under(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`
}

function shown(value: unknown): string {
  if (typeof value === 'string') return quoteName(value)
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (Array.isArray(value)) return 'a list'
  if (isPlainObject(value)) return `{ ${Object.keys(value).slice(0, 5).join(', ')} }`
  return `a ${typeof value}`
}
