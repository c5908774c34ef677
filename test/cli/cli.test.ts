import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { createClient } from '../../src/client/client.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { copyText } from '../support/copy.ts'
import { runSluice, settingsOf, startSluice } from './run-sluice.ts'

// Every command is a process that starts anew: a second where there is room, many where there is none.
vi.setConfig({ testTimeout: 120_000 })

/** One with a worker, and one whose exports wait. */
let app: TestApp
let still: TestApp
let folder: string

beforeAll(async () => {
  ;[app, still] = await Promise.all([startApp({ deals: 500 }), startApp({ deals: 0, workers: 0 })])
  folder = mkdtempSync(join(tmpdir(), 'sluice-cli-'))
})

afterAll(async () => {
  await Promise.all([app.stop(), still.stop()])
  rmSync(folder, { recursive: true })
})

afterEach(() => {
  for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true })
})

const sluice = (of: TestApp, args: string, options: Parameters<typeof startSluice>[1] = {}) =>
  runSluice(words(args), { cwd: folder, ...options, env: { ...settingsOf(of), ...options.env } })

/** As a shell would cut them; single quotes hold what has blanks. */
function words(line: string): string[] {
  return (line.match(/'[^']*'|\S+/g) ?? []).map((word) => word.replaceAll("'", ''))
}

const copy = (where = 'true') =>
  copyText(
    app.database.ownerUrl,
    `SELECT id, name, amount FROM crm.deals WHERE organization_id = 'demo' AND ${where} ORDER BY amount DESC, id`,
  )

const query = '--columns id,name,amount --sort amount:desc,id --option formulaGuard=false'

describe('export', () => {
  test('it writes the file that COPY gives, under its own name, and says so', async () => {
    const run = await sluice(app, `export deals ${query}`)
    expect(run).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^\/.*Deals_.*\.csv: 500 rows, [\d.]+ kB, checksum verified\n$/),
    })
    expect(run.stderr).toContain('100 %  500 of 500 rows')
    const [name, ...others] = readdirSync(folder)
    expect(others).toEqual([])
    expect(readFileSync(join(folder, name!), 'utf8')).toBe(`id,name,amount\n${await copy()}`)
    const again = await sluice(app, `export deals ${query} --quiet`)
    expect(again).toMatchObject({ code: 0, stderr: '' })
    expect(readdirSync(folder).sort()).toEqual([name!.replace('.csv', '-2.csv'), name].sort())
  })

  test('--json prints one object with the export and what was written, --filter and --compression included', async () => {
    const filter = '{"field": {"column": "amount", "is": {"number": {"gte": 50000}}}}'
    const run = await sluice(
      app,
      `export deals ${query} --filter '${filter}' --compression gzip --output deals.csv.gz --json`,
    )
    expect(run.code).toBe(0)
    const answer = JSON.parse(run.stdout)
    const bytes = readFileSync(join(folder, 'deals.csv.gz'))
    const expected = await copy('amount >= 50000')
    expect(expected).not.toBe('')
    expect(gunzipSync(bytes).toString()).toBe(`id,name,amount\n${expected}`)
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    expect(answer).toMatchObject({
      export: { status: 'COMPLETED', files: [{ sha256 }] },
      files: [{ path: join(folder, 'deals.csv.gz'), bytes: bytes.length, sha256 }],
    })
  })

  test('--output - writes nothing but the file to stdout', async () => {
    const run = await sluice(app, `export deals ${query} --output -`)
    expect(run).toMatchObject({ code: 0, stdout: `id,name,amount\n${await copy()}` })
    expect(readdirSync(folder)).toEqual([])
  })

  test('--no-wait prints the id and leaves', async () => {
    const run = await sluice(still, 'export deals --no-wait')
    expect(run).toMatchObject({ code: 0, stderr: '' })
    expect(await createClient({ url: still.url, apiKey: still.key }).get(run.stdout.trim())).toMatchObject({
      status: 'PENDING',
    })
  })

  test('Ctrl-C asks the server to cancel, and ends with 130', async () => {
    const running = startSluice(['export', 'deals', '--name', 'Interrupted'], {
      env: settingsOf(still),
      cwd: folder,
    })
    await running.said('Queued')
    running.child.kill('SIGINT')
    const run = await running.done
    expect(run).toMatchObject({ code: 130, stderr: expect.stringMatching(/Export \d+ is canceled\.\n$/) })
    const { exports } = await createClient({ url: still.url, apiKey: still.key }).page({ first: 1 })
    expect(exports).toMatchObject([{ name: 'Interrupted', status: 'CANCELED' }])
    expect(readdirSync(folder)).toEqual([])
  })

  test('an export that somebody else cancels ends with 4, under --json with the error on stdout', async () => {
    const running = startSluice(['export', 'deals', '--json'], { env: settingsOf(still), cwd: folder })
    await running.said('Queued')
    const client = createClient({ url: still.url, apiKey: still.key })
    const { exports } = await client.page({ first: 1 })
    await client.cancel(exports[0]!.id)
    const run = await running.done
    expect(run).toMatchObject({
      code: 4,
      stderr: expect.stringContaining('sluice: The export was canceled on request.'),
    })
    expect(JSON.parse(run.stdout)).toMatchObject({
      error: { code: 'CANCELED_BY_USER', export: { status: 'CANCELED' } },
    })
  })

  test('a limit ends with 5 and says when to come back', async () => {
    const { key } = await still.addOrganization('Small', 'essentials')
    const env = { SLUICE_API_KEY: key }
    for (let count = 0; count < 2; count += 1)
      await createClient({ url: still.url, apiKey: key }).createExport({ dataset: 'deals' })
    const run = await sluice(still, 'export deals --no-wait', { env })
    expect(run).toMatchObject({
      code: 5,
      stdout: '',
      stderr: expect.stringMatching(/^sluice: .* Try again in \d+ s\.\n$/),
    })
  })

  test.concurrent.each([
    ['an unknown option', 'export deals --colums id', 2, "unknown option '--colums'"],
    [
      'an unknown column',
      'export deals --columns ammount',
      2,
      "Unknown column 'ammount'. Did you mean 'amount'?",
    ],
    ['a filter of the wrong shape', `export deals --filter '{"amount": 5}'`, 2, 'RowFilter'],
    ['a place that is not there', 'export deals --output nowhere/deals.csv', 2, 'Nothing can be written in'],
    ['a wrong key', 'export deals --key slc_wrong', 1, 'Give a key with --key'],
    ['a server that is not there', 'export deals --url http://127.0.0.1:1', 1, 'Is it running'],
  ])('%s is told in one line on stderr', async (_, line, code, message) => {
    const run = await sluice(still, line)
    expect(run).toMatchObject({ code, stdout: '' })
    expect(run.stderr).toContain(message)
    if (code === 1) expect(run.stderr.trimEnd().split('\n')).toHaveLength(1)
  })
})

