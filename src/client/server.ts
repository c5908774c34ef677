/** How a server is reached. */
export interface Server {
  /** Its address without a trailing slash: `https://exports.example.com`. */
  readonly url: string
  /** The secret to send; null when something on the way adds it. */
  readonly apiKey: () => Promise<string | null>
  readonly fetch: typeof fetch
}

/** The address in full: on a page `/exports` means the page's own server. @throws TypeError when it is none */
export function serverUrl(url: string): string {
  return new URL(url, globalThis.location?.href).href.replace(/\/+$/, '')
}

export function graphqlUrl(server: Server): string {
  return `${server.url}/graphql`
}

export function webSocketUrl(server: Server): string {
  return graphqlUrl(server).replace(/^http/, 'ws')
}

/** The headers, or `connectionParams`, that say who asks. */
export async function authorization(server: Server): Promise<Record<string, string>> {
  const key = await server.apiKey()
  return key === null ? {} : { Authorization: `Bearer ${key}` }
}

const ownNames: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]'])

/**
 * A server that was never told its public address (SLUICE_PUBLIC_URL) makes links to `localhost`. To
 * anyone who reached it by another name they lead nowhere, so they are taken at that name.
 */
export function reachable(link: string, server: Server): string {
  const target = new URL(link)
  const base = new URL(server.url)
  if (!ownNames.has(target.hostname) || target.host === base.host) return link
  return `${server.url}${target.pathname}${target.search}`
}
