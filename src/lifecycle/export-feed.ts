import { setTimeout as sleep } from 'node:timers/promises'
import type { FilterQuery } from '@mikro-orm/core'
import { isTerminal } from '../core/status.ts'
import { Export } from '../platform/db/entities/export.ts'
import { type ExportChange, exportChangesChannel, parseChange } from '../platform/events/export-changes.ts'
import type { Channel } from '../platform/events/listener.ts'
import type { Services } from './services.ts'

/** Exports under way that a new subscriber to an organization is told of at once; also what it can have missed at most. */
const maxInitialExports = 100

/** Versions remembered for each subscriber to an organization. */
const maxRememberedVersions = 1_000

/** The clocks of the database and of this process may differ by this much. */
const clockToleranceMs = 5_000

/** Milliseconds until a read that failed is tried again: nobody announces the same change twice. */
const readRetryMs = 500

/** One subscriber: what it wants, and the newest state of each export that it has not taken yet. */
interface Subscriber {
  wants(exportId: string, organizationId: string): boolean
  /** What must be read again after changes may have been missed since `lostAt`. */
  missed(lostAt: Date): FilterQuery<Export>
  readonly pending: Map<string, Export>
  wake(): void
  /** Nothing is left of what it was to read: the export was deleted. */
  gone(): void
}

/**
 * Pushes the states of exports to this process' subscribers. A notification is only a hint: the row is
 * read again, once for all who wait for it. A slow subscriber gets the newest state and skips what lay
 * between, so its memory is bounded by the number of exports under way, not of changes.
 */
export class ExportFeed {
  readonly #services: Pick<Services, 'orm' | 'log'>
  readonly #subscribers = new Set<Subscriber>()
  /** Exports that are being read, and whether they changed again meanwhile. */
  readonly #reading = new Map<string, { again: boolean }>()
  #isStopped = false

