import { randomBytes, randomUUID } from 'node:crypto'
import type { SigningKey } from '../core/signed-url.ts'
import { SigningKey as SigningKeyRow } from '../platform/db/entities/signing-key.ts'
import type { Services } from './services.ts'

/** How long a process may go on with keys it has read: the newest is used no earlier than that after its creation. */
const cacheMs = 30_000

/** The keys that sign and verify download links; all processes share them through the database. */
export class SigningKeys {
  readonly #services: Pick<Services, 'orm' | 'now'>
  #keys: Promise<readonly SigningKey[]> | null = null
  #readAt = 0

  constructor(services: Pick<Services, 'orm' | 'now'>) {
    this.#services = services
  }

  /** Newest first; at least one. */
  async all(): Promise<readonly SigningKey[]> {
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

  async newest(): Promise<SigningKey> {
    const [key] = await this.all()
    if (!key) throw new Error('There is no signing key. Run `sluice migrate`.')
    return key
  }

  async #read(): Promise<readonly SigningKey[]> {
    const rows = await this.#services.orm.em
      .fork()
      .find(SigningKeyRow, {}, { orderBy: { createdAt: 'desc', id: 'desc' } })
    return rows.map(({ id, secret }) => ({ id, secret: Buffer.from(secret) }))
  }
}

/** Makes the first key, once for all processes. */
export async function ensureSigningKey(services: Pick<Services, 'orm' | 'now'>): Promise<void> {
  await services.orm.em.fork().transactional(async (em) => {
    await em.execute('lock table sluice.signing_keys in share row exclusive mode')
    if ((await em.count(SigningKeyRow)) > 0) return
    em.create(SigningKeyRow, {
      id: randomUUID().slice(0, 8),
      secret: randomBytes(32),
      createdAt: services.now(),
    })
  })
}
