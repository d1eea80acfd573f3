/**
 * What the caller should do about an error.
 * `fix` the input, `retry` later, `sign_in` again, `forbidden` for good, `gone`, `conflict` (read again, then decide), `bug`.
 */
export type ErrorRemedy = 'fix' | 'retry' | 'sign_in' | 'forbidden' | 'not_found' | 'gone' | 'conflict' | 'bug'

export interface CodedErrorOptions {
  /** Stable, snake_case, part of the API. */
  readonly code: string
  /** A sentence that may be shown to anybody: names what is wrong and what to do; never a secret. */
  readonly message: string
  readonly remedy: ErrorRemedy
  /** For our logs only. */
  readonly details?: Readonly<Record<string, unknown>>
  /** Problems of single fields, each with its path, when the input was bad. */
  readonly problems?: readonly FieldProblem[]
  readonly cause?: unknown
}

export interface FieldProblem {
  /** JSON Pointer or dotted path of the field. */
  readonly path: string
  readonly message: string
}

/** An error of the domain. HTTP mapping lives in `http-api/problem-details.ts` alone. */
export class CodedError extends Error {
  readonly code: string
  readonly remedy: ErrorRemedy
  readonly details: Readonly<Record<string, unknown>>
  readonly problems: readonly FieldProblem[]

  constructor(options: CodedErrorOptions) {
    super(options.message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'CodedError'
    this.code = options.code
    this.remedy = options.remedy
    this.details = options.details ?? {}
    this.problems = options.problems ?? []
  }
}

export function isCodedError(error: unknown, code?: string): error is CodedError {
  return error instanceof CodedError && (code === undefined || error.code === code)
}
