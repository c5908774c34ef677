import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { dialects } from '../../src/api/rest/dialects.ts'
import { read, root } from './markdown.ts'

test.each(dialects.map((dialect) => [dialect.name, dialect] as const))(
  '%s has a page with every path it serves, and a row in the overview',
  (name, dialect) => {
    const page = `docs/dialects/${name}.md`
    expect(existsSync(join(root, page)), page).toBe(true)
    expect(read('docs/dialects.md')).toContain(`(dialects/${name}.md)`)
    const text = read(page)
    for (const { path } of dialect.routes) {
      const stem = path.replace(/^\/(api\/)?v1/, '').replace(/\/?\{.*$/, '')
      expect(text.includes(stem), `${page} names ${path}`).toBe(true)
    }
    expect(text).toMatch(/^## Known differences$/m)
  },
)
