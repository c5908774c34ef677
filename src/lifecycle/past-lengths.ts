import { LRUCache } from 'lru-cache'
import type { Export } from '../platform/db/entities/export.ts'
import type { Services } from './services.ts'

/** Past exports that are learned from. */
const learnedFrom = 100
/** An average over so many hardly moves in that time, and everybody who asks for an export asks for it. */
const keptMs = 5_000
/** Organizations whose lengths are kept; those asked for least are forgotten. */
const maxOrganizations = 1_000

/** Seconds that exports of a dataset in a format took lately; null: nothing is known of any. */
export type LengthOf = (of: Pick<Export, 'dataset' | 'format'>) => number | null

/** How long an organization's latest exports took: those of the same dataset and format, else all of them. */
export class PastLengths {
  readonly #recent = new LRUCache<string, LengthOf, Pick<Services, 'orm'>>({
    max: maxOrganizations,
    ttl: keptMs,
    // One that is forgotten while it is being fetched is still the answer.
    ignoreFetchAbort: true,
    fetchMethod: (organizationId, _stale, { context }) => learn(context, organizationId),
  })

  /** At most five seconds old. @param services of that organization */
  async of(services: Pick<Services, 'orm'>, organizationId: string): Promise<LengthOf> {
    return (await this.#recent.fetch(organizationId, { context: services })) ?? (() => null)
  }
}

/** Undefined, which is not kept: none has ended yet. */
async function learn({ orm }: Pick<Services, 'orm'>, organizationId: string): Promise<LengthOf | undefined> {
  const rows = await orm.em
    .fork()
    .execute<{ dataset: string | null; format: string | null; seconds: number }[]>(
      `select dataset, format, avg(seconds)::float as seconds
       from (select past.dataset, past.format, extract(epoch from completed_at - started_at) as seconds
             -- For each status, so that an index has them in their order, however many there are.
             from (values ('completed'), ('expired')) as ended(status), lateral (
               select * from sluice.exports where organization_id = ? and status = ended.status and attempt = 1
               order by created_at desc limit ${learnedFrom}) as past
             order by past.created_at desc limit ${learnedFrom}) as latest
       group by grouping sets ((dataset, format), ())
       having count(*) > 0`,
      [organizationId],
    )
  if (rows.length === 0) return undefined
  const nameOf = (dataset: string | null, format: string | null) => JSON.stringify([dataset, format])
  const lengths = new Map(rows.map(({ dataset, format, seconds }) => [nameOf(dataset, format), seconds]))
  const all = lengths.get(nameOf(null, null)) ?? null
  return ({ dataset, format }) => lengths.get(nameOf(dataset, format)) ?? all
}
