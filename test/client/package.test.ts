import { fork } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { text as textOf } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { read, root } from '../docs/markdown.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { copyText } from '../support/copy.ts'
import { findChromium, openPage } from './chromium.ts'
import { startProxy } from './loopback-proxy.ts'
import { createProject, link, type Project } from './packed.ts'

// Packing compiles the whole; a browser starts.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

let app: TestApp
let project: Project

beforeAll(async () => {
  ;[app, project] = await Promise.all([startApp({ deals: 400 }), createProject()])
})

afterAll(async () => {
  await app.stop()
  project[Symbol.dispose]()
})

const input = `{ dataset: 'deals', columns: [{ name: 'id' }, { name: 'amount' }], sort: [{ column: 'id' }] }`

async function expected(): Promise<string> {
  const sql = `SELECT id, amount FROM crm.deals WHERE organization_id = 'demo' ORDER BY id`
  return `id,amount\n${await copyText(app.database.ownerUrl, sql)}`
}

test('JavaScript makes an export with the installed package, down to the file', async () => {
  project.write(
    'export.js',
    `import { createClient } from 'sluice/client'
     import { toFile } from 'sluice/client/node'
     const client = createClient({ url: process.env.SLUICE_URL, apiKey: process.env.SLUICE_API_KEY })
     const destination = () => toFile('deals.csv')
     const { export: completed } = await client.export(${input}, { destination })
     console.log(completed.status)`,
  )
  const env = { SLUICE_URL: app.url, SLUICE_API_KEY: app.key }
  expect(await project.run(process.execPath, ['export.js'], env)).toBe('COMPLETED\n')
  expect(readFileSync(join(project.folder, 'deals.csv'), 'utf8')).toBe(await expected())
})

test('TypeScript knows the types of the installed package, and what is wrong with them', async () => {
  project.write(
    'typed.ts',
    `import { createClient, type Export, type SluiceClientError } from 'sluice/client'
     import { toFile } from 'sluice/client/node'
     const client = createClient({ url: 'http://localhost:4000', apiKey: 'x' })
     const { export: completed, files } = await client.export(${input}, {
       onState: (state: Export) => state.progress.toFixed(),
       destination: ({ name }) => toFile(name),
     })
     export const size: number | undefined = files[0]?.size
     export const url: string | undefined = completed.files[0]?.url
     export const code = (error: SluiceClientError): string => error.issues[0]?.path ?? error.code
     // @ts-expect-error: a format that there is not
     void client.createExport({ dataset: 'deals', format: 'DOCX' })
     // @ts-expect-error: no dataset
     void client.createExport({})
     // @ts-expect-error: a filter's node has exactly one of its fields
     void client.estimate({ dataset: 'deals', filter: { and: [], or: [] } })
     void client.estimate({ dataset: 'deals', filter: { field: { column: 'amount', is: { number: { between: { from: 1, to: '9007199254740993' } } } } } })
     // @ts-expect-error: a word for a number
     void client.estimate({ dataset: 'deals', filter: { field: { column: 'amount', is: { number: { gte: 'many' } } } } })
     // @ts-expect-error: a question that numbers are not asked
     void client.estimate({ dataset: 'deals', filter: { field: { column: 'amount', is: { number: { startsWith: '1' } } } } })
     for await (const { rowsTotal } of client.watch('x')) {
       // @ts-expect-error: the total can be unknown
       rowsTotal.toFixed()
     }`,
  )
  const compiler = join(root, 'node_modules/typescript/bin/tsc')
  const strict = ['--noEmit', '--strict', '--target', 'es2022', '--lib', 'es2022,dom', '--types', '']
  for (const resolution of [
    ['--module', 'nodenext'],
    ['--module', 'preserve', '--moduleResolution', 'bundler'],
  ]) {
    expect(await project.run(process.execPath, [compiler, ...strict, ...resolution, 'typed.ts'])).toBe('')
  }
})

test('the installed command line works on a database, migrations included', async () => {
  const program = join(project.folder, 'node_modules/sluice/bin/sluice.js')
  const env = { DATABASE_URL: app.database.appUrl, DATABASE_OWNER_URL: app.database.ownerUrl }
  expect(await project.run(process.execPath, [program, 'migrate'], env)).toMatch(/up to date/)
  expect(await project.run(process.execPath, [program, 'org', 'list'], env)).toMatch(/Demo +demo/)
})

