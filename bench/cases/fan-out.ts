import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import pg from 'pg'
import { WebSocketServer } from 'ws'
import { type Case, percentile, type Result } from '../case.ts'
import { deals } from '../deals.ts'
import { root, type Service } from '../service.ts'
import { now, type Task, type Told } from '../subscribers.ts'

const few = 1_000
const many = 5_000
/** Processes that the subscribers are shared out to, so that reading keeps up with writing. */
const clientProcesses = 2
/** Changes of one run, in turns with broadcasts of ws: one alone says more of the machine than of either. */
const changes = 10
/** Come and go before anything is measured: compiled code and connections to Postgres are no subscriber's. */
const warmUpRounds = 10
const warmUpSubscribers = 100

const query = 'subscription ($id: ID!) { exportProgress(id: $id) { status progress rowsExported version } }'

export const fanOut: Case = {
  name: 'fan-out',
  sentence: `one change of an export reaches ${few} and ${many} subscribers, against a bare broadcast of ws`,
  async measure(bench) {
    const results: Result[] = []
    for (const count of [few, many]) {
      const measured: Measured[] = []
      for (let run = 0; run < bench.runs; run += 1) {
        await bench.stopService()
        const service = await bench.service({ SLUICE_MAX_ORGANIZATION_CONNECTIONS: String(many) })
        const { pushed, bare, begunMs, kilobytes } = await measureOnce(service, count)
        measured.push({ pushed, bare, begunMs, kilobytes })
        bench.log(
          `fan-out: ${count}: bare ws p99 ${bare.toFixed(0)} ms, exportProgress p99 ${pushed.toFixed(0)} ms, all begun in ${begunMs.toFixed(0)} ms, ${kilobytes.toFixed(1)} kB each`,
        )
      }
      const of = (key: keyof Measured) => measured.map((each) => each[key])
      const what = `A change to ${count} subscribers, p99`
      results.push(
        {
          what,
          unit: 'ms',
          values: of('pushed'),
          ...(count === few ? { bar: { atMost: 100 } } : {}),
          note: 'from the statement that a worker commits',
        },
        {
          what,
          unit: '× bare ws',
          values: measured.map(({ pushed, bare }) => pushed / bare),
          ...(count === many ? { bar: { atMost: 2 } } : {}),
        },
        { what: `${count} connect and have their first state`, unit: 'ms', values: of('begunMs') },
        {
          what: `Memory of each of ${count} subscribers`,
          unit: 'kB',
          values: of('kilobytes'),
          ...(count === many ? { bar: { atMost: 40 } } : {}),
          note: 'resident set of the API process, socket included',
        },
      )
    }
    return results
  },
}

/** Milliseconds but for the last. */
interface Measured {
  readonly pushed: number
  readonly bare: number
  readonly begunMs: number
  readonly kilobytes: number
}

async function measureOnce(service: Service, count: number): Promise<Measured> {
  const database = new pg.Client({ connectionString: service.ownerUrl })
  await database.connect()
  // Nobody takes it: it stays as it is until it is changed here.
  for (const pid of service.workerPids()) process.kill(pid, 'SIGSTOP')
  const { id } = await service.client.createExport(deals)
  const uuid = Buffer.from(id, 'base64').toString().replace(/^.*:/, '')
  const operation = { query, variables: { id } }
  const port = Number(new URL(service.url).port)
  const bareServer = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false })
  await once(bareServer, 'listening')
  const subscribers = new Subscribers()
  const bareClients = new Subscribers()
  try {
    for (let round = 0; round < warmUpRounds; round += 1) {
      const warmUp = new Subscribers()
      await warmUp.open(port, warmUpSubscribers, service.apiKey, operation)
      await warmUp.close()
    }
    const emptyKilobytes = residentKilobytes(service.apiPid)
    const beganAt = now()
    const message = await subscribers.open(port, count, service.apiKey, operation)
    const begunMs = now() - beganAt
    await bareClients.open((bareServer.address() as AddressInfo).port, count, service.apiKey)

    const pushed: number[] = []
    const bare: number[] = []
    for (let change = 1; change <= changes; change += 1) {
      // As many digits each time: the bytes are the same.
      const rows = 1_000 + change
      const bytes = message.replace('"rowsExported":0', `"rowsExported":${rows}`)
      bare.push(
        ...(await bareClients.latencies(`"rowsExported":${rows}`, () => {
          for (const socket of bareServer.clients) socket.send(bytes)
        })),
      )
      pushed.push(
        ...(await subscribers.latencies(`"rowsExported":${rows}`, () => progress(database, uuid, rows))),
      )
    }
    const kilobytes = (residentKilobytes(service.apiPid) - emptyKilobytes) / count
    return { pushed: percentile(pushed, 99), bare: percentile(bare, 99), begunMs, kilobytes }
  } finally {
    await subscribers.close()
    await bareClients.close()
    bareServer.close()
    await database.end()
    for (const pid of service.workerPids()) process.kill(pid, 'SIGCONT')
    await service.client.cancel(id)
    await service.client.delete(id)
  }
}

/** What a worker does four times a second. */
async function progress(database: pg.Client, id: string, rows: number): Promise<void> {
  await database.query('UPDATE sluice.exports SET rows_exported = $2, version = version + 1 WHERE id = $1', [
    id,
    rows,
  ])
}

function residentKilobytes(pid: number): number {
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1])
}

/** Those of all client processes. */
class Subscribers {
  readonly #processes: ChildProcess[] = Array.from({ length: clientProcesses }, () =>
    fork(join(root, 'bench/subscribers.ts'), { serialization: 'advanced' }),
  )

  /** @returns the first message that one of them got; empty when they do not subscribe */
  async open(
    port: number,
    count: number,
    apiKey: string,
    operation?: { query: string; variables: object },
  ): Promise<string> {
    const begun = this.#told('begun')
    const share = Math.ceil(count / clientProcesses)
    for (const [index, child] of this.#processes.entries()) {
      const mine = Math.min(share, count - index * share)
      child.send({ do: 'open', port, count: mine, apiKey, ...(operation && { operation }) } satisfies Task)
    }
    return (await begun)[0]!.firstMessage
  }

  /** Milliseconds from `send` until a message with this text has come, for each of them. */
  async latencies(text: string, send: () => unknown): Promise<number[]> {
    const armed = this.#told('armed')
    const arrived = this.#told('arrived')
    for (const child of this.#processes) child.send({ do: 'await', text } satisfies Task)
    await armed
    const sentAt = now()
    await send()
    return (await arrived).flatMap(({ at }) => at.map((each) => each - sentAt))
  }

  async close(): Promise<void> {
    const ended = this.#processes.filter(({ connected }) => connected).map((child) => once(child, 'exit'))
    for (const child of this.#processes) if (child.connected) child.disconnect()
    await Promise.all(ended)
  }

  /** What each process has said of that kind. @throws when one of them failed, or died */
  #told<T extends Told['told']>(what: T): Promise<(Told & { told: T })[]> {
    return Promise.all(
      this.#processes.map(
        (child) =>
          new Promise<Told & { told: T }>((resolve, reject) => {
            const settle = (message: Told) => {
              if (message.told !== what && message.told !== 'failed') return
              child.off('message', settle)
              child.off('exit', died)
              if (message.told === 'failed') reject(new Error(message.why))
              else resolve(message as Told & { told: T })
            }
            const died = () => reject(new Error('A process of subscribers ended.'))
            child.on('message', settle)
            child.once('exit', died)
          }),
      ),
    )
  }
}
