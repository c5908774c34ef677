import { type Issue, ValidationError } from './errors.ts'

/** Takes down one issue; returns undefined, so that a parser can `return report(…)`. */
export type Report = (path: string, message: string) => undefined

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
    report(path, message) {
      if (issues.length < maxIssues) issues.push({ path, message })
      return undefined
    },
    throwIfAny() {
      if (issues.length > 0) throw new ValidationError(issues)
    },
  }
}
