/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
/** Exactly one question. Of columns of type BOOLEAN. */
export type BooleanFilter =
  {   /** It equals the value. */
  eq: boolean; in?: never; isNull?: never; ne?: never; notIn?: never; }
  |  { eq?: never;   /** It equals one of them. */
  in: Array<boolean>; isNull?: never; ne?: never; notIn?: never; }
  |  { eq?: never; in?: never;   /** With true: it is NULL; with false: it is not. */
  isNull: boolean; ne?: never; notIn?: never; }
  |  { eq?: never; in?: never; isNull?: never;   /** It does not; NULL is in. */
  ne: boolean; notIn?: never; }
  |  { eq?: never; in?: never; isNull?: never; ne?: never;   /** It equals none of them; NULL is in. */
  notIn: Array<boolean>; };

/** Exactly one question. Of lists of type BOOLEAN. */
export type BooleanListFilter =
  {   /** The list holds all of them. */
  hasAll: Array<boolean>; hasAny?: never; hasNone?: never; isNull?: never; }
  |  { hasAll?: never;   /** The list holds one of them. */
  hasAny: Array<boolean>; hasNone?: never; isNull?: never; }
  |  { hasAll?: never; hasAny?: never;   /** The list holds none of them; NULL is in. */
  hasNone: Array<boolean>; isNull?: never; }
  |  { hasAll?: never; hasAny?: never; hasNone?: never;   /** With true: it is NULL; with false: it is not. */
  isNull: boolean; };

/** Words for booleans. */
export type BooleanTextInput = {
  /** For false. */
  false: string;
  /** For true. */
  true: string;
};

/** Exactly one question. Of columns of type BYTES. */
export type BytesFilter =
  {   /** With true: it is NULL; with false: it is not. */
  isNull: boolean; };

/** Exactly one question. Of lists of type BYTES. */
export type BytesListFilter =
  {   /** With true: it is NULL; with false: it is not. */
  isNull: boolean; };

/** A period of the calendar in `options.timeZone`. */
export type CalendarUnit =
  /** From midnight. */
  | 'DAY'
  /** From its first day. */
  | 'MONTH'
  /** From January, April, July or October. */
  | 'QUARTER'
  /** From Monday (ISO 8601). */
  | 'WEEK'
  /** From January. */
  | 'YEAR';

/** A question to a column, under the kind of the column, which `Column.kind` says. */
export type ColumnFilter =
  {   /** Of columns of type BOOLEAN. */
  boolean: BooleanFilter; booleanList?: never; bytes?: never; bytesList?: never; date?: never; dateList?: never; enum?: never; enumList?: never; interval?: never; intervalList?: never; json?: never; jsonList?: never; number?: never; numberList?: never; text?: never; textList?: never; time?: never; timeList?: never; timestamp?: never; timestampList?: never; uuid?: never; uuidList?: never; }
  |  { boolean?: never;   /** Of lists of type BOOLEAN. */
  booleanList: BooleanListFilter; bytes?: never; bytesList?: never; date?: never; dateList?: never; enum?: never; enumList?: never; interval?: never; intervalList?: never; json?: never; jsonList?: never; number?: never; numberList?: never; text?: never; textList?: never; time?: never; timeList?: never; timestamp?: never; timestampList?: never; uuid?: never; uuidList?: never; }
  |  { boolean?: never; booleanList?: never;   /** Of columns of type BYTES. */
  bytes: BytesFilter; bytesList?: never; date?: never; dateList?: never; enum?: never; enumList?: never; interval?: never; intervalList?: never; json?: never; jsonList?: never; number?: never; numberList?: never; text?: never; textList?: never; time?: never; timeList?: never; timestamp?: never; timestampList?: never; uuid?: never; uuidList?: never; }
  |  { boolean?: never; booleanList?: never; bytes?: never;   /** Of lists of type BYTES. */
  bytesList: BytesListFilter; date?: never; dateList?: never; enum?: never; enumList?: never; interval?: never; intervalList?: never; json?: never; jsonList?: never; number?: never; numberList?: never; text?: never; textList?: never; time?: never; timeList?: never; timestamp?: never; timestampList?: never; uuid?: never; uuidList?: never; }
  |  { boolean?: never; booleanList?: never; bytes?: never; bytesList?: never;   /** Of columns of type DATE. */
  date: DateFilter; dateList?: never; enum?: never; enumList?: never; interval?: never; intervalList?: never; json?: never; jsonList?: never; number?: never; numberList?: never; text?: never; textList?: never; time?: never; timeList?: never; timestamp?: never; timestampList?: never; uuid?: never; uuidList?: never; }
  |  { boolean?: never; booleanList?: never; bytes?: never; bytesList?: never; date?: never;   /** Of lists of type DATE. */
  dateList: DateListFilter; enum?: never; enumList?: never; interval?: never; intervalList?: never; json?: never; jsonList?: never; number?: never; numberList?: never; text?: never; textList?: never; time?: never; timeList?: never; timestamp?: never; timestampList?: never; uuid?: never; uuidList?: never; }
  |  { boolean?: never; booleanList?: never; bytes?: never; bytesList?: never; date?: never; dateList?: never;   /** Of columns of type ENUM. */
  enum: EnumFilter; enumList?: never; interval?: never; intervalList?: never; json?: never; jsonList?: never; number?: never; numberList?: never; text?: never; textList?: never; time?: never; timeList?: never; timestamp?: never; timestampList?: never; uuid?: never; uuidList?: never; }
  |  { boolean?: never; booleanList?: never; bytes?: never; bytesList?: never; date?: never; dateList?: never; enum?: never;   /** Of lists of type ENUM. */
  enumList: EnumListFilter; interval?: never; intervalList?: never; json?: never; jsonList?: never; number?: never; numberList?: never; text?: never; textList?: never; time?: never; timeList?: never; timestamp?: never; timestampList?: never; uuid?: never; uuidList?: never; }
  |  { boolean?: never; booleanList?: never; bytes?: never; bytesList?: never; date?: never; dateList?: never; enum?: never; enumList?: never;   /** Of columns of type INTERVAL. */
  interval: IntervalFilter; intervalList?: never; json?: never; jsonList?: never; number?: never; numberList?: never; text?: never; textList?: never; time?: never; timeList?: never; timestamp?: never; timestampList?: never; uuid?: never; uuidList?: never; }
  |  { boolean?: never; booleanList?: never; bytes?: never; bytesList?: never; date?: never; dateList?: never; enum?: never; enumList?: never; interval?: never;   /** Of lists of type INTERVAL. */
  intervalList: IntervalListFilter; json?: never; jsonList?: never; number?: never; numberList?: never; text?: never; textList?: never; time?: never; timeList?: never; timestamp?: never; timestampList?: never; uuid?: never; uuidList?: never; }
  |  { boolean?: never; booleanList?: never; bytes?: never; bytesList?: never; date?: never; dateList?: never; enum?: never; enumList?: never; interval?: never; intervalList?: never;   /** Of columns of type JSON. */
  json: JsonFilter; jsonList?: never; number?: never; numberList?: never; text?: never; textList?: never; time?: never; timeList?: never; timestamp?: never; timestampList?: never; uuid?: never; uuidList?: never; }
  |  { boolean?: never; booleanList?: never; bytes?: never; bytesList?: never; date?: never; dateList?: never; enum?: never; enumList?: never; interval?: never; intervalList?: never; json?: never;   /** Of lists of type JSON. */
  jsonList: JsonListFilter; number?: never; numberList?: never; text?: never; textList?: never; time?: never; timeList?: never; timestamp?: never; timestampList?: never; uuid?: never; uuidList?: never; }
  |  { boolean?: never; booleanList?: never; bytes?: never; bytesList?: never; date?: never; dateList?: never; enum?: never; enumList?: never; interval?: never; intervalList?: never; json?: never; jsonList?: never;   /** Of columns of type INTEGER, BIGINT, DECIMAL, or FLOAT. */
  number: NumberFilter; numberList?: never; text?: never; textList?: never; time?: never; timeList?: never; timestamp?: never; timestampList?: never; uuid?: never; uuidList?: never; }
  |  { boolean?: never; booleanList?: never; bytes?: never; bytesList?: never; date?: never; dateList?: never; enum?: never; enumList?: never; interval?: never; intervalList?: never; json?: never; jsonList?: never; number?: never;   /** Of lists of type INTEGER, BIGINT, DECIMAL, or FLOAT. */
  numberList: NumberListFilter; text?: never; textList?: never; time?: never; timeList?: never; timestamp?: never; timestampList?: never; uuid?: never; uuidList?: never; }
  |  { boolean?: never; booleanList?: never; bytes?: never; bytesList?: never; date?: never; dateList?: never; enum?: never; enumList?: never; interval?: never; intervalList?: never; json?: never; jsonList?: never; number?: never; numberList?: never;   /** Of columns of type TEXT. */
  text: TextFilter; textList?: never; time?: never; timeList?: never; timestamp?: never; timestampList?: never; uuid?: never; uuidList?: never; }
  |  { boolean?: never; booleanList?: never; bytes?: never; bytesList?: never; date?: never; dateList?: never; enum?: never; enumList?: never; interval?: never; intervalList?: never; json?: never; jsonList?: never; number?: never; numberList?: never; text?: never;   /** Of lists of type TEXT. */
  textList: TextListFilter; time?: never; timeList?: never; timestamp?: never; timestampList?: never; uuid?: never; uuidList?: never; }
  |  { boolean?: never; booleanList?: never; bytes?: never; bytesList?: never; date?: never; dateList?: never; enum?: never; enumList?: never; interval?: never; intervalList?: never; json?: never; jsonList?: never; number?: never; numberList?: never; text?: never; textList?: never;   /** Of columns of type TIME. */
  time: TimeFilter; timeList?: never; timestamp?: never; timestampList?: never; uuid?: never; uuidList?: never; }
  |  { boolean?: never; booleanList?: never; bytes?: never; bytesList?: never; date?: never; dateList?: never; enum?: never; enumList?: never; interval?: never; intervalList?: never; json?: never; jsonList?: never; number?: never; numberList?: never; text?: never; textList?: never; time?: never;   /** Of lists of type TIME. */
  timeList: TimeListFilter; timestamp?: never; timestampList?: never; uuid?: never; uuidList?: never; }
  |  { boolean?: never; booleanList?: never; bytes?: never; bytesList?: never; date?: never; dateList?: never; enum?: never; enumList?: never; interval?: never; intervalList?: never; json?: never; jsonList?: never; number?: never; numberList?: never; text?: never; textList?: never; time?: never; timeList?: never;   /** Of columns of type TIMESTAMP or TIMESTAMPTZ. */
  timestamp: TimestampFilter; timestampList?: never; uuid?: never; uuidList?: never; }
  |  { boolean?: never; booleanList?: never; bytes?: never; bytesList?: never; date?: never; dateList?: never; enum?: never; enumList?: never; interval?: never; intervalList?: never; json?: never; jsonList?: never; number?: never; numberList?: never; text?: never; textList?: never; time?: never; timeList?: never; timestamp?: never;   /** Of lists of type TIMESTAMP or TIMESTAMPTZ. */
  timestampList: TimestampListFilter; uuid?: never; uuidList?: never; }
  |  { boolean?: never; booleanList?: never; bytes?: never; bytesList?: never; date?: never; dateList?: never; enum?: never; enumList?: never; interval?: never; intervalList?: never; json?: never; jsonList?: never; number?: never; numberList?: never; text?: never; textList?: never; time?: never; timeList?: never; timestamp?: never; timestampList?: never;   /** Of columns of type UUID. */
  uuid: UuidFilter; uuidList?: never; }
  |  { boolean?: never; booleanList?: never; bytes?: never; bytesList?: never; date?: never; dateList?: never; enum?: never; enumList?: never; interval?: never; intervalList?: never; json?: never; jsonList?: never; number?: never; numberList?: never; text?: never; textList?: never; time?: never; timeList?: never; timestamp?: never; timestampList?: never; uuid?: never;   /** Of lists of type UUID. */
  uuidList: UuidListFilter; };