describe('what a server has', () => {
  test('list and cancel show and end exports, by number too', async () => {
    const client = createClient({ url: still.url, apiKey: still.key })
    const { id, number } = await client.createExport({ dataset: 'deals', name: 'Über\u001b[31mred' })
    const list = await sluice(still, 'list --status pending --dataset deals --limit 1')
    expect(list.stdout).toContain(`${number}`)
    expect(list.stdout).not.toContain('\u001b')
    expect(await sluice(still, `cancel ${number}`)).toMatchObject({
      code: 0,
      stdout: `Export ${number} is canceled.\n`,
    })
    const json = await sluice(still, 'list --status canceled --json')
    expect(JSON.parse(json.stdout)[0]).toMatchObject({ id, status: 'CANCELED' })
    expect(await sluice(still, 'cancel 999999')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('`sluice list`'),
    })
  })

  test('preview and estimate say beforehand what export would make', async () => {
    const [preview, asJson, estimate] = await Promise.all([
      sluice(app, `preview deals ${query} --rows 2`),
      sluice(app, `preview deals ${query} --rows 2 --json`),
      sluice(app, `estimate deals ${query}`),
    ])
    const lines = (await copy()).split('\n').slice(0, 2)
    expect(preview.code).toBe(0)
    expect(preview.stdout).toMatch(/^id +name +amount\n/)
    expect(preview.stdout).toContain(lines[1]!.slice(0, lines[1]!.indexOf(',')))
    expect(JSON.parse(asJson.stdout)).toMatchObject({ text: `id,name,amount\n${lines.join('\n')}\n` })
    expect(estimate).toMatchObject({ code: 0, stdout: expect.stringMatching(/^500 rows, about /) })
  })

  test('download fetches what was asked for before; retry makes it again, delete removes it', async () => {
    const client = createClient({ url: app.url, apiKey: app.key })
    const { id, number } = await client.createExport({
      dataset: 'deals',
      columns: ['id', 'name', 'amount'].map((name) => ({ name })),
      sort: [{ column: 'amount', direction: 'DESC' }, { column: 'id' }],
      options: { formulaGuard: false },
    })
    const downloaded = await sluice(app, `download ${id} --output later.csv --quiet`)
    expect(downloaded).toMatchObject({ code: 0, stderr: '' })
    expect(readFileSync(join(folder, 'later.csv'), 'utf8')).toBe(`id,name,amount\n${await copy()}`)
    const [refused, deleted] = [await sluice(app, `retry ${id}`), await sluice(app, `delete ${number}`)]
    expect(refused).toMatchObject({ code: 1, stdout: '' })
    expect(deleted).toMatchObject({ code: 0, stdout: `Export ${number} is deleted.\n` })
    expect(await client.get(id)).toBeNull()

    const waiting = createClient({ url: still.url, apiKey: still.key })
    const { id: ended } = await waiting.createExport({ dataset: 'deals' })
    await waiting.cancel(ended)
    expect(await sluice(still, `download ${ended} --json`)).toMatchObject({ code: 4 })
    expect(await sluice(still, `retry ${ended}`)).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^Export \d+ is pending\.\n$/),
    })
  })

  test('datasets shows all of them, or the columns of one', async () => {
    const [all, deals, nothing] = await Promise.all([
      sluice(still, 'datasets'),
      sluice(still, 'datasets deals'),
      sluice(still, 'datasets nothing'),
    ])
    expect(all.stdout).toMatch(/^NAME +LABEL +COLUMNS +KEY\ndeals +Deals +\d+ +id\n/)
    expect(deals.stdout).toMatch(/\namount +decimal +Amount +yes\n/)
    expect(nothing).toMatchObject({ code: 1, stdout: '' })
  })
})

