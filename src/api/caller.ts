import { isIPv6 } from 'node:net'
import type { RateLimit, RateLimitedError } from '../core/errors.ts'

/** Whoever sends a request, before and after its key is known. */
export interface Caller {
  /** Of the peer of the socket, or what trusted proxies say of it; empty: not known. */
  readonly address: string
  /** Where its key stands, once one was found; every answer says so in its headers. */
  rateLimit: RateLimit | null
  /** Where its address stands; null: addresses are not counted. */
  addressLimit: RateLimit | null
  /** The address asks too often: every door answers with it, in its own words. */
  refusal: RateLimitedError | null
}

/**
 * The address that a request comes from. Each proxy appends the peer that it saw to X-Forwarded-For, so
 * with n trusted proxies it is the n-th entry from the right; what stands to the left of it is the
 * caller's own invention.
 */
export function addressOf(
  peer: string | undefined,
  forwardedFor: string | undefined,
  trustedProxies: number,
): string {
  const hops = (forwardedFor ?? '')
    .split(',')
    .map((hop) => hop.trim())
    .filter((hop) => hop !== '')
  const address = trustedProxies === 0 ? peer : (hops.at(-trustedProxies) ?? hops[0] ?? peer)
  // A dual-stack socket writes IPv4 peers as ::ffff:192.0.2.1.
  return (address ?? '').replace(/^::ffff:(?=\d+\.)/i, '').slice(0, maxAddressLength)
}

/** The longest IPv6 address with a zone. */
const maxAddressLength = 64

/** What is counted as one: an IPv6 host has a /64 network of addresses to itself. @see RFC 6177 */
export function networkOf(address: string): string {
  if (!isIPv6(address)) return address
  const [head = '', tail] = address.split('::')
  const groups = head.split(':').filter((group) => group !== '')
  if (tail !== undefined) {
    const rest = tail.split(':').filter((group) => group !== '')
    while (groups.length + rest.length < 8) groups.push('0')
    groups.push(...rest)
  }
  return groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')
}