  /** To be heard on the process' LISTEN connection. */
  readonly channel: Channel = {
    name: exportChangesChannel,
    onMessage: (payload) => {
      const change = parseChange(payload)
      if (change && this.#isWanted(change)) void this.#refresh(change)
    },
    onReconnect: (lostAt) => void this.#catchUp(lostAt),
  }

  constructor(services: Pick<Services, 'orm' | 'log'>) {
    this.#services = services
  }

  stop(): void {
    this.#isStopped = true
  }

  /** How many iterators are open: none may outlive its client. */
  get subscriberCount(): number {
    return this.#subscribers.size
  }

  /** The states of one export, from the current one to the terminal one. Nothing for one that the organization does not have. */
  watchOne(organizationId: string, exportId: string): AsyncGenerator<Export> {
    const where = { id: exportId, organization: organizationId }
    return this.#watch({
      wants: (changed) => changed === exportId,
      missed: () => where,
      initial: where,
      endsWith: (state) => isTerminal(state.status),
      onNothing: 'end',
    })
  }

  /** The states of all exports of an organization: those under way now, then every change, until the caller stops. */
  watchAll(organizationId: string): AsyncGenerator<Export> {
    const underWay = new Set<string>()
    return this.#watch({
      wants: (_, organization) => organization === organizationId,
      missed: (lostAt) => ({
        organization: organizationId,
        $or: [
          { id: { $in: [...underWay] } },
          { createdAt: { $gte: new Date(lostAt.getTime() - clockToleranceMs) } },
        ],
      }),
      initial: { organization: organizationId, status: { $in: ['pending', 'processing'] } },
      endsWith: (state) => {
        if (isTerminal(state.status)) underWay.delete(state.id)
        else underWay.add(state.id)
        return false
      },
      onNothing: 'wait',
    })
  }

  /** Listens first and reads then, so that nothing falls between. */
  #watch(options: {
    wants: Subscriber['wants']
    missed: Subscriber['missed']
    initial: FilterQuery<Export>
    endsWith(state: Export): boolean
    onNothing: 'end' | 'wait'
  }): AsyncGenerator<Export> {
    const { wants, missed, initial, endsWith, onNothing } = options
    const versions = new Map<string, number>()
    let isClosed = false
    const subscriber: Subscriber = {
      wants,
      missed,
      pending: new Map(),
      wake: () => {},
      gone: () => {
        if (onNothing === 'end') isClosed = true
        subscriber.wake()
      },
    }
    const states = async function* (this: ExportFeed) {
      this.#subscribers.add(subscriber)
      try {
        const found = await this.#read(initial)
        if (found.length === 0 && onNothing === 'end') return
        for (const state of found)
          if (!subscriber.pending.has(state.id)) subscriber.pending.set(state.id, state)
        while (!isClosed) {
          const [next] = subscriber.pending
          if (!next) {
            await new Promise<void>((resolve) => {
              subscriber.wake = resolve
            })
            continue
          }
          const [id, state] = next
          subscriber.pending.delete(id)
          if (state.version <= (versions.get(id) ?? 0)) continue
          remember(versions, id, state.version)
          const isLast = endsWith(state)
          yield state
          if (isLast) return
        }
      } finally {
        this.#subscribers.delete(subscriber)
      }
    }.call(this)
    // A generator that waits does not hear `return` before what it waits for has come: it is woken first.
    const end = states.return.bind(states)
    states.return = (value) => {
      isClosed = true
      subscriber.wake()
      return end(value)
    }
    return states
  }

  async #read(where: FilterQuery<Export>): Promise<Export[]> {
    const found = await this.#services.orm.em
      .fork()
      .find(Export, where, { orderBy: { createdAt: 'desc', id: 'desc' }, limit: maxInitialExports })
    return found.reverse()
  }

  #isWanted(change: ExportChange): boolean {
    for (const subscriber of this.#subscribers) {
      if (subscriber.wants(change.exportId, change.organizationId)) return true
    }
    return false
  }

  /** One read at a time for each export; changes that come in meanwhile are seen by one more read. */
  async #refresh(change: ExportChange): Promise<void> {
    const { exportId } = change
    const reading = this.#reading.get(exportId)
    if (reading) {
      reading.again = true
      return
    }
    const mine = { again: true }
    this.#reading.set(exportId, mine)
    while (mine.again) {
      mine.again = false
      try {
        const [state] = await this.#read({ id: exportId })
        if (state) this.#deliver(state)
        else for (const subscriber of this.#subscribers) if (subscriber.wants(exportId, '')) subscriber.gone()
      } catch (error) {
        await this.#afterFailedRead(error)
        mine.again = !this.#isStopped && this.#isWanted(change)
      }
    }
    this.#reading.delete(exportId)
  }

  async #catchUp(lostAt: Date): Promise<void> {
    for (const subscriber of [...this.#subscribers]) {
      let isRead = false
      while (!isRead && !this.#isStopped && this.#subscribers.has(subscriber)) {
        try {
          const states = await this.#read(subscriber.missed(lostAt))
          for (const state of states) this.#deliver(state)
          if (states.length === 0) subscriber.gone()
          isRead = true
        } catch (error) {
          await this.#afterFailedRead(error)
        }
      }
    }
  }

  async #afterFailedRead(error: unknown): Promise<void> {
    this.#services.log.warn({ err: error, againInMs: readRetryMs }, 'changed exports could not be read')
    await sleep(readRetryMs, undefined, { ref: false })
  }

  #deliver(state: Export): void {
    for (const subscriber of this.#subscribers) {
      if (!subscriber.wants(state.id, state.organization.id)) continue
      const waiting = subscriber.pending.get(state.id)
      // Reads overtake one another: what was read earlier must not take the place of what is newer.
      if (waiting && waiting.version >= state.version) continue
      // Moved to the end: who changed last is told last, and nobody starves.
      subscriber.pending.delete(state.id)
      subscriber.pending.set(state.id, state)
      subscriber.wake()
    }
  }
}

function remember(versions: Map<string, number>, id: string, version: number): void {
  versions.delete(id)
  versions.set(id, version)
  const [oldest] = versions.keys()
  if (versions.size > maxRememberedVersions && oldest !== undefined) versions.delete(oldest)
}
