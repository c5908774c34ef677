import { expect, test } from 'vitest'
import { anchorsOf, exists, linksOf, markdownFiles, read } from './markdown.ts'

const pages = markdownFiles()

test('there are pages to check', () => {
  expect(pages).toEqual(expect.arrayContaining(['README.md', 'docs/architecture.md', 'CHANGELOG.md']))
})

test.each(pages)('every link in %s leads somewhere', (page) => {
  const broken = linksOf(page).filter(({ target, anchor }) => {
    if (!exists(target)) return true
    return anchor !== null && target.endsWith('.md') && !anchorsOf(target).includes(anchor)
  })
  expect(broken).toEqual([])
})

test.each(pages)('every file of the source that %s names exists', (page) => {
  const named = [...read(page).matchAll(/`((?:src|test|migrations|docs|bin|\.ci)\/[\w./-]*\w)`/g)]
  expect(named.map(([, path = '']) => path).filter((path) => !exists(path))).toEqual([])
})

test('every page under docs can be reached from the README', () => {
  const reached = new Set(['README.md'])
  for (const page of reached) {
    for (const { target } of linksOf(page)) {
      if (target.endsWith('.md')) reached.add(target)
      else if (exists(target))
        for (const inside of pages) if (inside.startsWith(`${target}/`)) reached.add(inside)
    }
  }
  expect(pages.filter((page) => page.startsWith('docs/') && !reached.has(page))).toEqual([])
})

test.each(pages.filter((page) => page.startsWith('docs/adr/')))(
  '%s has context, decision and consequences in 40 lines at most',
  (page) => {
    const text = read(page)
    expect(text.split('\n').length).toBeLessThanOrEqual(40)
    expect([...text.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading)).toEqual([
      'Context',
      'Decision',
      'Consequences',
    ])
  },
)
