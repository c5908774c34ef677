import { once } from 'node:events'
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'

/** What stands between a client and a server and does what networks do. Nothing is spoiled by default. */
export interface LoopbackProxy extends AsyncDisposable {
  readonly url: string
  /** Address of the server behind it; another one takes over with the next connection. */
  target: string
  /** Path and Range of every request for a file. */
  readonly downloads: { path: string; range: string | undefined }[]
  /** For the next downloads, in turn: body bytes after which the connection is cut. */
  readonly cuts: number[]
  /** Position of a byte of a file's body that is changed. */
  corruptAt: number | null
  /** Leave Range out, as something on the way that does not know it. */
  hidesRange: boolean
  /** Answer every upgrade with 403. */
  refusesSockets: boolean
  /** Answers what is not for the server behind it: the files of a page, say. Default: nothing. */
  answers: (incoming: IncomingMessage, outgoing: ServerResponse) => boolean
  /** WebSocket connections so far. */
  readonly socketCount: number
  /** WebSocket connections there are. */
  readonly openSockets: number
  /** Cuts all WebSocket connections. */
  cutSockets(): void
}

export async function startProxy(target: string): Promise<LoopbackProxy> {
  const sockets = new Set<Socket>()
  let socketCount = 0
  const server = createServer((incoming, outgoing) => {
    if (proxy.answers(incoming, outgoing)) return
    const isFile = incoming.url?.startsWith('/files/') ?? false
    if (isFile) proxy.downloads.push({ path: incoming.url ?? '', range: incoming.headers.range })
    const { hostname, port } = new URL(proxy.target)
    const headers = { ...incoming.headers, host: `${hostname}:${port}` }
    if (proxy.hidesRange) delete headers.range
    const options = {
      hostname,
      port,
      path: incoming.url,
      method: incoming.method,
      headers,
      agent: false as const,
    }
    const upstream = request(options, (response: IncomingMessage) => {
      outgoing.writeHead(response.statusCode ?? 500, response.headers)
      const cut = isFile ? (proxy.cuts.shift() ?? null) : null
      let sent = 0
      response.on('data', (chunk: Buffer) => {
        const bytes = Buffer.from(chunk)
        const at = isFile && proxy.corruptAt !== null ? proxy.corruptAt - sent : -1
        if (at >= 0 && at < bytes.length) bytes[at]! ^= 1
        if (cut !== null && sent + bytes.length >= cut) {
          response.destroy()
          outgoing.write(bytes.subarray(0, cut - sent), () => outgoing.destroy())
          return
        }
        sent += bytes.length
        outgoing.write(bytes)
      })
      response.on('end', () => outgoing.end())
      response.on('error', () => outgoing.destroy())
    })
    upstream.on('error', () => outgoing.destroy())
    incoming.pipe(upstream)
  })
  server.on('upgrade', (incoming, client: Socket) => {
    socketCount += 1
    client.on('error', () => {})
    if (proxy.refusesSockets) return void client.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n')
    const { hostname, port } = new URL(proxy.target)
    const upstream = connect(Number(port), hostname)
    upstream.on('error', () => client.destroy())
    const headers = Array.from(
      { length: incoming.rawHeaders.length / 2 },
      (_, index) => `${incoming.rawHeaders[index * 2]}: ${incoming.rawHeaders[index * 2 + 1]}\r\n`,
    )
    upstream.write(`GET ${incoming.url} HTTP/1.1\r\n${headers.join('')}\r\n`)
    upstream.pipe(client).pipe(upstream)
    sockets.add(client)
    client.on('close', () => {
      sockets.delete(client)
      upstream.destroy()
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const proxy: LoopbackProxy = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    target,
    downloads: [],
    cuts: [],
    corruptAt: null,
    hidesRange: false,
    refusesSockets: false,
    answers: () => false,
    get socketCount() {
      return socketCount
    },
    get openSockets() {
      return sockets.size
    },
    cutSockets() {
      for (const socket of sockets) socket.destroy()
    },
    async [Symbol.asyncDispose]() {
      proxy.cutSockets()
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
  return proxy
}
