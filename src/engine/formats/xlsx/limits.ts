/** Excel's own limits. @see Microsoft, "Excel specifications and limits" */
export const maxRowsPerSheet = 1_048_576
export const maxColumns = 16_384
/** UTF-16 code units in one cell. Libraries that ignore it make files which Excel wants to repair. */
export const maxCellUnits = 32_767
export const maxSheetNameUnits = 31

/** When a sheet is full and the next one begins, whichever comes first. */
export interface SheetLimits {
  /** Rows with the header, at least 2. Default 1,048,576, which is also the most Excel opens. */
  readonly rowsPerSheet: number
  /**
   * Bytes of sheet XML after which no further row begins. Default 3.5 GiB: a sheet must stay below 4 GiB,
   * or it would need Zip64 headers, over which Excel stumbles; the rest is room for the last row.
   */
  readonly bytesPerSheet: number
}

export const excelLimits: SheetLimits = {
  rowsPerSheet: maxRowsPerSheet,
  bytesPerSheet: 3.5 * 2 ** 30,
}