/** What a column holds. */
export type ColumnType =
  /** A whole number below 2^63. */
  | 'BIGINT'
  /** True or false. */
  | 'BOOLEAN'
  /** Bytes, as text in hex. */
  | 'BYTES'
  /** A day: 2026-01-31. */
  | 'DATE'
  /** A number with all its digits. */
  | 'DECIMAL'
  /** One of the values in `options`. */
  | 'ENUM'
  /** A number of about 15 digits. */
  | 'FLOAT'
  /** A whole number below 2^31. */
  | 'INTEGER'
  /** A length of time, in ISO 8601: P1DT12H. */
  | 'INTERVAL'
  /** A JSON value. */
  | 'JSON'
  /** Text of any length. */
  | 'TEXT'
  /** A time of day: 09:30:00. */
  | 'TIME'
  /** A moment on a calendar and clock somewhere: 2026-01-31T09:30:00. */
  | 'TIMESTAMP'
  /** An instant: 2026-01-31T09:30:00Z. */
  | 'TIMESTAMPTZ'
  /** A UUID. */
  | 'UUID';

/** What a file is packed in. */
export type Compression =
  /** Gzip, one file: .gz. */
  | 'GZIP'
  /** Nothing. */
  | 'NONE'
  /** A zip archive with the file in it. */
  | 'ZIP'
  /** Zstandard, one file: .zst. */
  | 'ZSTD';

/** What the stored bytes of a file are encoded in. */
export type ContentEncoding =
  /** Stored as gzip, and unpacked by whoever downloads. */
  | 'GZIP';

/** What to export, and how. */
export type CreateExportInput = {
  /** In the order of the file. Default: the dataset's default columns. */
  columns?: Array<ExportColumnInput> | null | undefined;
  /** Default: NONE. */
  compression?: Compression | null | undefined;
  /** From 1, the fastest, to the smallest: 9 of GZIP and ZIP (default 6), 19 of ZSTD (default 1). Goes with a compression. */
  compressionLevel?: number | null | undefined;
  /** Stores the file encoded, and serves it with Content-Encoding under the name and media type of the plain file. Default: none. Goes with Compression NONE. */
  contentEncoding?: ContentEncoding | null | undefined;
  /** Name of the dataset. */
  dataset: string;
  /** Answer with an equal export that is under way, or was completed at most this long ago. Default: 0, always a new one. */
  dedupeWithinSeconds?: number | null | undefined;
  /** Leaves out rows that earlier completed exports of this dataset delivered. Default: false. */
  excludeDelivered?: boolean | null | undefined;
  /** A relation to many: one row for each related row, instead of a list in one cell. A row without any stays. */
  expand?: string | null | undefined;
  /** Which rows. Default: all of the organization. */
  filter?: RowFilter | null | undefined;
  /** Default: CSV. */
  format?: ExportFormat | null | undefined;
  /** What columns without a label of their own are called in the file. Default: NAMES. */
  headers?: HeaderStyle | null | undefined;
  /** The same key with the same request gives the same export, however often it is sent; with another request it is a ConflictError. */
  idempotencyKey?: string | null | undefined;
  /** Of the labels, BCP 47. Default: en. */
  language?: string | null | undefined;
  /** The first so many rows only. Default: all. */
  limit?: number | null | undefined;
  /** Several files of so many bytes of rows at most (before compression), instead of one. At least 1 MiB. */
  maxBytesPerFile?: number | null | undefined;
  /** Several files of so many rows at most, instead of one: at least 100, and 400 files at most. */
  maxRowsPerFile?: number | null | undefined;
  /** For people, and for the file. Default: the dataset's label. */
  name?: string | null | undefined;
  /** Sends a mail to the key's owner when the export has ended. Default: false. */
  notifyByMail?: boolean | null | undefined;
  /** The format's options. */
  options?: ExportOptionsInput | null | undefined;
  /** Default: the dataset's own order, or none: as the table holds them. */
  sort?: Array<RowSort> | null | undefined;
  /** What cells of enumerations hold. Filters and sorts stay on stored values. Default: STORED. */
  values?: ValueStyle | null | undefined;
  /** A file that comes out larger than this is delivered in a zip. Default: never. Goes with Compression NONE. */
  zipAboveBytes?: number | null | undefined;
};

/** Exactly one question. Of columns of type DATE. */
export type DateFilter =
  {   /** It lies in the range, both ends included. */
  between: DateRange; eq?: never; gt?: never; gte?: never; in?: never; isNull?: never; lt?: never; lte?: never; ne?: never; notIn?: never; }
  |  { between?: never;   /** It equals the value. */
  eq: DateValue; gt?: never; gte?: never; in?: never; isNull?: never; lt?: never; lte?: never; ne?: never; notIn?: never; }
  |  { between?: never; eq?: never;   /** It sorts after the value. */
  gt: DateValue; gte?: never; in?: never; isNull?: never; lt?: never; lte?: never; ne?: never; notIn?: never; }
  |  { between?: never; eq?: never; gt?: never;   /** It sorts after the value, or equals it. */
  gte: DateValue; in?: never; isNull?: never; lt?: never; lte?: never; ne?: never; notIn?: never; }
  |  { between?: never; eq?: never; gt?: never; gte?: never;   /** It equals one of them. */
  in: Array<DateValue>; isNull?: never; lt?: never; lte?: never; ne?: never; notIn?: never; }
  |  { between?: never; eq?: never; gt?: never; gte?: never; in?: never;   /** With true: it is NULL; with false: it is not. */
  isNull: boolean; lt?: never; lte?: never; ne?: never; notIn?: never; }
  |  { between?: never; eq?: never; gt?: never; gte?: never; in?: never; isNull?: never;   /** It sorts before the value. */
  lt: DateValue; lte?: never; ne?: never; notIn?: never; }
  |  { between?: never; eq?: never; gt?: never; gte?: never; in?: never; isNull?: never; lt?: never;   /** It sorts before the value, or equals it. */
  lte: DateValue; ne?: never; notIn?: never; }
  |  { between?: never; eq?: never; gt?: never; gte?: never; in?: never; isNull?: never; lt?: never; lte?: never;   /** It does not; NULL is in. */
  ne: DateValue; notIn?: never; }
  |  { between?: never; eq?: never; gt?: never; gte?: never; in?: never; isNull?: never; lt?: never; lte?: never; ne?: never;   /** It equals none of them; NULL is in. */
  notIn: Array<DateValue>; };

