import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises'
import type { FilterQuery } from '@mikro-orm/core'
import type { EntityManager } from '@mikro-orm/postgresql'
import { isTerminal } from '../core/status.ts'
import { Export } from '../platform/db/entities/export.ts'
import { type ExportChange, exportChangesChannel, parseChange } from '../platform/events/export-changes.ts'
import type { Channel } from '../platform/events/listener.ts'
import { ExportWatch } from './export-watch.ts'
import { forOrganization } from './for-organization.ts'
import type { Services } from './services.ts'
import { sharedReads } from './shared-reads.ts'

/** Exports under way that a new subscriber to an organization is told of at once; also what it can have missed at most. */
const maxInitialExports = 100

/** The clocks of the database and of this process may differ by this much. */
const clockToleranceMs = 5_000

/** Milliseconds until a read that failed is tried again: nobody announces the same change twice. */
const readRetryMs = 500

/**
 * Subscribers told in one turn of the event loop. All 5,000 of one export at once would keep everything
 * else waiting for 100 ms, and the first of them would hear no earlier than the last.
 */
const toldInOneTurn = 100

/** What can be watched: one export of an organization, or (null) all of them. */
interface Subject {
  readonly organizationId: string
  readonly exportId: string | null
}

/** A subject, and who watches it. */
interface Topic extends Subject {
  readonly watches: Set<ExportWatch>
  /** Exports that had not ended when they were last told of: they are read again when changes were missed. */
  readonly underWay: Set<string>
}

/**
 * Pushes the states of exports to this process' subscribers. A notification is only a hint: the row is
 * read again, once for all who wait for it. Subscribers who come together share their first read too.
 */
export class ExportFeed {
  readonly #services: Pick<Services, 'orm' | 'log'>
  /** By name, in which the organization stands: nothing is shared between two of them. */
  readonly #topics = new Map<string, Topic>()
  readonly #current = sharedReads(nameOf, (subjects: readonly Subject[]) => this.#readCurrent(subjects))
  /** Exports that are being read, and whether they changed again meanwhile. */
  readonly #reading = new Map<string, { again: boolean }>()
  #subscriberCount = 0
  /** Times that the LISTEN connection was lost and came back. */
  #reconnections = 0
  #isStopped = false

  /** To be heard on the process' LISTEN connection. */
  readonly channel: Channel = {
    name: exportChangesChannel,
    onMessage: (payload) => {
      const change = parseChange(payload)
      if (change && this.#isWanted(change)) void this.#refresh(change)
    },
    onReconnect: (lostAt) => {
      this.#reconnections += 1
      void this.#catchUp(lostAt)
    },
  }

  constructor(services: Pick<Services, 'orm' | 'log'>) {
    this.#services = services
  }

  stop(): void {
    this.#isStopped = true
  }

  /** How many watches are open: none may outlive its client. */
  get subscriberCount(): number {
    return this.#subscriberCount
  }

  /**
   * The states of one export, from the current one to the terminal one; null when the organization has no
   * such export. Whoever asked for it ends it.
   */
  async watchOne(organizationId: string, exportId: string): Promise<ExportWatch | null> {
    const { watch, current } = await this.#watch({ organizationId, exportId })
    if (current.length > 0) return watch
    watch.end()
    return null
  }

  /** The states of all exports of an organization: those under way now, then every change, until the caller ends it. */
  async watchAll(organizationId: string): Promise<ExportWatch> {
    const { watch } = await this.#watch({ organizationId, exportId: null })
    return watch
  }

  /** Listens first and reads then, so that nothing falls between. */
  async #watch(subject: Subject): Promise<{ watch: ExportWatch; current: readonly Export[] }> {
    const topic = this.#topicOf(subject)
    const watch = new ExportWatch(subject.exportId !== null, (ended) => this.#forget(topic, ended))
    topic.watches.add(watch)
    this.#subscriberCount += 1
    try {
      const current = await this.#currentOf(subject)
      for (const state of current) {
        remember(topic, state)
        watch.offer(state)
      }
      return { watch, current }
    } catch (error) {
      watch.end()
      throw error
    }
  }

  async #currentOf(subject: Subject): Promise<readonly Export[]> {
    for (;;) {
      const before = this.#reconnections
      const current = await this.#current.load(subject)
      // Otherwise a change may lie between the read and the new connection, and nobody knows yet of what.
      if (before === this.#reconnections) return current
    }
  }

  #topicOf(subject: Subject): Topic {
    const name = nameOf(subject)
    const known = this.#topics.get(name)
    if (known) return known
    const topic = { ...subject, watches: new Set<ExportWatch>(), underWay: new Set<string>() }
    this.#topics.set(name, topic)
    return topic
  }

