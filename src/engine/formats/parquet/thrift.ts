/**
 * Thrift's compact protocol, as far as a Parquet footer needs it: a struct is read whole, without a
 * schema, and written back with the same bytes but for what was changed.
 * @see https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md
 */

/** Types on the wire. A field's boolean is in its type: 1 is true, 2 is false. */
export const thriftType = {
  true: 1,
  false: 2,
  byte: 3,
  i16: 4,
  i32: 5,
  i64: 6,
  double: 7,
  binary: 8,
  list: 9,
  set: 10,
  map: 11,
  struct: 12,
} as const

export interface ThriftField {
  readonly id: number
  readonly type: number
  value: ThriftValue
}

/** In order of the fields' ids. */
export type ThriftStruct = ThriftField[]

export interface ThriftList {
  readonly type: number
  readonly items: ThriftValue[]
}

/** Integers are bigints; doubles and binaries stay bytes. */
export type ThriftValue = bigint | boolean | Buffer | ThriftList | ThriftStruct

/** @throws RangeError when the bytes end early or hold a type that Parquet does not use */
export function readStruct(bytes: Buffer): ThriftStruct {
  return new ThriftReader(bytes).struct()
}

class ThriftReader {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  struct(): ThriftStruct {
    const fields: ThriftStruct = []
    let id = 0
    for (;;) {
      const head = this.#byte()
      if (head === 0) return fields
      const type = head & 0x0f
      // The upper half is what the id is greater than the one before it; 0: the id follows.
      id = head >> 4 === 0 ? Number(this.#zigzag()) : id + (head >> 4)
      const isBoolean = type === thriftType.true || type === thriftType.false
      fields.push({ id, type, value: isBoolean ? type === thriftType.true : this.#value(type) })
    }
  }

  #value(type: number): ThriftValue {
    switch (type) {
      // Only in lists: a byte of its own.
      case thriftType.true:
      case thriftType.false:
        return this.#byte() === thriftType.true
      case thriftType.byte:
        return BigInt(this.#byte())
      case thriftType.i16:
      case thriftType.i32:
      case thriftType.i64:
        return this.#zigzag()
      case thriftType.double:
        return this.#take(8)
      case thriftType.binary:
        return this.#take(Number(this.#varint()))
      case thriftType.list:
        return this.#list()
      case thriftType.struct:
        return this.struct()
      default:
        throw new RangeError(`Thrift type ${type} in a Parquet footer`)
    }
  }

  #list(): ThriftList {
    const head = this.#byte()
    const type = head & 0x0f
    const length = head >> 4 === 15 ? Number(this.#varint()) : head >> 4
    const items: ThriftValue[] = []
    while (items.length < length) items.push(this.#value(type))
    return { type, items }
  }

  #zigzag(): bigint {
    const value = this.#varint()
    return (value >> 1n) ^ -(value & 1n)
  }

  #varint(): bigint {
    let value = 0n
    for (let shift = 0n; ; shift += 7n) {
      const byte = this.#byte()
      value |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) return value
    }
  }

  #byte(): number {
    return this.#take(1)[0]!
  }

  #take(length: number): Buffer {
    const end = this.#at + length
    if (end > this.#bytes.length) throw new RangeError('A Parquet footer ends early')
    const taken = this.#bytes.subarray(this.#at, end)
    this.#at = end
    return taken
  }
}

export function writeStruct(fields: ThriftStruct): Buffer {
  const out: (number | Buffer)[] = []
  putStruct(out, fields)
  return Buffer.concat(out.map((piece) => (typeof piece === 'number' ? Buffer.of(piece) : piece)))
}

function putStruct(out: (number | Buffer)[], fields: ThriftStruct): void {
  let before = 0
  for (const { id, type, value } of fields) {
    const step = id - before
    if (step > 0 && step <= 15) out.push((step << 4) | type)
    else {
      out.push(type)
      putZigzag(out, BigInt(id))
    }
    before = id
    if (typeof value !== 'boolean') putValue(out, type, value)
  }
  out.push(0)
}

function putValue(out: (number | Buffer)[], type: number, value: ThriftValue): void {
  if (typeof value === 'boolean') out.push(value ? thriftType.true : thriftType.false)
  else if (typeof value === 'bigint') {
    if (type === thriftType.byte) out.push(Number(value))
    else putZigzag(out, value)
  } else if (Buffer.isBuffer(value)) {
    if (type === thriftType.binary) putVarint(out, BigInt(value.length))
    out.push(value)
  } else if (Array.isArray(value)) putStruct(out, value)
  else {
    const { length } = value.items
    if (length < 15) out.push((length << 4) | value.type)
    else {
      out.push(0xf0 | value.type)
      putVarint(out, BigInt(length))
    }
    for (const item of value.items) putValue(out, value.type, item)
  }
}

function putZigzag(out: (number | Buffer)[], value: bigint): void {
  putVarint(out, BigInt.asUintN(64, (value << 1n) ^ (value >> 63n)))
}

function putVarint(out: (number | Buffer)[], value: bigint): void {
  let rest = value
  for (; rest >= 0x80n; rest >>= 7n) out.push(Number(rest & 0x7fn) | 0x80)
  out.push(Number(rest))
}
