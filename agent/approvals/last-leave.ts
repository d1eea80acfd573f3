import type { LiveSession, Moment } from './approval-state.ts'
import type { StandingWord } from '../state/mode-store.ts'
import type { ShownPerson } from './same-person.ts'

/** The session before, where it ended so that its technician may come back. */
export interface LeftSession extends StandingWord {
  readonly technician: ShownPerson
  readonly services: readonly string[]
  readonly leftAt: Moment
  /** Unix seconds: the end that was approved. */
  readonly expiresAtS: number
}

/** Who may come back without a press, where a service allows it: nobody whom somebody at the machine has sent away or narrowed since his press. */
export interface LastLeave {
  readonly left: LeftSession | null
  sessionEnded(ended: LiveSession, reason: string, now: Moment): void
  /** The operator said no to this technician. */
  refused(technician: string): void
  /** This service was barred. */
  barred(service: string): void
  /** The operator wants nobody in. */
  forget(): void
}

/** Endings after which the technician may come back; after others, such as the operator's, only a press lets him in. */
const mayComeBack: ReadonlySet<string> = new Set(['completed', 'ended_by_technician', 'device_lost', 'gateway_shutdown'])

export function createLastLeave(): LastLeave {
  let left: LeftSession | null = null
  return {
    get left() {
      return left
    },
    sessionEnded: (ended, reason, now) => {
      left = mayComeBack.has(reason) && isByPress(ended) && !isNarrowed(ended) ? leftSession(ended, now) : null
    },
    refused: (technician) => {
      if (left?.technician.id === technician) left = null
    },
    barred: (service) => {
      if (left?.services.includes(service) === true) left = null
    },
    forget: () => {
      left = null
    },
  }
}

/** What was planned or unattended is over when that consent is taken back, also while he is not in. */
const isByPress = ({ mode }: LiveSession): boolean => mode === 'attended' || mode === 'reconnect'

/** He would come back to a session that is neither paused nor view only, which takes an operator who shows who he is. */
const isNarrowed = ({ paused, viewOnly }: LiveSession): boolean => paused || viewOnly

function leftSession({ technician, services, approvedBy: by, proof, expiresAtS }: LiveSession, leftAt: Moment): LeftSession {
  return { technician, services, by, proof, expiresAtS, leftAt }
}
