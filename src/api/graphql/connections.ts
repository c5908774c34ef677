export interface ConnectionLimits {
  /** Of this process. */
  readonly maxConnections: number
  /** Of one organization, in this process. */
  readonly maxOrganizationConnections: number
}

type Release = () => void

/**
 * The open connections of this process, by organization: a WebSocket is one, and so is an answer of
 * server-sent events. Each costs memory for as long as its client likes.
 */
export class Connections {
  readonly #limits: ConnectionLimits
  readonly #byOrganization = new Map<string, number>()
  #open = 0

  constructor(limits: ConnectionLimits) {
    this.#limits = limits
  }

  /** Counts a connection of which nobody knows yet whose it is. Null: there are as many as there may be. */
  open(): Release | null {
    if (this.#open >= this.#limits.maxConnections) return null
    this.#open += 1
    return once(() => {
      this.#open -= 1
    })
  }

  /** Counts an open connection as an organization's. Null: it has as many as it may have. */
  join(organizationId: string): Release | null {
    const joined = this.#byOrganization.get(organizationId) ?? 0
    if (joined >= this.#limits.maxOrganizationConnections) return null
    this.#byOrganization.set(organizationId, joined + 1)
    return once(() => {
      const left = (this.#byOrganization.get(organizationId) ?? 1) - 1
      if (left > 0) this.#byOrganization.set(organizationId, left)
      else this.#byOrganization.delete(organizationId)
    })
  }

  /** How many are open: none may outlive its client. */
  get openCount(): number {
    return this.#open
  }
}

function once(release: Release): Release {
  let isReleased = false
  return () => {
    if (!isReleased) release()
    isReleased = true
  }
}
