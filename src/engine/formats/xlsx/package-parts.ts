import { columnLetters } from './cell-writers.ts'
import { escapeXml } from './escape-xml.ts'

/** The small parts of a workbook, as text. @see ECMA-376 Part 1, 12.3 and 18.2; Part 2 */

/** A sheet that is written: where its table ends is known. */
export interface SheetPart {
  readonly name: string
  /** With the header. */
  readonly rows: number
  readonly columns: number
}

/** What the file says about itself. */
export interface DocumentProperties {
  readonly title?: string | undefined
  readonly description?: string | undefined
  /** Left out, the file has no date, and equal rows give equal bytes. */
  readonly createdAt?: Date | undefined
}

const declaration = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
const schemas = 'http://schemas.openxmlformats.org'
export const spreadsheetml = `${schemas}/spreadsheetml/2006/main`
const relationships = `${schemas}/officeDocument/2006/relationships`
const packageRelationships = `${schemas}/package/2006/relationships`
const contentTypes = 'application/vnd.openxmlformats-officedocument.spreadsheetml'

export function sheetPath(index: number): string {
  return `xl/worksheets/sheet${index + 1}.xml`
}

/** `A1:P1000`: all cells of a sheet's table. */
export function tableRange(columns: number, rows: number): string {
  return `A1:${columnLetters(columns - 1)}${rows}`
}

export const packageRelationshipsXml = `${declaration}<Relationships xmlns="${packageRelationships}">\
<Relationship Id="rId1" Type="${relationships}/officeDocument" Target="xl/workbook.xml"/>\
<Relationship Id="rId2" Type="${packageRelationships}/metadata/core-properties" Target="docProps/core.xml"/>\
<Relationship Id="rId3" Type="${relationships}/extended-properties" Target="docProps/app.xml"/>\
</Relationships>`

export const applicationXml = `${declaration}<Properties xmlns="${schemas}/officeDocument/2006/extended-properties">\
<Application>Sluice</Application></Properties>`

export function coreXml({ title, description, createdAt }: DocumentProperties): string {
  const instant = createdAt?.toISOString().replace(/\.\d+Z$/, 'Z')
  const dated = (name: string) => `<dcterms:${name} xsi:type="dcterms:W3CDTF">${instant}</dcterms:${name}>`
  return `${declaration}<cp:coreProperties xmlns:cp="${packageRelationships.replace('relationships', 'metadata/core-properties')}" \
xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" \
xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">\
${title ? `<dc:title>${escapeXml(title)}</dc:title>` : ''}\
<dc:creator>Sluice</dc:creator>\
${description ? `<dc:description>${escapeXml(description)}</dc:description>` : ''}\
${instant ? dated('created') + dated('modified') : ''}\
</cp:coreProperties>`
}

export function workbookXml(sheets: readonly SheetPart[]): string {
  const list = sheets.map(
    ({ name }, index) => `<sheet name="${escapeXml(name)}" sheetId="${index + 1}" r:id="rId${index + 1}"/>`,
  )
  // Excel keeps an auto filter's range under this hidden name too, and LibreOffice finds it only there.
  const filters = sheets.map(({ name, columns, rows }, index) => {
    const sheet = `'${name.replaceAll("'", "''")}'`
    const range = `$A$1:$${columnLetters(columns - 1)}$${rows}`
    return `<definedName name="_xlnm._FilterDatabase" localSheetId="${index}" hidden="1">${escapeXml(`${sheet}!${range}`)}</definedName>`
  })
  return `${declaration}<workbook xmlns="${spreadsheetml}" xmlns:r="${relationships}">\
<workbookPr/><bookViews><workbookView/></bookViews>\
<sheets>${list.join('')}</sheets><definedNames>${filters.join('')}</definedNames></workbook>`
}

export function workbookRelationshipsXml(sheets: readonly SheetPart[]): string {
  const list = sheets.map(
    (_, index) =>
      `<Relationship Id="rId${index + 1}" Type="${relationships}/worksheet" Target="worksheets/sheet${index + 1}.xml"/>`,
  )
  return `${declaration}<Relationships xmlns="${packageRelationships}">${list.join('')}\
<Relationship Id="rId${sheets.length + 1}" Type="${relationships}/styles" Target="styles.xml"/></Relationships>`
}

export function contentTypesXml(sheets: readonly SheetPart[]): string {
  const list = sheets.map((_, index) => override(sheetPath(index), `${contentTypes}.worksheet+xml`))
  return `${declaration}<Types xmlns="${schemas}/package/2006/content-types">\
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>\
<Default Extension="xml" ContentType="application/xml"/>\
${override('xl/workbook.xml', `${contentTypes}.sheet.main+xml`)}\
${list.join('')}\
${override('xl/styles.xml', `${contentTypes}.styles+xml`)}\
${override('docProps/core.xml', 'application/vnd.openxmlformats-package.core-properties+xml')}\
${override('docProps/app.xml', 'application/vnd.openxmlformats-officedocument.extended-properties+xml')}\
</Types>`
}

function override(path: string, type: string): string {
  return `<Override PartName="/${path}" ContentType="${type}"/>`
}