/** How moments and days are written. */
export type DateFormat =
  /** As in 2026-03-10 12:00:00 PM, in UTC. */
  | 'EXCEL'
  /** As in 2026-03-10T12:00:00+00:00. */
  | 'ISO8601'
  /** PostgreSQL's text: 2026-03-10 12:00:00.123456+00. */
  | 'ORIGINAL'
  /** As timestampPattern and datePattern say. */
  | 'PATTERN';

/** Exactly one question. Of lists of type DATE. */
export type DateListFilter =
  {   /** The list holds all of them. */
  hasAll: Array<DateValue>; hasAny?: never; hasNone?: never; isNull?: never; }
  |  { hasAll?: never;   /** The list holds one of them. */
  hasAny: Array<DateValue>; hasNone?: never; isNull?: never; }
  |  { hasAll?: never; hasAny?: never;   /** The list holds none of them; NULL is in. */
  hasNone: Array<DateValue>; isNull?: never; }
  |  { hasAll?: never; hasAny?: never; hasNone?: never;   /** With true: it is NULL; with false: it is not. */
  isNull: boolean; };

/** Both ends included. */
export type DateRange = {
  /** The lower end. */
  from: DateValue;
  /** The upper end. */
  to: DateValue;
};

/** A day. */
export type DateValue =
  {   /** The moment at which the export is accepted, moved; {} is that moment itself. Resolved once: retries read the same rows. */
  now: MomentShift; on?: never; }
  |  { now?: never;   /** This one. */
  on: string; };

/** The size of a DECIMAL. */
export type DecimalSizeInput = {
  /** Digits in all, 38 at most. */
  precision: number;
  /** Digits after the point. */
  scale: number;
};

/** What numbers with decimals become in Parquet. Digits are never rounded away: what does not fit fails. */
export type Decimals =
  /** DECIMAL of the size that the database declares, else DECIMAL(38,9). */
  | 'AUTO'
  /** DOUBLE: about 15 digits are kept. */
  | 'DOUBLE'
  /** Text, exact whatever their size. */
  | 'TEXT';

/** How far; everything that is given is added up. */
export type DurationInput = {
  /** So many days, from 0. */
  days?: number | null | undefined;
  /** So many hours, from 0. */
  hours?: number | null | undefined;
  /** So many minutes, from 0. */
  minutes?: number | null | undefined;
  /** So many months, from 0. */
  months?: number | null | undefined;
  /** So many quarters, from 0. */
  quarters?: number | null | undefined;
  /** So many seconds, from 0. */
  seconds?: number | null | undefined;
  /** So many weeks, from 0. */
  weeks?: number | null | undefined;
  /** So many years, from 0. */
  years?: number | null | undefined;
};

/** Exactly one question. Of columns of type ENUM. */
export type EnumFilter =
  {   /** The text is in it. Case is ignored. */
  contains: string; endsWith?: never; eq?: never; in?: never; isNull?: never; matchesPhrase?: never; matchesWordStarts?: never; matchesWords?: never; ne?: never; notIn?: never; startsWith?: never; }
  |  { contains?: never;   /** The text ends it. Case is ignored. */
  endsWith: string; eq?: never; in?: never; isNull?: never; matchesPhrase?: never; matchesWordStarts?: never; matchesWords?: never; ne?: never; notIn?: never; startsWith?: never; }
  |  { contains?: never; endsWith?: never;   /** It equals the value. */
  eq: string; in?: never; isNull?: never; matchesPhrase?: never; matchesWordStarts?: never; matchesWords?: never; ne?: never; notIn?: never; startsWith?: never; }
  |  { contains?: never; endsWith?: never; eq?: never;   /** It equals one of them. */
  in: Array<string>; isNull?: never; matchesPhrase?: never; matchesWordStarts?: never; matchesWords?: never; ne?: never; notIn?: never; startsWith?: never; }
  |  { contains?: never; endsWith?: never; eq?: never; in?: never;   /** With true: it is NULL; with false: it is not. */
  isNull: boolean; matchesPhrase?: never; matchesWordStarts?: never; matchesWords?: never; ne?: never; notIn?: never; startsWith?: never; }
  |  { contains?: never; endsWith?: never; eq?: never; in?: never; isNull?: never;   /** It has the words, whole and in this order. Case is ignored. */
  matchesPhrase: string; matchesWordStarts?: never; matchesWords?: never; ne?: never; notIn?: never; startsWith?: never; }
  |  { contains?: never; endsWith?: never; eq?: never; in?: never; isNull?: never; matchesPhrase?: never;   /** For every word, one of its words begins so. Case is ignored. */
  matchesWordStarts: string; matchesWords?: never; ne?: never; notIn?: never; startsWith?: never; }
  |  { contains?: never; endsWith?: never; eq?: never; in?: never; isNull?: never; matchesPhrase?: never; matchesWordStarts?: never;   /** It has every word, whole, in any order; * in a word stands for any characters. Case is ignored. */
  matchesWords: string; ne?: never; notIn?: never; startsWith?: never; }
  |  { contains?: never; endsWith?: never; eq?: never; in?: never; isNull?: never; matchesPhrase?: never; matchesWordStarts?: never; matchesWords?: never;   /** It does not; NULL is in. */
  ne: string; notIn?: never; startsWith?: never; }
  |  { contains?: never; endsWith?: never; eq?: never; in?: never; isNull?: never; matchesPhrase?: never; matchesWordStarts?: never; matchesWords?: never; ne?: never;   /** It equals none of them; NULL is in. */
  notIn: Array<string>; startsWith?: never; }
  |  { contains?: never; endsWith?: never; eq?: never; in?: never; isNull?: never; matchesPhrase?: never; matchesWordStarts?: never; matchesWords?: never; ne?: never; notIn?: never;   /** The text begins it. Case is ignored. */
  startsWith: string; };

/** Exactly one question. Of lists of type ENUM. */
export type EnumListFilter =
  {   /** The list holds all of them. */
  hasAll: Array<string>; hasAny?: never; hasNone?: never; isNull?: never; }
  |  { hasAll?: never;   /** The list holds one of them. */
  hasAny: Array<string>; hasNone?: never; isNull?: never; }
  |  { hasAll?: never; hasAny?: never;   /** The list holds none of them; NULL is in. */
  hasNone: Array<string>; isNull?: never; }
  |  { hasAll?: never; hasAny?: never; hasNone?: never;   /** With true: it is NULL; with false: it is not. */
  isNull: boolean; };

/** What bytes and seconds rest on. */
export type EstimateBasis =
  /** There are none yet. */
  | 'ASSUMED'
  /** The organization's latest exports of this dataset and format. */
  | 'PAST_RUNS';

/** A column of the file. */
export type ExportColumnInput = {
  /** Of a relation: what its nested rows hold. Default: the related dataset's default columns. */
  columns?: Array<ExportColumnInput> | null | undefined;
  /** What the header row says. Default: the name. */
  label?: string | null | undefined;
  /** A column of the dataset (`amount`), of related rows (`company.name`; over a relation to many, a list: `contacts.email`), or a relation whose rows are nested as JSON (`contacts`). */
  name: string;
};

/** Which exports. Everything that is given must hold. */
export type ExportFilter = {
  /** At this instant or later. */
  createdAfter?: string | null | undefined;
  /** Before this instant. */
  createdBefore?: string | null | undefined;
  /** Any of these. */
  dataset?: Array<string> | null | undefined;
  /** Any of these. */
  status?: Array<ExportStatus> | null | undefined;
};

/** The format of a file. */
export type ExportFormat =
  /** Comma-separated values. */
  | 'CSV'
  /** One array of objects. */
  | 'JSON'
  /** An object in each line. */
  | 'NDJSON'
  /** Apache Parquet: typed columns, for analytics. */
  | 'PARQUET'
  /** Tab-separated values. */
  | 'TSV'
  /** A workbook of Excel 97 to 2003: 65,536 rows a sheet. */
  | 'XLS'
  /** A workbook of Excel 2007 and later. */
  | 'XLSX';