describe('what works on the database itself', () => {
  test('an organization is made and listed', async () => {
    const org = await sluice(still, `org create 'Acme Inc' --external-id acme --plan growth`)
    expect(org).toMatchObject({ code: 0, stdout: expect.stringMatching(/^[0-9a-f-]{36}\n$/) })
    const [list, again] = await Promise.all([
      sluice(still, 'org list'),
      sluice(still, `org create 'Acme Inc' --external-id acme`),
    ])
    expect(list.stdout).toMatch(/Acme Inc +acme +growth/)
    expect(again).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('exists already') })
  })

  test('a key is made, shown once, listed without its secret, used and revoked', async () => {
    await still.addOrganization('Keys')
    const made = await sluice(
      still,
      'key create --org Keys --name ci --scopes exports:read,datasets:read --expires 90d',
    )
    expect(made).toMatchObject({ code: 0, stdout: expect.stringMatching(/^slc_[\w-]{32}\n$/) })
    const secret = made.stdout.trim()
    const client = createClient({ url: still.url, apiKey: secret })
    expect((await client.page()).exports).toEqual([])
    const keys = JSON.parse((await sluice(still, 'key list --org Keys --json')).stdout)
    const scopes = ['exports:read', 'datasets:read']
    expect(keys).toContainEqual(
      expect.objectContaining({ name: 'ci', prefix: secret.slice(0, 12), state: 'active', scopes }),
    )
    expect(JSON.stringify(keys)).not.toContain(secret)
    const revoked = await sluice(still, `key revoke ${secret.slice(0, 12)}`)
    expect(revoked).toMatchObject({ code: 0, stderr: expect.stringContaining('(ci) works no longer') })
    await expect(client.page()).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
  })

  test('a key without an organization, or with an end in the past, is refused with what to do', async () => {
    await still.addOrganization('Another')
    const refused = await Promise.all([
      sluice(still, 'key create'),
      sluice(still, 'key create --org demo --expires yesterday'),
    ])
    expect(refused).toMatchObject([
      { code: 2, stdout: '', stderr: expect.stringContaining('Name one with --org') },
      { code: 2, stdout: '', stderr: expect.stringContaining('--expires takes a time in the future') },
    ])
  })

  test('load puts a CSV or NDJSON file into a dataset, and then updates it', async () => {
    const csv = join(folder, 'products.csv')
    writeFileSync(csv, 'id,name,price,created_at\np1,"Say ""Hi""",1.50,2026-01-02\np2,Two,,2026-01-02\n')
    expect(await sluice(still, `load products ${csv} --org demo`)).toMatchObject({
      code: 0,
      stdout: '2 rows inserted, 0 updated.\n',
    })
    const lines =
      '{"id": "p2", "name": "Zwei", "created_at": "2026-01-02"}\n{"id": "p3", "name": "Drei", "created_at": "2026-01-02"}\n'
    expect(
      await sluice(still, 'load products - --format ndjson --org demo --json', { stdin: lines }),
    ).toMatchObject({
      code: 0,
      stdout: '{"inserted":1,"updated":1}\n',
    })
    expect(
      await copyText(
        still.database.ownerUrl,
        `SELECT id, name, price FROM crm.products WHERE organization_id = 'demo' ORDER BY id`,
      ),
    ).toBe('p1,"Say ""Hi""",1.50\np2,Zwei,\np3,Drei,\n')
  })

  test('a file with errors is refused whole, every one with its line', async () => {
    const file = join(folder, 'competitors.csv')
    writeFileSync(file, 'id,name,created_at\nc1,One,2026-01-02\nc2,Two,soon\nc3,Three,\n')
    const run = await sluice(still, `load competitors ${file} --org demo`)
    expect(run).toMatchObject({ code: 1, stdout: '' })
    expect(run.stderr).toBe(
      'sluice: Nothing was loaded:\n' +
        '  line 3, column created_at: "soon": invalid input syntax for type timestamp with time zone: "soon"\n' +
        '  line 4, column created_at: a value is required\n',
    )
    expect(await copyText(still.database.ownerUrl, 'SELECT id FROM crm.competitors')).toBe('')
    const unread = await Promise.all([
      sluice(still, 'load competitors missing.csv --org demo'),
      sluice(still, `load competitors ${file}x --org demo`),
    ])
    expect(unread).toMatchObject([
      { code: 2, stderr: expect.stringContaining('cannot be read') },
      { code: 2, stderr: expect.stringContaining('--format') },
    ])
  })

  test('migrate and database-url say what there is', async () => {
    const env = { DATABASE_URL: '', DATABASE_OWNER_URL: '' }
    const runs = await Promise.all([
      sluice(still, 'migrate'),
      sluice(still, 'database-url'),
      sluice(still, 'database-url --owner'),
      sluice(still, 'database-url', { env }),
    ])
    expect(runs).toMatchObject([
      { code: 0, stdout: 'The database is up to date.\n' },
      { code: 0, stdout: `${still.database.appUrl}\n` },
      { code: 0, stdout: `${still.database.ownerUrl}\n` },
      { code: 1, stdout: '', stderr: expect.stringContaining('npm start') },
    ])
  })
})

