import { mkdirSync, rmSync } from 'node:fs'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type Bench, type Case, medianOf, type Result } from './case.ts'
import { list, startup } from './cases/api.ts'
import { directus } from './cases/directus.ts'
import { eventLoop } from './cases/event-loop.ts'
import { fanOut } from './cases/fan-out.ts'
import { fileCasesOfAll } from './cases/files.ts'
import { listPages } from './cases/list-pages.ts'
import { peers } from './cases/peers.ts'
import { drain, queued, start } from './cases/small.ts'
import { tenFold } from './cases/ten-fold.ts'
import { xls } from './cases/xls.ts'
import { root, type Service, startService } from './service.ts'
import { sql } from './sql.ts'
import { findYardstick } from './yardstick.ts'

const cases: readonly Case[] = [
  ...fileCasesOfAll,
  xls,
  ...tenFold,
  ...peers,
  directus,
  start,
  drain,
  queued,
  list,
  listPages,
  eventLoop,
  fanOut,
  startup,
]

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rows: { type: 'string', default: '1000000' },
    runs: { type: 'string', default: '3' },
  },
})
const usual = cases.filter(({ byNameOnly }) => !byNameOnly).map(({ name }) => name)
const names = positionals.length > 0 ? positionals : usual
const unknown = names.filter((name) => !cases.some((each) => each.name === name))
if (unknown.length > 0) {
  const known = cases.map(({ name, sentence }) => `  ${name.padEnd(14)} ${sentence}`)
  process.stderr.write(`There is no case ${unknown.join(', ')}. These there are:\n${known.join('\n')}\n`)
  process.exit(2)
}

const rows = Number(options.rows)
const folder = join(root, '.bench')
mkdirSync(folder, { recursive: true })
const dataDirOf = (deals: number) => join(folder, `data-${deals}`)
let running: { service: Service; asked: string } | null = null
const bench: Bench = {
  runs: Number(options.runs),
  rows,
  folder,
  async service(settings = {}, deals = rows) {
    const asked = JSON.stringify([settings, deals])
    if (running?.asked === asked) return running.service
    await bench.stopService()
    const service = await startService(dataDirOf(deals), deals, { SLUICE_LIMIT_RATES: 'off', ...settings })
    running = { service, asked }
    return service
  },
  async stopService() {
    await running?.service[Symbol.asyncDispose]()
    running = null
  },
  async dropData(deals) {
    await bench.stopService()
    rmSync(dataDirOf(deals), { recursive: true, force: true })
  },
  log: (line) => process.stderr.write(`${line}\n`),
}

const results: Result[] = []
try {
  bench.log(await versions())
  for (const each of cases.filter(({ name }) => names.includes(name))) {
    bench.log(`\n${each.name}: ${each.sentence}`)
    try {
      results.push(...(await each.measure(bench)))
    } catch (error) {
      // The others' figures are worth an hour.
      bench.log(`${each.name} failed: ${error instanceof Error ? error.stack : error}`)
      process.exitCode = 1
    }
  }
} finally {
  await bench.stopService()
}
process.stdout.write(table(results))

/** What stands above the table: figures without their versions say little. */
async function versions(): Promise<string> {
  const service = await bench.service()
  const [shown] = await sql<{ server_version: string }>(service.databaseUrl, 'SHOW server_version')
  const [cpu] = cpus()
  return [
    `PostgreSQL ${shown?.server_version}, Node ${process.versions.node}, ${cpus().length} × ${cpu?.model}`,
    `${rows} deals × 16 columns, ${bench.runs} runs after a warm-up, ratios to ${findYardstick().version}`,
  ].join('\n')
}

function table(all: readonly Result[]): string {
  const lines = all.map((result) => {
    const { what, unit, values, bar, note } = result
    const number = (value: number) => (value < 10 ? value.toFixed(2) : value.toFixed(0))
    const spread = values.length > 1 ? `${number(Math.min(...values))}–${number(Math.max(...values))}` : ''
    const shownBar = !bar ? '' : 'atMost' in bar ? `≤ ${bar.atMost}` : `≥ ${bar.atLeast}`
    return [
      what,
      `${number(medianOf(values))} ${unit}`,
      spread,
      shownBar,
      bar ? (holds(result) ? 'yes' : '**no**') : '',
      note ?? '',
    ]
  })
  const head = ['what', 'median', 'spread', 'bar', 'holds', '']
  return [head, head.map(() => '---'), ...lines]
    .map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |\n`)
    .join('')
}

function holds({ values, bar }: Result): boolean {
  if (!bar) return true
  const median = medianOf(values)
  return 'atMost' in bar ? median <= bar.atMost : median >= bar.atLeast
}
