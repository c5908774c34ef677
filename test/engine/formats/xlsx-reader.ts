import { readZip } from '../compression/zip-reader.ts'

/** A cell as the file has it: its type, its text as a reader of ST_Xstring sees it, its format's index. */
export interface ReadCell {
  readonly type: 'n' | 'b' | 'inlineStr'
  readonly value: string
  readonly style: number
  readonly preserved: boolean
}

export interface ReadSheet {
  readonly name: string
  readonly xml: string
  /** By reference, `A1`. */
  readonly cells: Readonly<Record<string, ReadCell>>
  readonly rows: number
}

/** A small reader for the subset of SpreadsheetML that an export has. Written from ECMA-376, not from the writer. */
export function readXlsx(bytes: Buffer): { sheets: ReadSheet[]; parts: Map<string, string> } {
  const parts = new Map(readZip(bytes).map((entry) => [entry.name, entry.bytes.toString('utf8')]))
  for (const [name, xml] of parts) checkWellFormed(name, xml)
  const workbook = parts.get('xl/workbook.xml') ?? ''
  const targets = new Map(
    [
      ...(parts.get('xl/_rels/workbook.xml.rels') ?? '').matchAll(
        /Id="(\w+)" Type="[^"]*" Target="([^"]+)"/g,
      ),
    ].map(([, id, target]) => [id, target]),
  )
  const sheets = [...workbook.matchAll(/<sheet name="([^"]*)" sheetId="\d+" r:id="(\w+)"\/>/g)].map(
    ([, name, id]): ReadSheet => {
      const xml = parts.get(`xl/${targets.get(id)}`) ?? ''
      return { name: unescapeXml(name as string), xml, ...readRows(xml) }
    },
  )
  return { sheets, parts }
}

function readRows(xml: string): { cells: Record<string, ReadCell>; rows: number } {
  const cells: Record<string, ReadCell> = {}
  const data = /<sheetData>(.*)<\/sheetData>/s.exec(xml)?.[1] ?? ''
  let rows = 0
  for (const [, number, row] of data.matchAll(/<row r="(\d+)">(.*?)<\/row>/gs)) {
    if (Number(number) !== ++rows) throw new Error(`Row ${number} comes as number ${rows}`)
    const pattern =
      /<c r="([A-Z]+)(\d+)"(?: s="(\d+)")?(?: t="(\w+)")?>(?:<v>([^<]*)<\/v>|<is><t( xml:space="preserve")?>([^<]*)<\/t><\/is>)<\/c>/gy
    let at = 0
    for (const match of (row as string).matchAll(pattern)) {
      const [whole, column, line, style, type, plain, space, text] = match
      if (line !== number) throw new Error(`Cell ${column}${line} in row ${number}`)
      at += whole.length
      cells[`${column}${line}`] = {
        type: (type ?? 'n') as ReadCell['type'],
        value: plain ?? decodeXstring(unescapeXml(text as string)),
        style: Number(style ?? 0),
        preserved: space !== undefined,
      }
    }
    if (at !== (row as string).length) throw new Error(`Not a cell: ${(row as string).slice(at, at + 80)}`)
  }
  return { cells, rows }
}

/** Every tag closed in order, and no character that XML 1.0 has not. */
function checkWellFormed(name: string, xml: string): void {
  const alien = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u.exec(xml)
  if (alien) throw new Error(`${name} has U+${alien[0].codePointAt(0)?.toString(16)}`)
  const open: string[] = []
  const pattern = /<(?:\?[^>]*\?|(\/?)([\w:]+)((?:\s+[\w:]+="[^"<]*")*)\s*(\/?))>|([^<]+)/gy
  let at = 0
  for (const [whole, closing, tag, , empty, text] of xml.matchAll(pattern)) {
    at += whole.length
    if (text !== undefined && /&(?!amp;|lt;|gt;|quot;)|\]\]>/.test(text)) throw new Error(`${name}: ${text}`)
    if (tag === undefined) continue
    if (!closing && !empty) open.push(tag)
    if (closing && open.pop() !== tag) throw new Error(`${name}: </${tag}> closes nothing`)
  }
  if (at !== xml.length || open.length > 0) throw new Error(`${name} breaks off: ${xml.slice(at, at + 80)}`)
}

function unescapeXml(text: string): string {
  const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"' }
  return text.replace(/&(\w+);/g, (_, name: string) => entities[name] as string)
}

/** @see ECMA-376 Part 1, 22.9.2.19 ST_Xstring */
function decodeXstring(text: string): string {
  return text.replace(/_x([0-9A-Fa-f]{4})_/g, (_, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  )
}
