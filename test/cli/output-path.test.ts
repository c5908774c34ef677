import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { assertWritable, outputPath } from '../../src/cli/output-path.ts'

let folder: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-output-'))
  writeFileSync(join(folder, 'Deals.csv.gz'), '')
  writeFileSync(join(folder, 'Deals-2.csv.gz'), '')
})

afterAll(() => rmSync(folder, { recursive: true }))

test('in a folder a file has its own name, numbered when it is taken, and never leads out of it', () => {
  const names = ['Kunden.csv', 'Deals.csv.gz', '../../etc/passwd', '..\\..\\boot.ini', '..', 'a\0b']
  expect(names.map((name) => outputPath(folder, { name }, 1))).toEqual(
    ['Kunden.csv', 'Deals-3.csv.gz', 'passwd', 'boot.ini', 'export', 'ab'].map((name) => join(folder, name)),
  )
})

test('a path is taken as it is, for one file', () => {
  expect(outputPath(join(folder, 'Deals.csv.gz'), { name: 'x.csv' }, 1)).toBe(join(folder, 'Deals.csv.gz'))
  expect(() => outputPath(join(folder, 'new.csv'), { name: 'x.csv' }, 2)).toThrow('must be a folder')
})

test('a folder that is not there is found out before anything is made', async () => {
  await expect(assertWritable(join(folder, 'nowhere', 'x.csv'))).rejects.toThrow('Nothing can be written in')
  await assertWritable(join(folder, 'new.csv'))
  await assertWritable('-')
})
