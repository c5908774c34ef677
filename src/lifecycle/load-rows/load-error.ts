import { SluiceError } from '../../core/errors.ts'

/** As many as a person reads: of a file with a million wrong lines, the first ones are told. */
export const maxIssues = 100
const maxValueChars = 100

/** One thing wrong with a file. */
export interface LoadIssue {
  /** Of the file, from 1; null when it is not one line's fault. A record of several lines counts by its first. */
  readonly line: number | null
  readonly column: string | null
  /** What stands there; at most its first 100 characters. */
  readonly value: string | null
  readonly message: string
}

/** A file was not loaded, and nothing of it was. */
export class LoadError extends SluiceError {
  readonly code = 'LOAD_FAILED'
  /** In the order of the lines, 100 at most. */
  readonly issues: readonly LoadIssue[]
  constructor(issues: readonly LoadIssue[], options?: ErrorOptions) {
    const shown = issues.slice(0, maxIssues).map((issue) => ({ ...issue, value: cut(issue.value) }))
    super(shown.map(sentence).join('; '))
    this.issues = shown
    if (options) this.cause = options.cause
  }
}

/** `line 3, column amount: "abc": invalid input syntax for type numeric` */
export function sentence({ line, column, value, message }: LoadIssue): string {
  const place = [line === null ? '' : `line ${line}`, column === null ? '' : `column ${column}`]
  const parts = [place.filter(Boolean).join(', '), value === null ? '' : JSON.stringify(value), message]
  return parts.filter(Boolean).join(': ')
}

function cut(value: string | null): string | null {
  return value !== null && value.length > maxValueChars ? `${value.slice(0, maxValueChars)}…` : value
}
