import { z } from 'zod'
import { plainText } from './plain-text.ts'
import { timeZone } from './time-zone.ts'

/** XLSX and XLS: cells have types, and Excel's own formats. */
export const workbookOptions = z.strictObject({
  /** Of the first sheet; further ones are numbered. What Excel forbids in a name becomes a blank, the rest is cut at 31. */
  sheetName: plainText(100).default('Export'),
  /** Between the elements of a list; null keeps Postgres' array text `{a,b}`. */
  listSeparator: plainText(8).nullable().default('; '),
  /** A cell has no zone: instants show the time of this one. */
  timeZone,
})

export type WorkbookOptions = z.infer<typeof workbookOptions>
