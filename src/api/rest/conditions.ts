import { type Issue, ValidationError } from '../../core/errors.ts'

/** A part of a request's filter, and where the caller wrote it. The filter itself is not trusted yet. */
export interface Condition {
  readonly path: string
  readonly filter: unknown
  /** Where its own parts were written; `at` leads to each within `filter`, as in `or.0.and.1`. */
  readonly parts?: readonly { readonly at: string; readonly path: string }[]
}

/** All of them must hold. */
export function allOf(conditions: readonly Condition[]): unknown {
  return conditions.length === 0 ? undefined : { and: conditions.map(({ filter }) => filter) }
}

/**
 * Runs what resolves a request, and puts what is wrong with its filter where the caller wrote it:
 * `filter.and.2.field.value` says nothing to somebody who sent `filters.amount`.
 * @param root where the filter as a whole stands in the request
 */
export async function namingConditions<T>(
  conditions: readonly Condition[],
  root: string,
  run: () => Promise<T>,
): Promise<T> {
  try {
    return await run()
  } catch (error) {
    if (!(error instanceof ValidationError)) throw error
    throw new ValidationError(error.issues.map((issue) => inRequest(issue, conditions, root)))
  }
}

function inRequest(issue: Issue, conditions: readonly Condition[], root: string): Issue {
  const [, index, rest = ''] = /^filter\.and\.(\d+)(?:\.(.*))?$/.exec(issue.path) ?? []
  const condition = index === undefined ? undefined : conditions[Number(index)]
  const part = condition?.parts?.find(({ at }) => rest === at || rest.startsWith(`${at}.`))
  const path = part?.path ?? condition?.path
  if (path !== undefined) return { path, message: issue.message }
  return /^filter(\.|$)/.test(issue.path) ? { path: root, message: issue.message } : issue
}
