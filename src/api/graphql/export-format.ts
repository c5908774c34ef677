import type { Compression, ContentEncoding, ExportFormat } from '../../core/spec.ts'
import { builder } from './builder.ts'
import { enumValues } from './enum-values.ts'

export const ExportFormatEnum = builder.enumType('ExportFormat', {
  description: 'The format of a file.',
  values: enumValues<ExportFormat>({
    csv: 'Comma-separated values.',
    tsv: 'Tab-separated values.',
    json: 'One array of objects.',
    ndjson: 'An object in each line.',
    xlsx: 'A workbook of Excel 2007 and later.',
    xls: 'A workbook of Excel 97 to 2003: 65,536 rows a sheet.',
    parquet: 'Apache Parquet: typed columns, for analytics.',
  }),
})

export const CompressionEnum = builder.enumType('Compression', {
  description: 'What a file is packed in.',
  values: enumValues<Compression>({
    none: 'Nothing.',
    gzip: 'Gzip, one file: .gz.',
    zip: 'A zip archive with the file in it.',
    zstd: 'Zstandard, one file: .zst.',
  }),
})

export const ContentEncodingEnum = builder.enumType('ContentEncoding', {
  description: 'What the stored bytes of a file are encoded in.',
  values: enumValues<ContentEncoding>({ gzip: 'Stored as gzip, and unpacked by whoever downloads.' }),
})
