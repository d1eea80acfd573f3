import type { Logger } from '../basics/logger.ts'
import type { Random } from '../basics/random.ts'
import type { Clock } from '../basics/clock.ts'
import type { DecisionEngine } from '../decisions/decision-engine.ts'
import type { NewEvent } from '../ledger/event.ts'
import { sealed } from '../ledger/event.ts'
import type { SessionRoom } from '../sessions/session-room.ts'
import type { GrantRequest } from './grant-request.ts'
import type { GrantRequestStore } from './grant-request-store.ts'

/** What every use case of grants is handed. */
export interface GrantRoom {
  readonly store: GrantRequestStore
  readonly sessions: SessionRoom
  readonly activePolicy: Pick<DecisionEngine, 'revision' | 'reasons'>
  readonly changes: GrantChanges
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
}

export type GrantListener = (request: GrantRequest) => void

/** Tells whoever shows requests that one was asked or answered. */
export class GrantChanges {
  readonly #listeners = new Set<GrantListener>()

  onChange(listener: GrantListener): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  tell(request: GrantRequest): void {
    for (const listener of this.#listeners) listener(request)
  }
}

/** What is recorded of a request when it is asked, and when it is answered. */
export function grantEvent(type: 'grant.requested' | 'grant.answered', request: GrantRequest, actor: NewEvent['actor']): NewEvent {
  const { about, answer } = request
  return {
    log: { kind: 'o', organisation: request.organisationId },
    type,
    session: null,
    actor,
    detail: {
      request: request.id,
      person: sealed(request.personId),
      device: about?.deviceId ?? null,
      service: about?.service ?? null,
      code: about?.code ?? null,
      state: request.state,
      text: sealed(answer === null ? request.note : answer.text),
    },
  }
}