/** The format's options. One that the format does not have is an error. */
export type ExportOptionsInput = {
  /** CSV, TSV: begin with a byte order mark, by which Excel knows the encoding. Default: with UTF_16LE only. */
  bom?: boolean | null | undefined;
  /** CSV, TSV. Default: true and false. */
  booleanText?: BooleanTextInput | null | undefined;
  /** CSV, TSV. Default: ORIGINAL. */
  dateFormat?: DateFormat | null | undefined;
  /** CSV, TSV, with dateFormat PATTERN: for days without a time. Default: YYYY-MM-DD. */
  datePattern?: string | null | undefined;
  /** PARQUET, with decimals AUTO: one size for all of them. Default: each its own. */
  decimalSize?: DecimalSizeInput | null | undefined;
  /** PARQUET. Default: AUTO. */
  decimals?: Decimals | null | undefined;
  /** CSV: between cells, one ASCII character. Default: a comma. */
  delimiter?: string | null | undefined;
  /** CSV, TSV. Default: UTF_8. */
  encoding?: TextEncoding | null | undefined;
  /** CSV, TSV: write digits that Excel would change (leading zeros, long ones) as ="00123". Default: false. */
  excelSafe?: boolean | null | undefined;
  /** CSV, TSV: put ' before text that a spreadsheet would run as a formula. Numbers are never touched. Default: true. */
  formulaGuard?: boolean | null | undefined;
  /** CSV, TSV: whether the first line names the columns. Default: true. */
  header?: boolean | null | undefined;
  /** JSON, NDJSON. Default: HEADER. */
  keys?: JsonKeys | null | undefined;
  /** CSV, TSV. Default: LF. */
  lineEnding?: LineEnding | null | undefined;
  /** CSV, TSV, XLSX, XLS: between the elements of a list. Default: '; '. null: PostgreSQL's array text. */
  listSeparator?: string | null | undefined;
  /** CSV, TSV: for NULL. Default: empty; an empty text is written as "". */
  nullText?: string | null | undefined;
  /** PARQUET. Default: ZSTD. */
  pageCompression?: PageCompression | null | undefined;
  /** CSV, TSV. Default: MINIMAL. */
  quote?: Quote | null | undefined;
  /** PARQUET: rows of a row group, 1,000 to 1,000,000. Default: 100,000. */
  rowGroupRows?: number | null | undefined;
  /** XLSX, XLS. Default: Export. */
  sheetName?: string | null | undefined;
  /** PARQUET: columns, by their headers, to write as text, for values that no Parquet type can hold. Default: none. */
  textColumns?: Array<string> | null | undefined;
  /** Every format but PARQUET: IANA time zone in which instants are written. Default: UTC. */
  timeZone?: string | null | undefined;
  /** CSV, TSV, with dateFormat PATTERN: for moments, e.g. DD.MM.YYYY HH:mm. No default. */
  timestampPattern?: string | null | undefined;
};

/** The order of a list. */
export type ExportOrder = {
  /** Which way. */
  direction: OrderDirection;
  /** Ordered by this; equal ones by id. */
  field: ExportOrderField;
};

/** What exports are ordered by. */
export type ExportOrderField =
  /** When they were accepted. */
  | 'CREATED_AT'
  /** What they are called. */
  | 'NAME';

/** What is being done right now. */
export type ExportStage =
  /** What was written is packed. */
  | 'COMPRESSING'
  /** The rows are counted. */
  | 'COUNTING'
  /** Nothing any more: it has ended. */
  | 'DONE'
  /** Rows are read and written. */
  | 'EXPORTING'
  /** The files are made visible. */
  | 'PUBLISHING'
  /** Nothing yet: it waits. */
  | 'QUEUED'
  /** Parts are joined in the storage. */
  | 'UPLOADING';

/** PENDING → PROCESSING → COMPLETED, FAILED or CANCELED; COMPLETED → EXPIRED when the files are gone. */
export type ExportStatus =
  /** Somebody ended it before it was done. */
  | 'CANCELED'
  /** Its files can be downloaded. */
  | 'COMPLETED'
  /** It was completed, and its files are gone. */
  | 'EXPIRED'
  /** It ended without files; `error` says why. */
  | 'FAILED'
  /** It waits for a worker. */
  | 'PENDING'
  /** A worker makes it. */
  | 'PROCESSING';

/** A question to one column. */
export type FieldFilter = {
  /** Name of a column of the dataset. */
  column: string;
  /** What is asked of it. */
  is: ColumnFilter;
};

/** What a question of a filter takes. */
export type FilterValueShape =
  /** True or false. */
  | 'BOOLEAN'
  /** An object with `from` and `to`, two such values. */
  | 'RANGE'
  /** A text, whatever the column holds. */
  | 'TEXT'
  /** One value, as `Column.example` is one. */
  | 'VALUE'
  /** A list of such values. */
  | 'VALUES';

/** What columns are called in the file. */
export type HeaderStyle =
  /** Their labels for people, in `language`. */
  | 'LABELS'
  /** Their names in the dataset. */
  | 'NAMES';

/** Exactly one question. Of columns of type INTERVAL. */
export type IntervalFilter =
  {   /** It lies in the range, both ends included. */
  between: IntervalRange; eq?: never; gt?: never; gte?: never; in?: never; isNull?: never; lt?: never; lte?: never; ne?: never; notIn?: never; }
  |  { between?: never;   /** It equals the value. */
  eq: string; gt?: never; gte?: never; in?: never; isNull?: never; lt?: never; lte?: never; ne?: never; notIn?: never; }
  |  { between?: never; eq?: never;   /** It sorts after the value. */
  gt: string; gte?: never; in?: never; isNull?: never; lt?: never; lte?: never; ne?: never; notIn?: never; }
  |  { between?: never; eq?: never; gt?: never;   /** It sorts after the value, or equals it. */
  gte: string; in?: never; isNull?: never; lt?: never; lte?: never; ne?: never; notIn?: never; }
  |  { between?: never; eq?: never; gt?: never; gte?: never;   /** It equals one of them. */
  in: Array<string>; isNull?: never; lt?: never; lte?: never; ne?: never; notIn?: never; }
  |  { between?: never; eq?: never; gt?: never; gte?: never; in?: never;   /** With true: it is NULL; with false: it is not. */
  isNull: boolean; lt?: never; lte?: never; ne?: never; notIn?: never; }
  |  { between?: never; eq?: never; gt?: never; gte?: never; in?: never; isNull?: never;   /** It sorts before the value. */
  lt: string; lte?: never; ne?: never; notIn?: never; }
  |  { between?: never; eq?: never; gt?: never; gte?: never; in?: never; isNull?: never; lt?: never;   /** It sorts before the value, or equals it. */
  lte: string; ne?: never; notIn?: never; }
  |  { between?: never; eq?: never; gt?: never; gte?: never; in?: never; isNull?: never; lt?: never; lte?: never;   /** It does not; NULL is in. */
  ne: string; notIn?: never; }
  |  { between?: never; eq?: never; gt?: never; gte?: never; in?: never; isNull?: never; lt?: never; lte?: never; ne?: never;   /** It equals none of them; NULL is in. */
  notIn: Array<string>; };

/** Exactly one question. Of lists of type INTERVAL. */
export type IntervalListFilter =
  {   /** The list holds all of them. */
  hasAll: Array<string>; hasAny?: never; hasNone?: never; isNull?: never; }
  |  { hasAll?: never;   /** The list holds one of them. */
  hasAny: Array<string>; hasNone?: never; isNull?: never; }
  |  { hasAll?: never; hasAny?: never;   /** The list holds none of them; NULL is in. */
  hasNone: Array<string>; isNull?: never; }
  |  { hasAll?: never; hasAny?: never; hasNone?: never;   /** With true: it is NULL; with false: it is not. */
  isNull: boolean; };

/** Both ends included. */
export type IntervalRange = {
  /** The lower end. */
  from: string;
  /** The upper end. */
  to: string;
};

/** Exactly one question. Of columns of type JSON. */
export type JsonFilter =
  {   /** The text is in it. Case is ignored. */
  contains: string; isNull?: never; }
  |  { contains?: never;   /** With true: it is NULL; with false: it is not. */
  isNull: boolean; };

/** What an object's keys are. */
export type JsonKeys =
  /** The columns' labels. */
  | 'HEADER'
  /** The columns' names in the dataset. */
  | 'NAME';

/** Exactly one question. Of lists of type JSON. */
export type JsonListFilter =
  {   /** With true: it is NULL; with false: it is not. */
  isNull: boolean; };

/** What ends a line. Line breaks inside cells stay as they are. */
export type LineEnding =
  /** A carriage return and a line feed. */
  | 'CRLF'
  /** A line feed. */
  | 'LF';

/** How a moment is moved: first `plus` or `minus`, then `startOf` or `endOf`, then `next`. */
export type MomentShift = {
  /** To the last microsecond of the period it lies in. Not together with `startOf`. */
  endOf?: CalendarUnit | null | undefined;
  /** Earlier. Not together with `plus`. */
  minus?: DurationInput | null | undefined;
  /** Then moved again; four steps at most. */
  next?: MomentShift | null | undefined;
  /** Later. */
  plus?: DurationInput | null | undefined;
  /** To the beginning of the period it lies in. */
  startOf?: CalendarUnit | null | undefined;
};

/** Where NULL stands. */
export type NullsOrder =
  /** Before all values. */
  | 'FIRST'
  /** After all values. */
  | 'LAST';

