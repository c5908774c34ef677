/** How a server is reached. */
export interface Server {
  /** Its address without a trailing slash: `https://exports.example.com`. */
  readonly url: string
  readonly apiKey: string
  readonly fetch: typeof fetch
}

export function graphqlUrl(server: Server): string {
  return `${server.url}/graphql`
}

export function webSocketUrl(server: Server): string {
  return graphqlUrl(server).replace(/^http/, 'ws')
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
