import type { Problem } from '../../../gateway/http-api/contract/building-blocks.ts'

/** A refusal of the gateway (RFC 9457), or `unreachable` when it did not answer. */
export class ProblemError extends Error {
  readonly problem: Problem

  constructor(problem: Problem, cause?: unknown) {
    super(problem.title, { cause })
    this.name = 'ProblemError'
    this.problem = problem
  }
}

export const isProblem = (error: unknown, code: string): boolean => error instanceof ProblemError && error.problem.code === code

/** The problem of anything that was thrown, so that every page can show every failure. */
export const problemOf = (error: unknown): Problem =>
  error instanceof ProblemError
    ? error.problem
    : { type: 'about:blank', title: error instanceof Error ? error.message : String(error), status: 0, code: 'page_error', id: '' }