/** Exactly one question. Of columns of type INTEGER, BIGINT, DECIMAL, or FLOAT. */
export type NumberFilter =
  {   /** It lies in the range, both ends included. */
  between: NumberRange; eq?: never; gt?: never; gte?: never; in?: never; isNull?: never; lt?: never; lte?: never; ne?: never; notIn?: never; }
  |  { between?: never;   /** It equals the value. */
  eq: number | `${number}`; gt?: never; gte?: never; in?: never; isNull?: never; lt?: never; lte?: never; ne?: never; notIn?: never; }
  |  { between?: never; eq?: never;   /** It sorts after the value. */
  gt: number | `${number}`; gte?: never; in?: never; isNull?: never; lt?: never; lte?: never; ne?: never; notIn?: never; }
  |  { between?: never; eq?: never; gt?: never;   /** It sorts after the value, or equals it. */
  gte: number | `${number}`; in?: never; isNull?: never; lt?: never; lte?: never; ne?: never; notIn?: never; }
  |  { between?: never; eq?: never; gt?: never; gte?: never;   /** It equals one of them. */
  in: Array<number | `${number}`>; isNull?: never; lt?: never; lte?: never; ne?: never; notIn?: never; }
  |  { between?: never; eq?: never; gt?: never; gte?: never; in?: never;   /** With true: it is NULL; with false: it is not. */
  isNull: boolean; lt?: never; lte?: never; ne?: never; notIn?: never; }
  |  { between?: never; eq?: never; gt?: never; gte?: never; in?: never; isNull?: never;   /** It sorts before the value. */
  lt: number | `${number}`; lte?: never; ne?: never; notIn?: never; }
  |  { between?: never; eq?: never; gt?: never; gte?: never; in?: never; isNull?: never; lt?: never;   /** It sorts before the value, or equals it. */
  lte: number | `${number}`; ne?: never; notIn?: never; }
  |  { between?: never; eq?: never; gt?: never; gte?: never; in?: never; isNull?: never; lt?: never; lte?: never;   /** It does not; NULL is in. */
  ne: number | `${number}`; notIn?: never; }
  |  { between?: never; eq?: never; gt?: never; gte?: never; in?: never; isNull?: never; lt?: never; lte?: never; ne?: never;   /** It equals none of them; NULL is in. */
  notIn: Array<number | `${number}`>; };

/** Exactly one question. Of lists of type INTEGER, BIGINT, DECIMAL, or FLOAT. */
export type NumberListFilter =
  {   /** The list holds all of them. */
  hasAll: Array<number | `${number}`>; hasAny?: never; hasNone?: never; isNull?: never; }
  |  { hasAll?: never;   /** The list holds one of them. */
  hasAny: Array<number | `${number}`>; hasNone?: never; isNull?: never; }
  |  { hasAll?: never; hasAny?: never;   /** The list holds none of them; NULL is in. */
  hasNone: Array<number | `${number}`>; isNull?: never; }
  |  { hasAll?: never; hasAny?: never; hasNone?: never;   /** With true: it is NULL; with false: it is not. */
  isNull: boolean; };

/** Both ends included. */
export type NumberRange = {
  /** The lower end. */
  from: number | `${number}`;
  /** The upper end. */
  to: number | `${number}`;
};

/** Which way. */
export type OrderDirection =
  /** The smallest or earliest first. */
  | 'ASC'
  /** The largest or latest first. */
  | 'DESC';

/** How pages within a Parquet file are compressed. */
export type PageCompression =
  /** Not at all. */
  | 'NONE'
  /** What every reader has had for longest. */
  | 'SNAPPY'
  /** About half the size of SNAPPY. */
  | 'ZSTD';

/** How many related rows must match. */
export type Quantifier =
  /** All of them; a row without related rows is in. */
  | 'EVERY'
  /** Not one. */
  | 'NONE'
  /** One at least. */
  | 'SOME';

/** Which cells are quoted. NULL never is. */
export type Quote =
  /** Every cell. */
  | 'ALL'
  /** Where it is needed (RFC 4180). */
  | 'MINIMAL'
  /** Every cell of a column that is not of numbers. */
  | 'NONNUMERIC';

/** Related rows. */
export type RelationFilter = {
  /** Name of a relation of the dataset. */
  name: string;
  /** Default: SOME. */
  quantifier?: Quantifier | null | undefined;
  /** Over the related dataset. Default: any row. */
  where?: RowFilter | null | undefined;
};

/** Which rows. Logic has two values: NULL never spreads, and `not` is the exact complement. */
export type RowFilter =
  {   /** All of them hold. */
  and: Array<RowFilter>; field?: never; not?: never; or?: never; relation?: never; search?: never; }
  |  { and?: never;   /** A column is as asked. */
  field: FieldFilter; not?: never; or?: never; relation?: never; search?: never; }
  |  { and?: never; field?: never;   /** It does not hold. */
  not: RowFilter; or?: never; relation?: never; search?: never; }
  |  { and?: never; field?: never; not?: never;   /** One of them holds. */
  or: Array<RowFilter>; relation?: never; search?: never; }
  |  { and?: never; field?: never; not?: never; or?: never;   /** Related rows are as asked. */
  relation: RelationFilter; search?: never; }
  |  { and?: never; field?: never; not?: never; or?: never; relation?: never;   /** Every word is in one of the dataset's searchable columns. */
  search: string; };

/** One key of the order of the rows. The dataset's key always comes last, so that the order is total. */
export type RowSort = {
  /** Name of a column of the dataset. */
  column: string;
  /** Default: ASC. */
  direction?: SortDirection | null | undefined;
  /** Default: LAST when ascending, FIRST when descending. */
  nulls?: NullsOrder | null | undefined;
};

/** Which way. */
export type SortDirection =
  /** The smallest or earliest first. */
  | 'ASC'
  /** The largest or latest first. */
  | 'DESC';

/** How characters become bytes. */
export type TextEncoding =
  /** Every character. */
  | 'UTF_8'
  /** Every character; begins with a byte order mark. */
  | 'UTF_16LE'
  /** Western European; a character that it has not becomes a question mark. */
  | 'WINDOWS_1252';

/** Exactly one question. Of columns of type TEXT. */
export type TextFilter =
  {   /** It lies in the range, both ends included. */
  between: TextRange; contains?: never; endsWith?: never; eq?: never; gt?: never; gte?: never; in?: never; isNull?: never; lt?: never; lte?: never; matchesPhrase?: never; matchesWordStarts?: never; matchesWords?: never; ne?: never; notIn?: never; startsWith?: never; }
  |  { between?: never;   /** The text is in it. Case is ignored. */
  contains: string; endsWith?: never; eq?: never; gt?: never; gte?: never; in?: never; isNull?: never; lt?: never; lte?: never; matchesPhrase?: never; matchesWordStarts?: never; matchesWords?: never; ne?: never; notIn?: never; startsWith?: never; }
  |  { between?: never; contains?: never;   /** The text ends it. Case is ignored. */
  endsWith: string; eq?: never; gt?: never; gte?: never; in?: never; isNull?: never; lt?: never; lte?: never; matchesPhrase?: never; matchesWordStarts?: never; matchesWords?: never; ne?: never; notIn?: never; startsWith?: never; }
  |  { between?: never; contains?: never; endsWith?: never;   /** It equals the value. */
  eq: string; gt?: never; gte?: never; in?: never; isNull?: never; lt?: never; lte?: never; matchesPhrase?: never; matchesWordStarts?: never; matchesWords?: never; ne?: never; notIn?: never; startsWith?: never; }
  |  { between?: never; contains?: never; endsWith?: never; eq?: never;   /** It sorts after the value. */
  gt: string; gte?: never; in?: never; isNull?: never; lt?: never; lte?: never; matchesPhrase?: never; matchesWordStarts?: never; matchesWords?: never; ne?: never; notIn?: never; startsWith?: never; }
  |  { between?: never; contains?: never; endsWith?: never; eq?: never; gt?: never;   /** It sorts after the value, or equals it. */
  gte: string; in?: never; isNull?: never; lt?: never; lte?: never; matchesPhrase?: never; matchesWordStarts?: never; matchesWords?: never; ne?: never; notIn?: never; startsWith?: never; }
  |  { between?: never; contains?: never; endsWith?: never; eq?: never; gt?: never; gte?: never;   /** It equals one of them. */
  in: Array<string>; isNull?: never; lt?: never; lte?: never; matchesPhrase?: never; matchesWordStarts?: never; matchesWords?: never; ne?: never; notIn?: never; startsWith?: never; }
  |  { between?: never; contains?: never; endsWith?: never; eq?: never; gt?: never; gte?: never; in?: never;   /** With true: it is NULL; with false: it is not. */
  isNull: boolean; lt?: never; lte?: never; matchesPhrase?: never; matchesWordStarts?: never; matchesWords?: never; ne?: never; notIn?: never; startsWith?: never; }
  |  { between?: never; contains?: never; endsWith?: never; eq?: never; gt?: never; gte?: never; in?: never; isNull?: never;   /** It sorts before the value. */
  lt: string; lte?: never; matchesPhrase?: never; matchesWordStarts?: never; matchesWords?: never; ne?: never; notIn?: never; startsWith?: never; }
  |  { between?: never; contains?: never; endsWith?: never; eq?: never; gt?: never; gte?: never; in?: never; isNull?: never; lt?: never;   /** It sorts before the value, or equals it. */
  lte: string; matchesPhrase?: never; matchesWordStarts?: never; matchesWords?: never; ne?: never; notIn?: never; startsWith?: never; }
  |  { between?: never; contains?: never; endsWith?: never; eq?: never; gt?: never; gte?: never; in?: never; isNull?: never; lt?: never; lte?: never;   /** It has the words, whole and in this order. Case is ignored. */
  matchesPhrase: string; matchesWordStarts?: never; matchesWords?: never; ne?: never; notIn?: never; startsWith?: never; }
  |  { between?: never; contains?: never; endsWith?: never; eq?: never; gt?: never; gte?: never; in?: never; isNull?: never; lt?: never; lte?: never; matchesPhrase?: never;   /** For every word, one of its words begins so. Case is ignored. */
  matchesWordStarts: string; matchesWords?: never; ne?: never; notIn?: never; startsWith?: never; }
  |  { between?: never; contains?: never; endsWith?: never; eq?: never; gt?: never; gte?: never; in?: never; isNull?: never; lt?: never; lte?: never; matchesPhrase?: never; matchesWordStarts?: never;   /** It has every word, whole, in any order; * in a word stands for any characters. Case is ignored. */
  matchesWords: string; ne?: never; notIn?: never; startsWith?: never; }
  |  { between?: never; contains?: never; endsWith?: never; eq?: never; gt?: never; gte?: never; in?: never; isNull?: never; lt?: never; lte?: never; matchesPhrase?: never; matchesWordStarts?: never; matchesWords?: never;   /** It does not; NULL is in. */
  ne: string; notIn?: never; startsWith?: never; }
  |  { between?: never; contains?: never; endsWith?: never; eq?: never; gt?: never; gte?: never; in?: never; isNull?: never; lt?: never; lte?: never; matchesPhrase?: never; matchesWordStarts?: never; matchesWords?: never; ne?: never;   /** It equals none of them; NULL is in. */
  notIn: Array<string>; startsWith?: never; }
  |  { between?: never; contains?: never; endsWith?: never; eq?: never; gt?: never; gte?: never; in?: never; isNull?: never; lt?: never; lte?: never; matchesPhrase?: never; matchesWordStarts?: never; matchesWords?: never; ne?: never; notIn?: never;   /** The text begins it. Case is ignored. */
  startsWith: string; };