describe('bin/sluice.js', () => {
  /** What an older Node says of itself; the Node that it starts instead is not told so. */
  const pretend = (version: string) => [
    '--import',
    `data:text/javascript,Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${version}' } })`,
  ]

  test('on an older Node it goes on with the one that npm installed, passing signals and exit codes through', async () => {
    const nodeArgs = pretend('20.0.0')
    expect(await runSluice(['nothing'], { nodeArgs })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("unknown command 'nothing'"),
    })
    const running = startSluice(['export', 'deals'], { env: settingsOf(still), cwd: folder, nodeArgs })
    await running.said('Queued')
    running.child.kill('SIGINT')
    expect(await running.done).toMatchObject({ code: 130, stderr: expect.stringContaining('is canceled') })
  })

  test('help names every command and ends well', async () => {
    const run = await runSluice(['--help'])
    expect(run.code).toBe(0)
    for (const name of [
      'start',
      'export',
      'list',
      'cancel',
      'datasets',
      'load',
      'org',
      'key',
      'migrate',
      'database-url',
    ]) {
      expect(run.stdout).toMatch(new RegExp(`^  ${name}\\b`, 'm'))
    }
  })
})

describe('plan', () => {
  test('it shows plans, makes and changes them, and moves an organization', async () => {
    expect((await sluice(still, 'plan create slow --like essentials')).code).toBe(0)
    const changed = await sluice(
      still,
      'plan set slow --per-hour none --at-once 1 --beyond queue --links 90m',
    )
    expect(changed).toMatchObject({ code: 0, stderr: '' })
    expect(changed.stdout).toMatch(
      /^slow +none +none +1 +queue +600 +none +90m +7d +30d +hindsight, hubspot$/m,
    )
    expect(changed.stdout).toMatch(/^hubspot +none +30 +1 +queue$/m)
    const door = await sluice(still, 'plan set slow --door close --per-day 7')
    expect(door.stdout).toMatch(/^close +none +7 +none$/m)
    const gone = await sluice(still, 'plan set slow --door close --follow-plan')
    expect(gone.stdout).not.toContain('close')
    const shown = JSON.parse((await sluice(still, 'plan show slow --json')).stdout)
    expect(shown).toMatchObject({
      exportsPerHour: null,
      maxConcurrentExports: 1,
      beyondConcurrency: 'queue',
      linkLifetimeSeconds: 5400,
    })
    expect((await sluice(still, 'org plan demo slow')).code).toBe(0)
    expect((await sluice(still, 'org list')).stdout).toMatch(/Demo +demo +slow/)
    await sluice(still, 'org plan demo unlimited')
  })

  test.each([
    ['plan show fast', 'fast'],
    ['plan set slower --per-hour 3', 'slower'],
    ['plan set unlimited --per-hour 0', 'from 1'],
    ['plan set unlimited --per-hour lots', 'whole number'],
    ['plan set unlimited --links 5', '12h'],
    ['plan set unlimited', 'what to change'],
    ['plan set unlimited --door close --files 3d', '--per-hour'],
    ['plan create Big!', 'lower-case'],
    ['org plan demo fast', 'fast'],
  ])('%s is wrong usage, and says what is right', async (line, word) => {
    const run = await sluice(still, line)
    expect(run).toMatchObject({ code: 2, stdout: '' })
    expect(run.stderr).toContain(word)
  })
})
