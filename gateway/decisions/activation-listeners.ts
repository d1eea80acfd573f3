import type { Logger } from '../basics/logger.ts'
import type { ActivationListener } from './decision-engine.ts'

/** Who wants to hear that another policy decides. One that fails keeps it from nobody else. */
export class ActivationListeners {
  readonly #logger: Logger
  readonly #listeners = new Set<ActivationListener>()

  constructor(logger: Logger) {
    this.#logger = logger
  }

  add(listener: ActivationListener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Calls all of them before it returns. The promise: all have done what they do about it; it never rejects. */
  async tell(revision: string): Promise<void> {
    await Promise.all(Array.from(this.#listeners, (listener) => this.#tellOne(listener, revision)))
  }

  async #tellOne(listener: ActivationListener, revision: string): Promise<void> {
    try {
      await listener(revision)
    } catch (error) {
      this.#logger.error({ error: String(error) }, 'a listener for policy activation failed')
    }
  }
}
