import type { Clock } from '../basics/clock.ts'
import type { Logger } from '../basics/logger.ts'
import type { Random } from '../basics/random.ts'
import type { DecisionEngine } from '../decisions/decision-engine.ts'
import type { SessionRoom } from '../sessions/session-room.ts'
import type { PeopleChanges } from '../people/people-changes.ts'
import type { GrantRequestStore } from './grant-request-store.ts'
import { GrantChanges, type GrantRoom } from './grant-room.ts'
import { settleGrantRequests, type WhatChanged } from './settle-grant-requests.ts'

export interface StartGrantsOptions {
  readonly store: GrantRequestStore
  readonly sessions: SessionRoom
  readonly decisions: DecisionEngine
  readonly people: PeopleChanges
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
}

export interface Grants {
  readonly room: GrantRoom
  /** Once every change until now was looked at. */
  settled(): Promise<void>
  /** Looks after nothing any more, and waits for what is under way. */
  close(): Promise<void>
}

/** Open requests are looked after whenever something changed that could have removed their reason: a person, a machine, the policy. One after another. */
export function startGrants({ decisions, people, ...parts }: StartGrantsOptions): Grants {
  const room: GrantRoom = { ...parts, activePolicy: decisions, changes: new GrantChanges() }
  let last: Promise<void> = Promise.resolve()
  const waiting = new Set<string>()
  const settle = (changed: WhatChanged): void => {
    const key = JSON.stringify(changed)
    if (waiting.has(key)) return
    waiting.add(key)
    last = last
      .then(() => {
        waiting.delete(key)
        return settleGrantRequests(room, changed)
      })
      .catch((error: unknown) => room.logger.warn({ err: error }, 'open requests for a grant could not be looked after'))
  }
  settle({})
  const stops = [
    people.onChange((person) => settle({ person })),
    room.sessions.ports.deviceChanges.onChange((device) => settle({ device })),
    decisions.onActivated(() => settle({})),
  ]
  return {
    room,
    settled: () => last,
    async close() {
      for (const stop of stops) stop()
      await last
    },
  }
}
