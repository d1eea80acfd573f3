import { CodedError } from '../../basics/coded-error.ts'
import type { SessionId } from '../../basics/ids.ts'

/** Connections of one session at once, those on their way among them; a tool that opens more has gone wrong. */
const mostConnections = 64

/** How many connections each session has. */
export class Places {
  readonly #taken = new Map<SessionId, number>()

  /** Gives back how to leave it, which counts once. @throws CodedError `too_many_connections` */
  take(session: SessionId): () => void {
    const taken = this.#taken.get(session) ?? 0
    if (taken >= mostConnections) {
      const message = `A session has at most ${mostConnections} connections. Close some.`
      throw new CodedError({ code: 'too_many_connections', message, remedy: 'retry', details: { status: 429 } })
    }
    this.#taken.set(session, taken + 1)
    let left = false
    return () => {
      if (left) return
      left = true
      const others = (this.#taken.get(session) ?? 1) - 1
      if (others > 0) this.#taken.set(session, others)
      else this.#taken.delete(session)
    }
  }
}
