import type { PanelProblemCode } from '../../../agent/panel/panel-api.ts'

/** What the agent answered instead of what was asked for; `unreachable` when it did not answer. */
export class PanelProblemError extends Error {
  readonly code: PanelProblemCode | 'unreachable'
  /** Seconds until the same may be tried again, or null. */
  readonly retryS: number | null

  constructor(
    code: PanelProblemCode | 'unreachable',
    message: string,
    options: { readonly retryS?: number; readonly cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause })
    this.name = 'PanelProblemError'
    this.code = code
    this.retryS = options.retryS ?? null
  }
}
