import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { WebSocket, WebSocketServer } from 'ws'
import { type Case, percentile } from '../case.ts'
import { deals } from '../deals.ts'
import type { Service } from '../service.ts'

const subscribers = 1_000
const waitMs = 30_000

export const fanOut: Case = {
  name: 'fan-out',
  sentence: `one change of an export reaches ${subscribers} subscribers, against a bare broadcast of ws`,
  async measure(bench) {
    const service = await bench.service()
    const ratios: number[] = []
    const latencies: number[] = []
    for (let run = 0; run < bench.runs; run += 1) {
      const bare = percentile(await bareBroadcast(), 99)
      const ours = percentile(await terminalEvent(service), 99)
      bench.log(
        `fan-out: run ${run + 1}: bare ws p99 ${bare.toFixed(0)} ms, exportProgress p99 ${ours.toFixed(0)} ms`,
      )
      latencies.push(ours)
      ratios.push(ours / bare)
    }
    return [
      {
        what: `A change to ${subscribers} subscribers, p99`,
        unit: 'ms',
        values: latencies,
        bar: { atMost: 100 },
      },
      { what: `The same`, unit: '× bare ws', values: ratios, bar: { atMost: 2 } },
    ]
  },
}

const message = JSON.stringify({
  id: '1',
  type: 'next',
  payload: { data: { exportProgress: { status: 'CANCELED', progress: 0, version: 2 } } },
})

/** Milliseconds from the sending of one message to its arrival, for every subscriber. */
async function bareBroadcast(): Promise<number[]> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  await once(server, 'listening')
  const sockets = await open(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`, [])
  try {
    const arrivals = sockets.map((socket) => once(socket, 'message').then(() => performance.now()))
    const sentAt = performance.now()
    for (const socket of server.clients) socket.send(message)
    return (await Promise.all(arrivals)).map((at) => at - sentAt)
  } finally {
    for (const socket of sockets) socket.terminate()
    server.close()
  }
}

/** The same from the sending of cancelExport: its transaction, the notification, and the way to every subscriber. */
async function terminalEvent(service: Service): Promise<number[]> {
  const { url, apiKey, client } = service
  // Nobody takes it: it stays as it is until it is canceled.
  for (const pid of service.workerPids()) process.kill(pid, 'SIGSTOP')
  const { id } = await client.createExport(deals)
  const sockets = await open(`${url.replace('http', 'ws')}/graphql`, ['graphql-transport-ws'])
  const query = 'subscription ($id: ID!) { exportProgress(id: $id) { status progress version } }'
  try {
    const begun = sockets.map((socket) => whenIncludes(socket, '"next"'))
    for (const socket of sockets) {
      socket.send(JSON.stringify({ type: 'connection_init', payload: { apiKey } }))
      socket.on('message', (data) => {
        if (!String(data).includes('connection_ack')) return
        socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query, variables: { id } } }))
      })
    }
    await Promise.all(begun)
    const arrivals = sockets.map((socket) => whenIncludes(socket, 'CANCELED'))
    const sentAt = performance.now()
    await client.cancel(id)
    return (await Promise.all(arrivals)).map((at) => at - sentAt)
  } finally {
    for (const socket of sockets) {
      socket.removeAllListeners('close')
      socket.terminate()
    }
    for (const pid of service.workerPids()) process.kill(pid, 'SIGCONT')
    await client.delete(id)
  }
}

async function open(url: string, protocols: string[]): Promise<WebSocket[]> {
  return await Promise.all(
    Array.from({ length: subscribers }, async () => {
      const socket = new WebSocket(url, protocols, { perMessageDeflate: false })
      await once(socket, 'open')
      return socket
    }),
  )
}

function whenIncludes(socket: WebSocket, text: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`No ${text} within ${waitMs / 1000} s.`)), waitMs)
    socket.on('message', (data) => {
      if (!String(data).includes(text)) return
      clearTimeout(timer)
      resolve(performance.now())
    })
    socket.on('close', (code, reason) => reject(new Error(`Closed with ${code} ${reason}`)))
  })
}