/** Exactly one question. Of lists of type TEXT. */
export type TextListFilter =
  {   /** The list holds all of them. */
  hasAll: Array<string>; hasAny?: never; hasNone?: never; isNull?: never; }
  |  { hasAll?: never;   /** The list holds one of them. */
  hasAny: Array<string>; hasNone?: never; isNull?: never; }
  |  { hasAll?: never; hasAny?: never;   /** The list holds none of them; NULL is in. */
  hasNone: Array<string>; isNull?: never; }
  |  { hasAll?: never; hasAny?: never; hasNone?: never;   /** With true: it is NULL; with false: it is not. */
  isNull: boolean; };

/** Both ends included. */
export type TextRange = {
  /** The lower end. */
  from: string;
  /** The upper end. */
  to: string;
};

/** Exactly one question. Of columns of type TIME. */
export type TimeFilter =
  {   /** It lies in the range, both ends included. */
  between: TimeRange; eq?: never; gt?: never; gte?: never; in?: never; isNull?: never; lt?: never; lte?: never; ne?: never; notIn?: never; }
  |  { between?: never;   /** It equals the value. */
  eq: string; gt?: never; gte?: never; in?: never; isNull?: never; lt?: never; lte?: never; ne?: never; notIn?: never; }
  |  { between?: never; eq?: never;   /** It sorts after the value. */
  gt: string; gte?: never; in?: never; isNull?: never; lt?: never; lte?: never; ne?: never; notIn?: never; }
  |  { between?: never; eq?: never; gt?: never;   /** It sorts after the value, or equals it. */
  gte: string; in?: never; isNull?: never; lt?: never; lte?: never; ne?: never; notIn?: never; }
  |  { between?: never; eq?: never; gt?: never; gte?: never;   /** It equals one of them. */
  in: Array<string>; isNull?: never; lt?: never; lte?: never; ne?: never; notIn?: never; }
  |  { between?: never; eq?: never; gt?: never; gte?: never; in?: never;   /** With true: it is NULL; with false: it is not. */
  isNull: boolean; lt?: never; lte?: never; ne?: never; notIn?: never; }
  |  { between?: never; eq?: never; gt?: never; gte?: never; in?: never; isNull?: never;   /** It sorts before the value. */
  lt: string; lte?: never; ne?: never; notIn?: never; }
  |  { between?: never; eq?: never; gt?: never; gte?: never; in?: never; isNull?: never; lt?: never;   /** It sorts before the value, or equals it. */
  lte: string; ne?: never; notIn?: never; }
  |  { between?: never; eq?: never; gt?: never; gte?: never; in?: never; isNull?: never; lt?: never; lte?: never;   /** It does not; NULL is in. */
  ne: string; notIn?: never; }
  |  { between?: never; eq?: never; gt?: never; gte?: never; in?: never; isNull?: never; lt?: never; lte?: never; ne?: never;   /** It equals none of them; NULL is in. */
  notIn: Array<string>; };

/** Exactly one question. Of lists of type TIME. */
export type TimeListFilter =
  {   /** The list holds all of them. */
  hasAll: Array<string>; hasAny?: never; hasNone?: never; isNull?: never; }
  |  { hasAll?: never;   /** The list holds one of them. */
  hasAny: Array<string>; hasNone?: never; isNull?: never; }
  |  { hasAll?: never; hasAny?: never;   /** The list holds none of them; NULL is in. */
  hasNone: Array<string>; isNull?: never; }
  |  { hasAll?: never; hasAny?: never; hasNone?: never;   /** With true: it is NULL; with false: it is not. */
  isNull: boolean; };

/** Both ends included. */
export type TimeRange = {
  /** The lower end. */
  from: string;
  /** The upper end. */
  to: string;
};

/** Exactly one question. Of columns of type TIMESTAMP or TIMESTAMPTZ. */
export type TimestampFilter =
  {   /** It lies in the range, both ends included. */
  between: TimestampRange; eq?: never; gt?: never; gte?: never; in?: never; isNull?: never; lt?: never; lte?: never; ne?: never; notIn?: never; }
  |  { between?: never;   /** It equals the value. */
  eq: TimestampValue; gt?: never; gte?: never; in?: never; isNull?: never; lt?: never; lte?: never; ne?: never; notIn?: never; }
  |  { between?: never; eq?: never;   /** It sorts after the value. */
  gt: TimestampValue; gte?: never; in?: never; isNull?: never; lt?: never; lte?: never; ne?: never; notIn?: never; }
  |  { between?: never; eq?: never; gt?: never;   /** It sorts after the value, or equals it. */
  gte: TimestampValue; in?: never; isNull?: never; lt?: never; lte?: never; ne?: never; notIn?: never; }
  |  { between?: never; eq?: never; gt?: never; gte?: never;   /** It equals one of them. */
  in: Array<TimestampValue>; isNull?: never; lt?: never; lte?: never; ne?: never; notIn?: never; }
  |  { between?: never; eq?: never; gt?: never; gte?: never; in?: never;   /** With true: it is NULL; with false: it is not. */
  isNull: boolean; lt?: never; lte?: never; ne?: never; notIn?: never; }
  |  { between?: never; eq?: never; gt?: never; gte?: never; in?: never; isNull?: never;   /** It sorts before the value. */
  lt: TimestampValue; lte?: never; ne?: never; notIn?: never; }
  |  { between?: never; eq?: never; gt?: never; gte?: never; in?: never; isNull?: never; lt?: never;   /** It sorts before the value, or equals it. */
  lte: TimestampValue; ne?: never; notIn?: never; }
  |  { between?: never; eq?: never; gt?: never; gte?: never; in?: never; isNull?: never; lt?: never; lte?: never;   /** It does not; NULL is in. */
  ne: TimestampValue; notIn?: never; }
  |  { between?: never; eq?: never; gt?: never; gte?: never; in?: never; isNull?: never; lt?: never; lte?: never; ne?: never;   /** It equals none of them; NULL is in. */
  notIn: Array<TimestampValue>; };

/** Exactly one question. Of lists of type TIMESTAMP or TIMESTAMPTZ. */
export type TimestampListFilter =
  {   /** The list holds all of them. */
  hasAll: Array<TimestampValue>; hasAny?: never; hasNone?: never; isNull?: never; }
  |  { hasAll?: never;   /** The list holds one of them. */
  hasAny: Array<TimestampValue>; hasNone?: never; isNull?: never; }
  |  { hasAll?: never; hasAny?: never;   /** The list holds none of them; NULL is in. */
  hasNone: Array<TimestampValue>; isNull?: never; }
  |  { hasAll?: never; hasAny?: never; hasNone?: never;   /** With true: it is NULL; with false: it is not. */
  isNull: boolean; };

/** Both ends included. */
export type TimestampRange = {
  /** The lower end. */
  from: TimestampValue;
  /** The upper end. */
  to: TimestampValue;
};

/** A moment, or a whole day. */
export type TimestampValue =
  {   /** This one. */
  at: string; now?: never; on?: never; }
  |  { at?: never;   /** The moment at which the export is accepted, moved; {} is that moment itself. Resolved once: retries read the same rows. */
  now: MomentShift; on?: never; }
  |  { at?: never; now?: never;   /** All of this day in `options.timeZone`: `eq` is at any time of it, `lte` includes its evening. Not in lists. */
  on: string; };

/** Exactly one question. Of columns of type UUID. */
export type UuidFilter =
  {   /** It equals the value. */
  eq: string; in?: never; isNull?: never; ne?: never; notIn?: never; }
  |  { eq?: never;   /** It equals one of them. */
  in: Array<string>; isNull?: never; ne?: never; notIn?: never; }
  |  { eq?: never; in?: never;   /** With true: it is NULL; with false: it is not. */
  isNull: boolean; ne?: never; notIn?: never; }
  |  { eq?: never; in?: never; isNull?: never;   /** It does not; NULL is in. */
  ne: string; notIn?: never; }
  |  { eq?: never; in?: never; isNull?: never; ne?: never;   /** It equals none of them; NULL is in. */
  notIn: Array<string>; };

