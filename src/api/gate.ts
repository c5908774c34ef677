import { RateLimiterMemory } from 'rate-limiter-flexible'
import { type RateLimit, RateLimitedError } from '../core/errors.ts'
import { type Authenticated, authenticate } from '../lifecycle/authenticate.ts'
import { recordAudit } from '../lifecycle/record-audit.ts'
import type { Services } from '../lifecycle/services.ts'
import { SharedLookups } from '../lifecycle/shared-lookups.ts'
import { type Caller, networkOf } from './caller.ts'

const windowSeconds = 60
/** Keys that do not work, from one address in a minute: enough for a program that has just lost its own. */
const maxFailures = 60

export interface GateOptions {
  /** False: nothing is counted. */
  readonly limitRates: boolean
  /** Requests from one address in a minute, whatever key they carry. */
  readonly addressRequestsPerMinute: number
}

/**
 * What every door asks before it does anything: whether this address and this key may ask again so soon,
 * and whose key it is. Counts are kept in the memory of the process and forgotten after a minute, so
 * with several API processes each allows as much.
 */
export class Gate {
  readonly #services: Pick<Services, 'orm' | 'now'>
  readonly #options: GateOptions
  // They only count; what is too many is decided here, since it depends on the key's plan.
  readonly #addresses = new RateLimiterMemory({ points: 1, duration: windowSeconds })
  readonly #failures = new RateLimiterMemory({ points: 1, duration: windowSeconds })
  readonly #keys = new RateLimiterMemory({ points: 1, duration: windowSeconds })
  /** Whose keys these are. The sockets of one client come back together, and share the look. */
  readonly #principals = new SharedLookups((secret) => authenticate(this.#services, secret))

  constructor(services: Pick<Services, 'orm' | 'now'>, options: GateOptions) {
    this.#services = services
    this.#options = options
  }

  /** Counts a request of an address. One too many is refused wherever it goes next. */
  async meet(address: string): Promise<Caller> {
    const caller: Caller = { address, rateLimit: null, addressLimit: null, refusal: null }
    if (!this.#options.limitRates || address === '') return caller
    const limit = this.#options.addressRequestsPerMinute
    const state = stateOf(await this.#addresses.penalty(networkOf(address)), limit)
    caller.addressLimit = state
    if (state.isPassed) {
      caller.refusal = new RateLimitedError(
        `This address may send ${limit} requests a minute, and has. Try again in ${state.resetSeconds} s.`,
        state,
      )
    }
    return caller
  }

  /**
   * Whose key it is, or null when it does not work.
   * @throws RateLimitedError when the address, or the key, asks too often, or too many keys did not work
   */
  async admit(caller: Caller, secret: string): Promise<Authenticated | null> {
    if (caller.refusal) throw caller.refusal
    const network = networkOf(caller.address)
    const limitFailures = this.#options.limitRates && network !== ''
    const failures = limitFailures ? await this.#failures.get(network) : null
    // A key that works is refused as well: otherwise the answers would tell it from those that do not.
    if (failures && failures.consumedPoints >= maxFailures) {
      throw new RateLimitedError(
        'Too many API keys from this address did not work. Try again in a minute.',
        stateOf(failures, maxFailures),
      )
    }
    const principal = await this.#principals.find(secret)
    if (!principal) {
      const { consumedPoints } = await this.#failures.penalty(network)
      await this.#tell(caller, consumedPoints)
      return null
    }
    await this.count(caller, principal)
    return { ...principal, address: caller.address }
  }

  /** The first of a minute, and the one that closes the address out: a flood of them is told in two lines. */
  async #tell({ address }: Caller, failures: number): Promise<void> {
    if (failures !== 1 && failures !== maxFailures) return
    const services = this.#services
    await recordAudit(services.orm.em.fork(), {
      actor: { keyId: null, address },
      organizationId: null,
      action: 'key.refused',
      subject: null,
      message:
        failures === 1
          ? 'An API key did not work: unknown, expired or revoked'
          : `${maxFailures} API keys within a minute did not work`,
      at: services.now(),
    })
  }

  /** Counts one more request of a key that was admitted before, on the same connection. @throws RateLimitedError */
  async count(caller: Caller, { keyId, requestsPerMinute }: Authenticated): Promise<void> {
    if (!this.#options.limitRates || requestsPerMinute === null) return
    const state = stateOf(await this.#keys.penalty(keyId), requestsPerMinute)
    caller.rateLimit = state
    if (!state.isPassed) return
    throw new RateLimitedError(
      `The plan allows ${requestsPerMinute} requests a minute with one API key. Try again in ${state.resetSeconds} s.`,
      state,
    )
  }
}

function stateOf(
  { consumedPoints, msBeforeNext }: { consumedPoints: number; msBeforeNext: number },
  limit: number,
): RateLimit & { isPassed: boolean } {
  return {
    limit,
    remaining: Math.max(0, limit - consumedPoints),
    resetSeconds: Math.max(1, Math.ceil(msBeforeNext / 1000)),
    isPassed: consumedPoints > limit,
  }
}
