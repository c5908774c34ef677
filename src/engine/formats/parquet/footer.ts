import { readStruct, type ThriftList, type ThriftStruct, type ThriftValue, writeStruct } from './thrift.ts'

/** What a Parquet file begins and ends with. */
export const magic = Buffer.from('PAR1')

/** Fields of Parquet's structs, by the numbers of parquet.thrift. */
const fileField = { rows: 3, rowGroups: 4 } as const
const rowGroupField = { columns: 1, fileOffset: 5, ordinal: 7 } as const
const columnField = { fileOffset: 2, metaData: 3, offsetIndexOffset: 4, columnIndexOffset: 6 } as const
/** Offsets of data page, index page, dictionary page and bloom filter. */
const metaDataOffsets = [9, 10, 11, 14] as const

/**
 * The footer of a file that is put together from whole Parquet files of one schema: the bytes between
 * their magic and their footers one after another, and all their row groups in one list. Everything that
 * points into a file is moved by where those bytes came to lie.
 * @see https://github.com/apache/parquet-format, parquet.thrift: FileMetaData
 */
export class Footer {
  /** The first file's: schema, writer and order of columns are the same in all. */
  #file: ThriftStruct | undefined
  #rows = 0n
  readonly #rowGroups: ThriftValue[] = []

  /**
   * @param footer of one file, without its trailer
   * @param shift bytes that the file's content lies further back than it did
   */
  add(footer: Buffer, shift: number): void {
    const file = readStruct(footer)
    for (const rowGroup of listOf(file, fileField.rowGroups).items as ThriftStruct[]) {
      moveRowGroup(rowGroup, BigInt(shift), this.#rowGroups.length)
      this.#rowGroups.push(rowGroup)
    }
    this.#rows += integerOf(file, fileField.rows)
    this.#file ??= file
  }

  /** The end of the file: the footer, its length and the magic. */
  bytes(): Buffer {
    const file = this.#file
    if (!file) throw new RangeError('A footer of no files')
    set(file, fileField.rows, () => this.#rows)
    set(file, fileField.rowGroups, (list) => ({ ...(list as ThriftList), items: this.#rowGroups }))
    const footer = writeStruct(file)
    const length = Buffer.alloc(4)
    length.writeUInt32LE(footer.length)
    return Buffer.concat([footer, length, magic])
  }
}

function moveRowGroup(rowGroup: ThriftStruct, shift: bigint, ordinal: number): void {
  const move = (value: ThriftValue) => (value as bigint) + shift
  // 0 stands for "not given" here.
  const moveGiven = (value: ThriftValue) => (value === 0n ? value : move(value))
  set(rowGroup, rowGroupField.fileOffset, moveGiven)
  // 16 bits: a file of more row groups leaves it out. Readers count for themselves.
  set(rowGroup, rowGroupField.ordinal, () => BigInt(Math.min(ordinal, 0x7fff)))
  for (const column of listOf(rowGroup, rowGroupField.columns).items as ThriftStruct[]) {
    set(column, columnField.fileOffset, moveGiven)
    set(column, columnField.offsetIndexOffset, move)
    set(column, columnField.columnIndexOffset, move)
    set(column, columnField.metaData, (value) => {
      for (const id of metaDataOffsets) set(value as ThriftStruct, id, move)
      return value
    })
  }
}

function set(fields: ThriftStruct, id: number, change: (value: ThriftValue) => ThriftValue): void {
  const field = fields.find((one) => one.id === id)
  if (field) field.value = change(field.value)
}

function listOf(fields: ThriftStruct, id: number): ThriftList {
  return fields.find((field) => field.id === id)?.value as ThriftList
}

function integerOf(fields: ThriftStruct, id: number): bigint {
  return fields.find((field) => field.id === id)?.value as bigint
}