/** Exactly one question. Of lists of type UUID. */
export type UuidListFilter =
  {   /** The list holds all of them. */
  hasAll: Array<string>; hasAny?: never; hasNone?: never; isNull?: never; }
  |  { hasAll?: never;   /** The list holds one of them. */
  hasAny: Array<string>; hasNone?: never; isNull?: never; }
  |  { hasAll?: never; hasAny?: never;   /** The list holds none of them; NULL is in. */
  hasNone: Array<string>; isNull?: never; }
  |  { hasAll?: never; hasAny?: never; hasNone?: never;   /** With true: it is NULL; with false: it is not. */
  isNull: boolean; };

/** What cells of enumerations hold. */
export type ValueStyle =
  /** Their labels for people, in `language`. */
  | 'LABELS'
  /** Their values as they are stored. */
  | 'STORED';

export type ExportFragment = { id: string, number: number, name: string, dataset: string, format: ExportFormat, status: ExportStatus, stage: ExportStage, stageMessage: string, progress: number, rowsExported: number, rowsTotal: number | null, rowsTotalExact: boolean, bytes: number, attempt: number, version: number, createdAt: string, startedAt: string | null, completedAt: string | null, estimatedCompletionAt: string | null, expiresAt: string | null, error: { code: string, message: string, retryable: boolean } | null, files: Array<{ name: string, url: string, bytes: number, rows: number, sha256: string, contentType: string, expiresAt: string }>, manifest: { url: string } | null };

export type CreateExportMutationVariables = Exact<{
  input: CreateExportInput;
}>;


export type CreateExportMutation = { createExport:
    | { __typename: 'ConflictError', code: string, message: string }
    | { __typename: 'CreateExportSuccess', deduped: boolean, export: { id: string, number: number, name: string, dataset: string, format: ExportFormat, status: ExportStatus, stage: ExportStage, stageMessage: string, progress: number, rowsExported: number, rowsTotal: number | null, rowsTotalExact: boolean, bytes: number, attempt: number, version: number, createdAt: string, startedAt: string | null, completedAt: string | null, estimatedCompletionAt: string | null, expiresAt: string | null, error: { code: string, message: string, retryable: boolean } | null, files: Array<{ name: string, url: string, bytes: number, rows: number, sha256: string, contentType: string, expiresAt: string }>, manifest: { url: string } | null } }
    | { __typename: 'ForbiddenError', code: string, message: string }
    | { __typename: 'LimitExceededError', code: string, message: string, retryAfterSeconds: number }
    | { __typename: 'ValidationError', code: string, message: string, issues: Array<{ path: string, message: string }> }
   };

export type CancelExportMutationVariables = Exact<{
  id: string;
}>;


export type CancelExportMutation = { cancelExport:
    | { __typename: 'CancelExportSuccess', export: { id: string, number: number, name: string, dataset: string, format: ExportFormat, status: ExportStatus, stage: ExportStage, stageMessage: string, progress: number, rowsExported: number, rowsTotal: number | null, rowsTotalExact: boolean, bytes: number, attempt: number, version: number, createdAt: string, startedAt: string | null, completedAt: string | null, estimatedCompletionAt: string | null, expiresAt: string | null, error: { code: string, message: string, retryable: boolean } | null, files: Array<{ name: string, url: string, bytes: number, rows: number, sha256: string, contentType: string, expiresAt: string }>, manifest: { url: string } | null } }
    | { __typename: 'ForbiddenError', code: string, message: string }
    | { __typename: 'NotFoundError', code: string, message: string }
   };

export type RetryExportMutationVariables = Exact<{
  id: string;
}>;


export type RetryExportMutation = { retryExport:
    | { __typename: 'ConflictError', code: string, message: string }
    | { __typename: 'ForbiddenError', code: string, message: string }
    | { __typename: 'LimitExceededError', code: string, message: string, retryAfterSeconds: number }
    | { __typename: 'NotFoundError', code: string, message: string }
    | { __typename: 'RetryExportSuccess', export: { id: string, number: number, name: string, dataset: string, format: ExportFormat, status: ExportStatus, stage: ExportStage, stageMessage: string, progress: number, rowsExported: number, rowsTotal: number | null, rowsTotalExact: boolean, bytes: number, attempt: number, version: number, createdAt: string, startedAt: string | null, completedAt: string | null, estimatedCompletionAt: string | null, expiresAt: string | null, error: { code: string, message: string, retryable: boolean } | null, files: Array<{ name: string, url: string, bytes: number, rows: number, sha256: string, contentType: string, expiresAt: string }>, manifest: { url: string } | null } }
   };

export type DeleteExportMutationVariables = Exact<{
  id: string;
}>;


export type DeleteExportMutation = { deleteExport:
    | { __typename: 'DeleteExportSuccess', deletedId: string }
    | { __typename: 'ForbiddenError', code: string, message: string }
    | { __typename: 'NotFoundError', code: string, message: string }
   };

export type PreviewExportQueryVariables = Exact<{
  input: CreateExportInput;
  rows?: number | null | undefined;
}>;


export type PreviewExportQuery = { previewExport: { rows: unknown, text: string | null, columns: Array<{ name: string, header: string }> } };

export type EstimateExportQueryVariables = Exact<{
  input: CreateExportInput;
}>;


export type EstimateExportQuery = { estimateExport: { rows: number, rowsExact: boolean, bytes: number, seconds: number, basis: EstimateBasis } };

export type GetExportQueryVariables = Exact<{
  id: string;
}>;


export type GetExportQuery = { export: { id: string, number: number, name: string, dataset: string, format: ExportFormat, status: ExportStatus, stage: ExportStage, stageMessage: string, progress: number, rowsExported: number, rowsTotal: number | null, rowsTotalExact: boolean, bytes: number, attempt: number, version: number, createdAt: string, startedAt: string | null, completedAt: string | null, estimatedCompletionAt: string | null, expiresAt: string | null, error: { code: string, message: string, retryable: boolean } | null, files: Array<{ name: string, url: string, bytes: number, rows: number, sha256: string, contentType: string, expiresAt: string }>, manifest: { url: string } | null } | null };

export type ListExportsQueryVariables = Exact<{
  first?: number | null | undefined;
  after?: string | null | undefined;
  filter?: ExportFilter | null | undefined;
  orderBy?: ExportOrder | null | undefined;
}>;


