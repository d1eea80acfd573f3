import type { PanelProblemCode } from '../../../agent/panel/panel-api.ts'

/** What the agent answered instead of what was asked for; `unreachable` when it did not answer. */
export class PanelProblemError extends Error {
  readonly code: PanelProblemCode | 'unreachable'

  constructor(code: PanelProblemCode | 'unreachable', message: string, cause?: unknown) {
    super(message, { cause })
    this.name = 'PanelProblemError'
    this.code = code
  }
}
