import { expect, test } from 'vitest'
import { settings } from '../../src/config.ts'
import { tableRows } from './markdown.ts'

const rows = tableRows('docs/settings.md')

test.each(Object.values(settings).map((setting) => [setting.env, setting] as const))(
  'docs/settings.md says of %s what the code says: default and sentence',
  (env, setting) => {
    const row = rows.find(([name]) => name === `\`${env}\``)
    expect(row, `a row for ${env}`).toBeDefined()
    expect(row?.[1]?.replaceAll('`', '')).toBe(setting.default)
    expect(row?.[2]).toBe(setting.sentence)
  },
)

test('docs/settings.md has no setting that the code does not have', () => {
  const known: string[] = Object.values(settings).map(({ env }) => env)
  const documented = rows.map(([name = '']) => /^`([A-Z_]+)`$/.exec(name)?.[1]).filter((name) => name != null)
  expect(documented.filter((name) => !known.includes(name))).toEqual([])
})

test('the README shows a setting with the default that the code has', () => {
  const shown = tableRows('README.md').flatMap(([name, text = '']) => {
    const setting = Object.values(settings).find(({ env }) => name === `\`${env}\``)
    return setting ? [{ env: setting.env, shown: text.replaceAll('`', ''), default: setting.default }] : []
  })
  expect(shown.length).toBeGreaterThanOrEqual(5)
  for (const setting of shown) expect(setting.shown, setting.env).toBe(setting.default)
})
