import { ForbiddenError, type Issue, ValidationError } from './errors.ts'

/** What is wrong at some place. */
export type Complaint = Omit<Issue, 'path'>

/** Takes down one issue; returns undefined, so that a parser can `return report(…)`. */
export type Report = (path: string, complaint: string | Complaint) => undefined

/** As many issues as a person would read: a list of 10,000 wrong values is not answered with all of them. */
const maxIssues = 100

/** What is wrong with one request, collected so that the caller learns everything at once. */
export interface IssueList {
  readonly report: Report
  /** @throws ValidationError when anything was reported */
  throwIfAny(): void
}

export function collectIssues(): IssueList {
  const issues: Issue[] = []
  return {
    report(path, complaint) {
      const what = typeof complaint === 'string' ? { message: complaint } : complaint
      if (issues.length < maxIssues) issues.push({ path, ...what })
      return undefined
    },
    throwIfAny() {
      if (issues.length > 0) throw new ValidationError(issues)
    },
  }
}

/** As an error: what is forbidden comes first, since nothing that the caller can write makes up for it. */
export function errorOf(issues: readonly Issue[]): ForbiddenError | ValidationError {
  const forbidden = issues.filter(({ isForbidden }) => isForbidden)
  if (forbidden.length === 0) return new ValidationError(issues)
  return new ForbiddenError(forbidden.map(({ path, message }) => `${path}: ${message}`).join('; '))
}
