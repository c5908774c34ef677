import { escapeXml } from './escape-xml.ts'

/** Cell formats by their index in `cellXfs`. @see ECMA-376 Part 1, 18.8 Styles */
export const styles = {
  general: 0,
  header: 1,
  integer: 2,
  date: 3,
  timestamp: 4,
  timestampMs: 5,
  time: 6,
  timeMs: 7,
} as const
/** The first format of a column's own. */
const firstOwnStyle = 8
const firstOwnFormat = 169

/** An index into `cellXfs`. */
export type Style = number

/** The style of a column that has a format of its own. @param formats all of the workbook, each once */
export function ownStyle(format: string, formats: readonly string[]): Style {
  return firstOwnStyle + formats.indexOf(format)
}

/**
 * `xl/styles.xml`. Integers get the format `0`: General shows twelve digits and more as 1.23E+11.
 * @param formats of columns, each once
 */
export function stylesXml(formats: readonly string[]): string {
  const ownFormats = formats.map(
    (format, index) => `<numFmt numFmtId="${firstOwnFormat + index}" formatCode="${escapeXml(format)}"/>`,
  )
  const ownXfs = formats.map(
    (_, index) =>
      `<xf numFmtId="${firstOwnFormat + index}" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>`,
  )
  return `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">\
<numFmts count="${5 + formats.length}">\
<numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/>\
<numFmt numFmtId="165" formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss"/>\
<numFmt numFmtId="166" formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss.000"/>\
<numFmt numFmtId="167" formatCode="hh:mm:ss"/>\
<numFmt numFmtId="168" formatCode="hh:mm:ss.000"/>\
${ownFormats.join('')}\
</numFmts>\
<fonts count="2">\
<font><sz val="11"/><name val="Calibri"/><family val="2"/></font>\
<font><b/><sz val="11"/><name val="Calibri"/><family val="2"/></font>\
</fonts>\
<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>\
<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>\
<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>\
<cellXfs count="${firstOwnStyle + formats.length}">\
<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>\
<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/>\
<xf numFmtId="1" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>\
<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>\
<xf numFmtId="165" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>\
<xf numFmtId="166" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>\
<xf numFmtId="167" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>\
<xf numFmtId="168" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>\
${ownXfs.join('')}\
</cellXfs>\
<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>\
</styleSheet>
`
}
