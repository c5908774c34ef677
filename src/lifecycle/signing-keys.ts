import { randomBytes, randomUUID } from 'node:crypto'
import type { SigningKey } from '../core/signed-url.ts'
import { SigningKey as SigningKeyRow } from '../platform/db/entities/signing-key.ts'
import type { Services } from './services.ts'

/** How long a process may go on with keys it has read: a new one signs no earlier than that after its creation. */
const cacheMs = 30_000

type DatedKey = SigningKey & { readonly createdAt: Date }

/** The keys that sign and verify download links; all processes share them through the database. */
export class SigningKeys {
  readonly #services: Pick<Services, 'orm' | 'now'>
  #keys: Promise<readonly DatedKey[]> | null = null
  #readAt = 0

  constructor(services: Pick<Services, 'orm' | 'now'>) {
    this.#services = services
  }

  /** Newest first; at least one. */
  async all(): Promise<readonly SigningKey[]> {
    return await this.#cached()
  }

  async #cached(): Promise<readonly DatedKey[]> {
    const now = this.#services.now().getTime()
    if (!this.#keys || now - this.#readAt > cacheMs) {
      this.#readAt = now
      this.#keys = this.#read()
      this.#keys.catch(() => {
        this.#keys = null
      })
    }
    return await this.#keys
  }

  /** The newest that every process knows of: others would take its links for forged. */
  async newest(): Promise<SigningKey> {
    const keys = await this.#cached()
    const known = this.#services.now().getTime() - cacheMs
    const key = keys.find(({ createdAt }) => createdAt.getTime() <= known) ?? keys.at(-1)
    if (!key) throw new Error('There is no signing key. Run `sluice migrate`.')
    return key
  }

  async #read(): Promise<readonly DatedKey[]> {
    const rows = await this.#services.orm.em
      .fork()
      .find(SigningKeyRow, {}, { orderBy: { createdAt: 'desc', id: 'desc' } })
    return rows.map(({ id, secret, createdAt }) => ({ id, secret: Buffer.from(secret), createdAt }))
  }
}

/** Makes the first key, once for all processes. */
export async function ensureSigningKey(services: Pick<Services, 'orm' | 'now'>): Promise<void> {
  await services.orm.em.fork().transactional(async (em) => {
    await em.execute('lock table sluice.signing_keys in share row exclusive mode')
    if ((await em.count(SigningKeyRow)) > 0) return
    em.create(SigningKeyRow, newKey(services.now()))
  })
}

function newKey(createdAt: Date) {
  return { id: randomUUID().slice(0, 8), secret: randomBytes(32), createdAt }
}

/**
 * Adds a key, which signs from half a minute on. The earlier ones verify until the last of their links
 * has expired, and are removed then.
 * @param options.endLinks remove them now: every link that there is stops working within half a minute
 * @returns the new key's id
 */
export async function rotateSigningKey(
  services: Pick<Services, 'orm' | 'now'>,
  { endLinks }: { endLinks: boolean },
): Promise<string> {
  return await services.orm.em.fork().transactional(async (em) => {
    if (endLinks) await em.nativeDelete(SigningKeyRow, {})
    const key = em.create(SigningKeyRow, newKey(services.now()))
    await em.flush()
    return key.id
  })
}

/**
 * Removes the keys that no living link can be signed by: links end with their files at the latest, and a
 * key signed nothing that was made after the next key had begun to sign. Returns how many.
 */
export async function forgetSigningKeys(services: Pick<Services, 'orm' | 'now'>): Promise<number> {
  const removed = await services.orm.em.fork().execute(
    `delete from sluice.signing_keys as old
     using (select id, lead(created_at) over (order by created_at, id) as replaced_at from sluice.signing_keys) as key
     where key.id = old.id and key.replaced_at is not null
       and key.replaced_at + interval '${2 * cacheMs} milliseconds' < ?
       and not exists (select 1 from sluice.exports
                       where status = 'completed' and (expires_at is null or expires_at > ?)
                         and completed_at <= key.replaced_at + interval '${2 * cacheMs} milliseconds')
     returning old.id`,
    [services.now(), services.now()],
  )
  return removed.length
}
