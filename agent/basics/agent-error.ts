/** A problem of one field of an input. */
export interface FieldProblem {
  /** Dotted path: `services.hmi.target`. */
  readonly path: string
  readonly message: string
}

export interface AgentErrorOptions {
  /** Stable, snake_case. */
  readonly code: string
  /** Says what is wrong and what to do; never a secret. */
  readonly message: string
  readonly problems?: readonly FieldProblem[]
  /** Seconds after which the same may be tried again. */
  readonly retryS?: number
  readonly cause?: unknown
}

/** An error that the agent foresees. */
export class AgentError extends Error {
  readonly code: string
  readonly problems: readonly FieldProblem[]
  readonly retryS: number | null

  constructor(options: AgentErrorOptions) {
    super(options.message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'AgentError'
    this.code = options.code
    this.problems = options.problems ?? []
    this.retryS = options.retryS ?? null
  }
}

/** A short code for logs and the panel: ours, Node's (`ECONNREFUSED`), OpenSSL's (`CERT_HAS_EXPIRED`), or `error`. */
export function errorCode(error: unknown): string {
  if (typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string' && error.code !== '')
    return error.code
  return 'error'
}
