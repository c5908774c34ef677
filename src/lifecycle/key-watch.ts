import { setTimeout as sleep } from 'node:timers/promises'
import { ApiKey } from '../platform/db/entities/api-key.ts'
import { keyChangesChannel } from '../platform/events/key-changes.ts'
import type { Channel } from '../platform/events/listener.ts'
import type { Services } from './services.ts'

/** Milliseconds until keys that could not be read are read again: nobody announces the same change twice. */
const readRetryMs = 500

/** The longest that a timer can wait. @see setTimeout: longer ones fire at once */
const maxTimerMs = 2 ** 31 - 1

interface WatchedKey {
  readonly onEnd: Set<() => void>
  timer: NodeJS.Timeout | null
}

/**
 * Tells the open connections of a key when it stops working: revoked or deleted, as Postgres announces
 * it, or expired, by one timer for each key. Nothing polls.
 */
export class KeyWatch {
  readonly #services: Pick<Services, 'orm' | 'log' | 'now'>
  readonly #keys = new Map<string, WatchedKey>()
  #isStopped = false

  /** To be heard on the process' LISTEN connection. */
  readonly channel: Channel = {
    name: keyChangesChannel,
    onMessage: (keyId) => void this.#check([keyId]),
    onReconnect: () => void this.#check([...this.#keys.keys()]),
  }

  constructor(services: Pick<Services, 'orm' | 'log' | 'now'>) {
    this.#services = services
  }

  stop(): void {
    this.#isStopped = true
    for (const { timer } of this.#keys.values()) if (timer) clearTimeout(timer)
    this.#keys.clear()
  }

  /** Calls `onEnd` once, when the key has ended. @returns what forgets it again */
  watch({ keyId, expiresAt }: { keyId: string; expiresAt: Date | null }, onEnd: () => void): () => void {
    let watched = this.#keys.get(keyId)
    if (!watched) {
      watched = { onEnd: new Set(), timer: null }
      this.#keys.set(keyId, watched)
      this.#endAt(keyId, watched, expiresAt)
      // It may have ended since it was authenticated, and nobody says so again.
      void this.#check([keyId])
    }
    const { onEnd: listeners } = watched
    listeners.add(onEnd)
    return () => {
      listeners.delete(onEnd)
      if (listeners.size > 0 || this.#keys.get(keyId)?.onEnd !== listeners) return
      if (watched.timer) clearTimeout(watched.timer)
      this.#keys.delete(keyId)
    }
  }

  #endAt(keyId: string, watched: WatchedKey, expiresAt: Date | null): void {
    if (watched.timer) clearTimeout(watched.timer)
    watched.timer = null
    if (!expiresAt) return
    const leftMs = expiresAt.getTime() - this.#services.now().getTime()
    watched.timer = setTimeout(
      () => void this.#check([keyId]),
      Math.min(Math.max(leftMs, 0), maxTimerMs),
    ).unref()
  }

  /** Reads the watched ones among these keys again, until that has worked. */
  async #check(keyIds: readonly string[]): Promise<void> {
    const watchedIds = keyIds.filter((id) => this.#keys.has(id))
    if (watchedIds.length === 0 || this.#isStopped) return
    const { orm, log, now } = this.#services
    try {
      const rows = await orm.em.fork().find(ApiKey, { id: { $in: watchedIds } })
      const byId = new Map(rows.map((row) => [row.id, row]))
      for (const id of watchedIds) {
        const watched = this.#keys.get(id)
        if (!watched) continue
        const key = byId.get(id)
        if (key && !key.revokedAt && (!key.expiresAt || key.expiresAt > now())) {
          this.#endAt(id, watched, key.expiresAt ?? null)
        } else {
          this.#end(id, watched)
        }
      }
    } catch (error) {
      log.warn({ err: error, againInMs: readRetryMs }, 'changed keys could not be read')
      await sleep(readRetryMs, undefined, { ref: false })
      await this.#check(watchedIds)
    }
  }

  #end(keyId: string, watched: WatchedKey): void {
    if (watched.timer) clearTimeout(watched.timer)
    this.#keys.delete(keyId)
    for (const onEnd of watched.onEnd) onEnd()
  }
}