const chromium = findChromium()

test(`the React progress bar of docs/client.md runs to the end, in ${chromium ? 'Chromium' : 'happy-dom'}`, async () => {
  const [, component = ''] =
    /## A React progress bar\n\n```jsx\n([\s\S]*?)```/.exec(read('docs/client.md')) ?? []
  expect(component.split('\n').length - 1).toBeLessThan(30)
  for (const name of ['react', 'react-dom']) link(project, name)
  project.write('export-progress.jsx', component)
  project.write(
    'page.jsx',
    `import { createRoot } from 'react-dom/client'
     import { createClient } from 'sluice/client'
     import { ExportProgress } from './export-progress.jsx'
     const tell = (what) => fetch('/told', { method: 'POST', body: JSON.stringify(what) })
     const page = document.getElementById('page')
     let told = tell({ hasNode: 'process' in globalThis })
     const show = () => { const { innerHTML } = page; told = told.then(() => tell({ innerHTML })) }
     new MutationObserver(show).observe(page, { subtree: true, childList: true, attributes: true, characterData: true })
     const client = createClient({ url: '/', apiKey: async () => (await fetch('/export-key')).text() })
     client.createExport(${input}).then(({ id }) => createRoot(page).render(<ExportProgress id={id} />))
     client.export(${input}).then(async ({ files }) => tell({ blob: await files[0].text() }), (error) => tell({ error: String(error) }))`,
  )
  await build({
    root: project.folder,
    configFile: false,
    logLevel: 'error',
    build: {
      outDir: 'site',
      minify: false,
      rolldownOptions: { input: join(project.folder, 'page.jsx'), output: { entryFileNames: 'page.js' } },
    },
  })
  const script = readFileSync(join(project.folder, 'site/page.js'), 'utf8')
  expect(script).not.toMatch(/["']node:(?!crypto["'])|browser-external/)

  await using proxy = await startProxy(app.url)
  const told: { hasNode?: boolean; innerHTML?: string; blob?: string; error?: string }[] = []
  proxy.answers = (incoming, outgoing) => {
    if (incoming.url === '/') {
      outgoing.setHeader('Content-Type', 'text/html')
      outgoing.end('<!doctype html><div id="page"></div><script type="module" src="/page.js"></script>')
    } else if (incoming.url === '/page.js') {
      outgoing.setHeader('Content-Type', 'text/javascript')
      outgoing.end(script)
    } else if (incoming.url === '/export-key') {
      outgoing.end(app.key)
    } else if (incoming.url === '/told') {
      void textOf(incoming).then((body) => {
        told.push(JSON.parse(body))
        outgoing.end()
      })
    } else {
      return false
    }
    return true
  }
  await using _page = chromium ? openPage(chromium, `${proxy.url}/`) : openInHappyDom(proxy.url)
  const bars = () => told.flatMap(({ innerHTML }) => innerHTML ?? [])
  await vi.waitFor(
    () => {
      expect(told.find(({ error }) => error)).toBeUndefined()
      expect(told.some(({ blob }) => blob !== undefined)).toBe(true)
      expect(bars().at(-1)).toContain('value="100"')
    },
    { timeout: 60_000, interval: 50 },
  )
  expect(told[0]).toEqual({ hasNode: chromium === null })
  expect(told.find(({ blob }) => blob)?.blob).toBe(await expected())
  expect(bars()[0]).toBe('<progress aria-label="Export"></progress>')
  const values = bars().flatMap((html) => Number(/value="(\d+)"/.exec(html)?.[1] ?? []))
  expect(values).toEqual(values.toSorted((a, b) => a - b))
  const [, link_ = ''] = /<a href="([^"]+)"/.exec(bars().at(-1) ?? '') ?? []
  const file = await fetch(link_.replaceAll('&amp;', '&'))
  expect(await file.text()).toBe(await expected())
})

/** A page in a process of its own: a DOM in JavaScript, with Node's own fetch and WebSocket. */
function openInHappyDom(url: string): AsyncDisposable {
  const child = fork(fileURLToPath(new URL('./happy-dom-page.ts', import.meta.url)), [url], {
    stdio: 'inherit',
  })
  const closed = once(child, 'close')
  return {
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM')
      await closed
    },
  }
}