  #forget(topic: Topic, watch: ExportWatch): void {
    topic.watches.delete(watch)
    this.#subscriberCount -= 1
    if (topic.watches.size === 0) this.#topics.delete(nameOf(topic))
  }

  /** What a subject's newcomers are told first. Postgres shows each organization its own rows only. */
  async #readCurrent(subjects: readonly Subject[]): Promise<Export[][]> {
    const found = new Map<string, Export[]>()
    const byOrganization = Map.groupBy(subjects, ({ organizationId }) => organizationId)
    await Promise.all(
      [...byOrganization].map(async ([organizationId, asked]) => {
        const { em } = forOrganization(this.#services, organizationId).orm
        const ids = asked.flatMap(({ exportId }) => exportId ?? [])
        const where = { organization: organizationId, id: { $in: ids } }
        for (const row of ids.length > 0 ? await em.find(Export, where) : [])
          found.set(nameOf({ organizationId, exportId: row.id }), [row])
        if (ids.length < asked.length)
          found.set(nameOf({ organizationId, exportId: null }), await readUnderWay(em, organizationId))
      }),
    )
    return subjects.map((subject) => found.get(nameOf(subject)) ?? [])
  }

  /** The topics that a change belongs to, of those that anybody watches. */
  #topicsOf({ organizationId, exportId }: Pick<ExportChange, 'organizationId' | 'exportId'>): Topic[] {
    return [exportId, null]
      .map((id) => this.#topics.get(nameOf({ organizationId, exportId: id })))
      .filter((topic) => topic !== undefined)
  }

  #isWanted(change: ExportChange): boolean {
    return this.#topicsOf(change).length > 0
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
      await this.#untilRead(async () => {
        if (!this.#isWanted(change)) return
        const [state] = await readNewest(this.#services.orm.em.fork(), { id: exportId })
        if (state) await this.#deliver(state)
        else this.#deleted(change)
      })
    }
    this.#reading.delete(exportId)
  }

  /** Those who watch one export are told by one read of all; organizations come one after another. */
  async #catchUp(lostAt: Date): Promise<void> {
    const topics = [...this.#topics.values()]
    const ofOne = topics.filter(({ exportId }) => exportId !== null)
    await this.#untilRead(async () => {
      const found = await Promise.all(ofOne.map((topic) => this.#current.load(topic)))
      for (const [index, topic] of ofOne.entries()) {
        const [state] = found[index]!
        if (state) await this.#deliver(state)
        else for (const watch of topic.watches) watch.end()
      }
    })
    for (const { organizationId, exportId, underWay } of topics) {
      if (exportId !== null) continue
      await this.#untilRead(async () => {
        const missed = await readNewest(this.#services.orm.em.fork(), {
          organization: organizationId,
          $or: [
            { id: { $in: [...underWay] } },
            { createdAt: { $gte: new Date(lostAt.getTime() - clockToleranceMs) } },
          ],
        })
        for (const state of missed) await this.#deliver(state)
      })
    }
  }

  /** Tries again until it has worked, or until nobody is there any more. */
  async #untilRead(read: () => Promise<void>): Promise<void> {
    while (!this.#isStopped) {
      try {
        return await read()
      } catch (error) {
        this.#services.log.warn({ err: error, againInMs: readRetryMs }, 'changed exports could not be read')
        await sleep(readRetryMs, undefined, { ref: false })
      }
    }
  }

  /** Whoever comes meanwhile is told as well, and drops what is no news. */
  async #deliver(state: Export): Promise<void> {
    let told = 0
    for (const topic of this.#topicsOf({ organizationId: state.organization.id, exportId: state.id })) {
      remember(topic, state)
      for (const watch of topic.watches) {
        watch.offer(state)
        told += 1
        if (told % toldInOneTurn === 0) await turn()
      }
    }
  }

  /** The export is gone: whoever watches it alone has nothing left to wait for. */
  #deleted(change: ExportChange): void {
    for (const topic of this.#topicsOf(change)) {
      topic.underWay.delete(change.exportId)
      if (topic.exportId !== null) for (const watch of topic.watches) watch.end()
    }
  }
}

function nameOf({ organizationId, exportId }: Subject): string {
  return `${organizationId} ${exportId ?? 'all'}`
}

function remember(topic: Topic, { id, status }: Export): void {
  if (isTerminal(status)) topic.underWay.delete(id)
  else topic.underWay.add(id)
}

function readUnderWay(em: EntityManager, organization: string): Promise<Export[]> {
  return readNewest(em, { organization, status: { $in: ['pending', 'processing'] } })
}

/** In the order in which they were accepted. */
async function readNewest(em: EntityManager, where: FilterQuery<Export>): Promise<Export[]> {
  const found = await em.find(Export, where, {
    orderBy: { createdAt: 'desc', id: 'desc' },
    limit: maxInitialExports,
  })
  return found.reverse()
}
