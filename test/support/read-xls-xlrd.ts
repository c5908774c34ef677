import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Debian's python3-xlrd (`apt-get install python3-xlrd`): somebody else's reading of BIFF8. */
const python = '/usr/bin/python3'

export const hasXlrd = spawnSync(python, ['-c', 'import xlrd']).status === 0

/** Cells as [type, value]; types are empty, text, number, date, boolean, error. */
export interface XlrdSheet {
  readonly name: string
  readonly rows: readonly (readonly (readonly [number, string | number])[])[]
}

const script = `
import json, sys, xlrd
book = xlrd.open_workbook(sys.argv[1], formatting_info=True)
print(json.dumps([
  {"name": s.name, "rows": [[[c.ctype, c.value] for c in s.row(r)] for r in range(s.nrows)]}
  for s in book.sheets()
]))
`

export function readWithXlrd(file: Buffer): XlrdSheet[] {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-xlrd-'))
  try {
    const path = join(folder, 'export.xls')
    writeFileSync(path, file)
    const run = spawnSync(python, ['-c', script, path], { encoding: 'utf8', maxBuffer: 2 ** 30 })
    if (run.status !== 0) throw new Error(`xlrd cannot read the file: ${run.stderr}`)
    return JSON.parse(run.stdout) as XlrdSheet[]
  } finally {
    rmSync(folder, { recursive: true })
  }
}