export type ListExportsQuery = { exports: { edges: Array<{ node: { id: string, number: number, name: string, dataset: string, format: ExportFormat, status: ExportStatus, stage: ExportStage, stageMessage: string, progress: number, rowsExported: number, rowsTotal: number | null, rowsTotalExact: boolean, bytes: number, attempt: number, version: number, createdAt: string, startedAt: string | null, completedAt: string | null, estimatedCompletionAt: string | null, expiresAt: string | null, error: { code: string, message: string, retryable: boolean } | null, files: Array<{ name: string, url: string, bytes: number, rows: number, sha256: string, contentType: string, expiresAt: string }>, manifest: { url: string } | null } }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type ExportProgressSubscriptionVariables = Exact<{
  id: string;
}>;


export type ExportProgressSubscription = { exportProgress: { id: string, number: number, name: string, dataset: string, format: ExportFormat, status: ExportStatus, stage: ExportStage, stageMessage: string, progress: number, rowsExported: number, rowsTotal: number | null, rowsTotalExact: boolean, bytes: number, attempt: number, version: number, createdAt: string, startedAt: string | null, completedAt: string | null, estimatedCompletionAt: string | null, expiresAt: string | null, error: { code: string, message: string, retryable: boolean } | null, files: Array<{ name: string, url: string, bytes: number, rows: number, sha256: string, contentType: string, expiresAt: string }>, manifest: { url: string } | null } };

export type DatasetFragment = { name: string, label: string, description: string | null, key: Array<string>, columns: Array<{ name: string, label: string, description: string | null, type: ColumnType, isList: boolean, isNumeric: boolean, isSortable: boolean, isDefault: boolean, isPersonal: boolean, kind: string, example: unknown, filters: Array<{ operator: string, takes: FilterValueShape, description: string }>, options: Array<{ value: string, label: string }> | null }> };

export type ListDatasetsQueryVariables = Exact<{ [key: string]: never; }>;


export type ListDatasetsQuery = { datasets: Array<{ name: string, label: string, description: string | null, key: Array<string>, columns: Array<{ name: string, label: string, description: string | null, type: ColumnType, isList: boolean, isNumeric: boolean, isSortable: boolean, isDefault: boolean, isPersonal: boolean, kind: string, example: unknown, filters: Array<{ operator: string, takes: FilterValueShape, description: string }>, options: Array<{ value: string, label: string }> | null }> }> };

export type GetDatasetQueryVariables = Exact<{
  name: string;
}>;


export type GetDatasetQuery = { dataset: { name: string, label: string, description: string | null, key: Array<string>, columns: Array<{ name: string, label: string, description: string | null, type: ColumnType, isList: boolean, isNumeric: boolean, isSortable: boolean, isDefault: boolean, isPersonal: boolean, kind: string, example: unknown, filters: Array<{ operator: string, takes: FilterValueShape, description: string }>, options: Array<{ value: string, label: string }> | null }> } | null };

export class TypedDocumentString<TResult, TVariables>
  extends String
  implements DocumentTypeDecoration<TResult, TVariables>
{
  __apiType?: NonNullable<DocumentTypeDecoration<TResult, TVariables>['__apiType']>;
  private value: string;
  public __meta__?: Record<string, any> | undefined;

  constructor(value: string, __meta__?: Record<string, any> | undefined) {
    super(value);
    this.value = value;
    this.__meta__ = __meta__;
  }

  override toString(): string & DocumentTypeDecoration<TResult, TVariables> {
    return this.value;
  }
}
export const ExportFragmentDoc = new TypedDocumentString(`
    fragment Export on Export {
  id
  number
  name
  dataset
  format
  status
  stage
  stageMessage
  progress
  rowsExported
  rowsTotal
  rowsTotalExact
  bytes
  attempt
  version
  createdAt
  startedAt
  completedAt
  estimatedCompletionAt
  expiresAt
  error {
    code
    message
    retryable
  }
  files {
    name
    url
    bytes
    rows
    sha256
    contentType
    expiresAt
  }
  manifest {
    url
  }
}
    `, {"fragmentName":"Export"}) as unknown as TypedDocumentString<ExportFragment, unknown>;
export const DatasetFragmentDoc = new TypedDocumentString(`
    fragment Dataset on Dataset {
  name
  label
  description
  key
  columns {
    name
    label
    description
    type
    isList
    isNumeric
    isSortable
    isDefault
    isPersonal
    kind
    filters {
      operator
      takes
      description
    }
    example
    options {
      value
      label
    }
  }
}
    `, {"fragmentName":"Dataset"}) as unknown as TypedDocumentString<DatasetFragment, unknown>;
export const CreateExportDocument = new TypedDocumentString(`
    mutation CreateExport($input: CreateExportInput!) {
  createExport(input: $input) {
    __typename
    ... on CreateExportSuccess {
      deduped
      export {
        ...Export
      }
    }
    ... on Error {
      code
      message
    }
    ... on ValidationError {
      issues {
        path
        message
      }
    }
    ... on LimitExceededError {
      retryAfterSeconds
    }
  }
}
    fragment Export on Export {
  id
  number
  name
  dataset
  format
  status
  stage
  stageMessage
  progress
  rowsExported
  rowsTotal
  rowsTotalExact
  bytes
  attempt
  version
  createdAt
  startedAt
  completedAt
  estimatedCompletionAt
  expiresAt
  error {
    code
    message
    retryable
  }
  files {
    name
    url
    bytes
    rows
    sha256
    contentType
    expiresAt
  }
  manifest {
    url
  }
}`) as unknown as TypedDocumentString<CreateExportMutation, CreateExportMutationVariables>;
export const CancelExportDocument = new TypedDocumentString(`
    mutation CancelExport($id: ID!) {
  cancelExport(id: $id) {
    __typename
    ... on CancelExportSuccess {
      export {
        ...Export
      }
    }
    ... on Error {
      code
      message
    }
  }
}
    fragment Export on Export {
  id
  number
  name
  dataset
  format
  status
  stage
  stageMessage
  progress
  rowsExported
  rowsTotal
  rowsTotalExact
  bytes
  attempt
  version
  createdAt
  startedAt
  completedAt
  estimatedCompletionAt
  expiresAt
  error {
    code
    message
    retryable
  }
  files {
    name
    url
    bytes
    rows
    sha256
    contentType
    expiresAt
  }
  manifest {
    url
  }
}`) as unknown as TypedDocumentString<CancelExportMutation, CancelExportMutationVariables>;
export const RetryExportDocument = new TypedDocumentString(`
    mutation RetryExport($id: ID!) {
  retryExport(id: $id) {
    __typename
    ... on RetryExportSuccess {
      export {
        ...Export
      }
    }
    ... on Error {
      code
      message
    }
    ... on LimitExceededError {
      retryAfterSeconds
    }
  }
}
    fragment Export on Export {
  id
  number
  name
  dataset
  format
  status
  stage
  stageMessage
  progress
  rowsExported
  rowsTotal
  rowsTotalExact
  bytes
  attempt
  version
  createdAt
  startedAt
  completedAt
  estimatedCompletionAt
  expiresAt
  error {
    code
    message
    retryable
  }
  files {
    name
    url
    bytes
    rows
    sha256
    contentType
    expiresAt
  }
  manifest {
    url
  }
}`) as unknown as TypedDocumentString<RetryExportMutation, RetryExportMutationVariables>;
export const DeleteExportDocument = new TypedDocumentString(`
    mutation DeleteExport($id: ID!) {
  deleteExport(id: $id) {
    __typename
    ... on DeleteExportSuccess {
      deletedId
    }
    ... on Error {
      code
      message
    }
  }
}
    `) as unknown as TypedDocumentString<DeleteExportMutation, DeleteExportMutationVariables>;
export const PreviewExportDocument = new TypedDocumentString(`
    query PreviewExport($input: CreateExportInput!, $rows: Int) {
  previewExport(input: $input, rows: $rows) {
    columns {
      name
      header
    }
    rows
    text
  }
}
    `) as unknown as TypedDocumentString<PreviewExportQuery, PreviewExportQueryVariables>;
export const EstimateExportDocument = new TypedDocumentString(`
    query EstimateExport($input: CreateExportInput!) {
  estimateExport(input: $input) {
    rows
    rowsExact
    bytes
    seconds
    basis
  }
}
    `) as unknown as TypedDocumentString<EstimateExportQuery, EstimateExportQueryVariables>;
export const GetExportDocument = new TypedDocumentString(`
    query GetExport($id: ID!) {
  export(id: $id) {
    ...Export
  }
}
    fragment Export on Export {
  id
  number
  name
  dataset
  format
  status
  stage
  stageMessage
  progress
  rowsExported
  rowsTotal
  rowsTotalExact
  bytes
  attempt
  version
  createdAt
  startedAt
  completedAt
  estimatedCompletionAt
  expiresAt
  error {
    code
    message
    retryable
  }
  files {
    name
    url
    bytes
    rows
    sha256
    contentType
    expiresAt
  }
  manifest {
    url
  }
}`) as unknown as TypedDocumentString<GetExportQuery, GetExportQueryVariables>;
export const ListExportsDocument = new TypedDocumentString(`
    query ListExports($first: Int, $after: String, $filter: ExportFilter, $orderBy: ExportOrder) {
  exports(first: $first, after: $after, filter: $filter, orderBy: $orderBy) {
    edges {
      node {
        ...Export
      }
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    fragment Export on Export {
  id
  number
  name
  dataset
  format
  status
  stage
  stageMessage
  progress
  rowsExported
  rowsTotal
  rowsTotalExact
  bytes
  attempt
  version
  createdAt
  startedAt
  completedAt
  estimatedCompletionAt
  expiresAt
  error {
    code
    message
    retryable
  }
  files {
    name
    url
    bytes
    rows
    sha256
    contentType
    expiresAt
  }
  manifest {
    url
  }
}`) as unknown as TypedDocumentString<ListExportsQuery, ListExportsQueryVariables>;
export const ExportProgressDocument = new TypedDocumentString(`
    subscription ExportProgress($id: ID!) {
  exportProgress(id: $id) {
    ...Export
  }
}
    fragment Export on Export {
  id
  number
  name
  dataset
  format
  status
  stage
  stageMessage
  progress
  rowsExported
  rowsTotal
  rowsTotalExact
  bytes
  attempt
  version
  createdAt
  startedAt
  completedAt
  estimatedCompletionAt
  expiresAt
  error {
    code
    message
    retryable
  }
  files {
    name
    url
    bytes
    rows
    sha256
    contentType
    expiresAt
  }
  manifest {
    url
  }
}`) as unknown as TypedDocumentString<ExportProgressSubscription, ExportProgressSubscriptionVariables>;
export const ListDatasetsDocument = new TypedDocumentString(`
    query ListDatasets {
  datasets {
    ...Dataset
  }
}
    fragment Dataset on Dataset {
  name
  label
  description
  key
  columns {
    name
    label
    description
    type
    isList
    isNumeric
    isSortable
    isDefault
    isPersonal
    kind
    filters {
      operator
      takes
      description
    }
    example
    options {
      value
      label
    }
  }
}`) as unknown as TypedDocumentString<ListDatasetsQuery, ListDatasetsQueryVariables>;
export const GetDatasetDocument = new TypedDocumentString(`
    query GetDataset($name: String!) {
  dataset(name: $name) {
    ...Dataset
  }
}
    fragment Dataset on Dataset {
  name
  label
  description
  key
  columns {
    name
    label
    description
    type
    isList
    isNumeric
    isSortable
    isDefault
    isPersonal
    kind
    filters {
      operator
      takes
      description
    }
    example
    options {
      value
      label
    }
  }
}`) as unknown as TypedDocumentString<GetDatasetQuery, GetDatasetQueryVariables>;