import { createDurableRecords } from '../approvals/durable-records.ts'
import type { Clock, Timer } from '../basics/clock.ts'
import type { Logger } from '../basics/logger.ts'
import type { OperatorList } from '../operators/operator-list.ts'
import type { ActStore } from '../state/act-store.ts'
import type { EventStore } from '../state/event-store.ts'
import type { StateDatabase } from '../state/state-database.ts'
import type { UpdateStore } from '../state/update-store.ts'
import type { PanelUpdateOffer } from '../panel/panel-api-update.ts'
import type { UpdateTrust } from './pinned-keys.ts'
import { createUpdateDesk } from './update-desk.ts'
import type { UpdateDesk } from './update-desk.ts'

/** How this process stands to its launcher. */
export interface UpdateSituation {
  readonly trust: UpdateTrust | null
  /** Tells the launcher that this version works; null: this is no trial. */
  readonly reached: (() => void) | null
  /** Ends this process in favour of what the record of versions names. */
  readonly restart: () => void
}

export interface UpdatesOptions {
  readonly situation: UpdateSituation
  readonly settings: { readonly stateDir: string; readonly updates: { readonly consent: 'ask' | 'standing'; readonly withinS: number } }
  readonly version: string
  readonly database: StateDatabase
  readonly events: EventStore
  readonly acts: ActStore
  readonly updates: UpdateStore
  readonly operators: OperatorList
  readonly clock: Clock
  readonly logger: Logger
  readonly remote: () => boolean
  readonly connected: () => boolean
  /** Somebody is in, or asks to be. */
  readonly busy: () => 'session' | 'request' | null
  readonly onChange: () => void
}

export interface Updates extends UpdateDesk {
  /** The gateway took this machine in, knows what it is and what it holds, and follows it. */
  followed(): void
}

/** Without remote service there is no gateway to reach: then a version works that has stood for so long. */
const standsMs = 10_000
const lookEveryMs = 500

export function startUpdates(options: UpdatesOptions): Updates {
  const { situation, settings, clock, events } = options
  let proof: Timer | undefined
  let proven = situation.reached === null
  const waits = (): PanelUpdateOffer['waits'] => options.busy() ?? (options.remote() && !options.connected() ? 'offline' : null)
  const desk = createUpdateDesk({
    ...options,
    stateDir: settings.stateDir,
    // A version that is being tried itself takes no other.
    trust: situation.trust,
    frozen: situation.reached !== null,
    ...settings.updates,
    records: createDurableRecords(options),
    event: (body) => events.append(body, clock.nowMs()),
    waits,
    restart: situation.restart,
  })
  /** From then on this is the version of the machine; it takes the launcher's place when nobody is disturbed. */
  const prove = (): void => {
    if (proven) return
    proven = true
    situation.reached?.()
    const leave = (): void => {
      if (options.busy() === null) return situation.restart()
      proof = clock.after(lookEveryMs, leave)
    }
    proof?.cancel()
    proof = clock.after(lookEveryMs, leave)
  }
  const standsWithout = (): void => {
    if (!options.remote()) return prove()
    proof = clock.after(standsMs, standsWithout)
  }
  if (!proven) proof = clock.after(standsMs, standsWithout)
  return {
    get state() {
      return desk.state
    },
    agree: desk.agree,
    decline: desk.decline,
    followed: prove,
    close: () => {
      proof?.cancel()
      desk.close()
    },
  }
}
