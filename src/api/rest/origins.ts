import { type Issue, ValidationError } from '../../core/errors.ts'
import type { ExportRequest } from '../../core/request.ts'

/** A vendor's request in our words, and which of the vendor's words became what. */
export interface Translated {
  readonly request: ExportRequest
  readonly origins: Origins
}

/**
 * Which part of a vendor's request each object of ours was made of. What the core finds wrong it calls by
 * our path, `filter.and.1.field.value`; the caller wrote `filters.1.value` and knows no other name.
 */
export class Origins {
  readonly #paths = new WeakMap<object, string>()
  readonly #members: Readonly<Record<string, string>>

  /** @param members of an ExportRequest, and what the vendor calls them: `{ limit: 'results_limit' }` */
  constructor(members: Readonly<Record<string, string>> = {}) {
    this.#members = members
  }

  /** Notes where `made` comes from, and gives it back. What was noted of it before stays: that is more exact. */
  note<T extends object>(path: string, made: T): T {
    if (this.#paths.has(made)) return made
    this.#paths.set(made, path)
    // `allOf` and `anyOf` may take its conditions out of it.
    for (const list of ['and', 'or'] as const) {
      const conditions = (made as { and?: readonly object[]; or?: readonly object[] })[list] ?? []
      for (const condition of conditions) this.note(path, condition)
    }
    return made
  }

  /** Runs what resolves `request`, and puts what is wrong with it where the caller wrote it. */
  async naming<T>(request: object, run: () => Promise<T>): Promise<T> {
    try {
      return await run()
    } catch (error) {
      if (!(error instanceof ValidationError)) throw error
      throw new ValidationError(error.issues.map((issue) => this.#inRequest(request, issue)))
    }
  }

  /** The path of the nearest object around what is wrong that is known. */
  #inRequest(request: object, { path, message }: Issue): Issue {
    const steps = path.split('.')
    let origin = this.#members[steps[0] ?? '']
    let at: unknown = request
    for (const step of steps) {
      at = (at as Record<string, unknown>)[step]
      if (typeof at !== 'object' || at === null) break
      origin = this.#paths.get(at) ?? origin
    }
    return { path: origin ?? path, message }
  }
}
