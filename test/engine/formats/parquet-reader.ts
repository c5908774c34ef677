import { zstdDecompressSync } from 'node:zlib'
import { type FileMetaData, parquetMetadata, parquetReadObjects, type SchemaElement } from 'hyparquet'

/** A Parquet file as hyparquet reads it, with nothing rounded: see `read`. */
export interface ReadParquet {
  readonly metadata: FileMetaData
  /** `name: physical type, logical type`, of every element. */
  readonly schema: readonly string[]
  readonly rows: readonly Record<string, unknown>[]
  readonly rowGroups: readonly number[]
}

/**
 * Texts, JSON and UUIDs as text, bytes as hex, dates as days, times and timestamps as bigints of
 * microseconds, decimals as text with all their digits.
 */
export async function readParquet(bytes: Buffer): Promise<ReadParquet> {
  const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer
  const metadata = parquetMetadata(buffer)
  const schema = metadata.schema.slice(1).map(describeElement)
  const scales = new Map<string, number>()
  for (const element of metadata.schema) {
    // hyparquet makes a double of a decimal; without its type it hands out the bytes.
    if (element.converted_type !== 'DECIMAL') continue
    scales.set(element.name, element.scale ?? 0)
    delete element.converted_type
    delete element.logical_type
  }
  const rows = await parquetReadObjects({
    file: { byteLength: buffer.byteLength, slice: (start, end) => buffer.slice(start, end) },
    metadata,
    utf8: false,
    compressors: { ZSTD: (input) => zstdDecompressSync(input) },
    parsers: {
      stringFromBytes: (value: Uint8Array) => value && Buffer.from(value).toString(),
      jsonFromBytes: (value: Uint8Array) => value && Buffer.from(value).toString(),
      dateFromDays: (days: number) => days,
      timestampFromMicroseconds: (micros: bigint) => micros,
    } as never,
  })
  const rowGroups = metadata.row_groups.map(({ num_rows }) => Number(num_rows))
  return { metadata, schema, rowGroups, rows: rows.map((row) => rowOf(row, scales)) }
}

function rowOf(row: Record<string, unknown>, scales: ReadonlyMap<string, number>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => {
      const scale = scales.get(name)
      if (scale !== undefined && value !== null && value !== undefined)
        return [name, decimalText(value, scale)]
      return [name, value instanceof Uint8Array ? Buffer.from(value).toString('hex') : (value ?? null)]
    }),
  )
}

function decimalText(value: unknown, scale: number): string {
  let integer = 0n
  if (value instanceof Uint8Array) {
    for (const byte of value) integer = (integer << 8n) | BigInt(byte)
    integer = BigInt.asIntN(value.length * 8, integer)
  } else integer = BigInt(value as number | bigint)
  const digits = String(integer < 0n ? -integer : integer).padStart(scale + 1, '0')
  const cut = digits.length - scale
  return `${integer < 0n ? '-' : ''}${digits.slice(0, cut)}${scale > 0 ? `.${digits.slice(cut)}` : ''}`
}

function describeElement(element: SchemaElement): string {
  const { name, type, converted_type, logical_type, precision, scale } = element
  const logical = logical_type as { type: string; isAdjustedToUTC?: boolean; unit?: string } | undefined
  const zone = logical?.isAdjustedToUTC === undefined ? '' : logical.isAdjustedToUTC ? ' UTC' : ' local'
  const size = converted_type === 'DECIMAL' ? `(${precision},${scale})` : ''
  const word = converted_type ?? logical?.type
  return `${name}: ${[type, word && `${word}${size}${zone}`].filter(Boolean).join(' ')}`
}
