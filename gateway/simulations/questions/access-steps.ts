import type { ServiceName, SessionId } from '../../basics/ids.ts'
import type { DecisionInput } from '../../decisions/decision-input.ts'
import type { DecisionResult } from '../../decisions/decision-result.ts'
import type { Device } from '../../devices/device.ts'
import { decisionInput, type Asker, type JudgedSession } from '../../sessions/decision-facts.ts'
import type { AskedPolicy } from './asked-policy.ts'

/** See the machine, ask the people there, get in: each needs the one before, as at the portal. */
export const accessSteps = ['view', 'request', 'open'] as const
export type AccessStep = (typeof accessSteps)[number]

/** One person before one machine. */
export interface Encounter {
  readonly asker: Asker
  readonly device: Device
  readonly deviceOrganisationName: string
  /** Unix seconds. */
  readonly nowS: number
  /** How long she asks for. */
  readonly durationS: number
  /** For `open`: as if somebody at the machine had just pressed the button, for this service. */
  readonly approved: boolean
}

export interface StepAnswer {
  readonly action: AccessStep
  readonly service: ServiceName | null
  readonly input: DecisionInput
  readonly result: DecisionResult
}

/** What a step is asked with: the way of live questions (`sessions/decision-facts.ts`). */
export function inputOfStep(encounter: Encounter, action: AccessStep, service: ServiceName | null): DecisionInput {
  const { asker, device, deviceOrganisationName, nowS, durationS } = encounter
  const shared = { action, asker, device, deviceOrganisationName, service, nowS }
  if (action === 'view') return decisionInput({ ...shared, service: null, session: null })
  if (action === 'request') return decisionInput({ ...shared, session: null, durationS })
  return decisionInput({ ...shared, session: sessionAtThePress(encounter, service) })
}

/** As policy is asked about a session whose approval has just come (`sessions/receive-approval.ts`). */
function sessionAtThePress({ nowS, durationS, approved }: Encounter, service: ServiceName | null): JudgedSession {
  return {
    id: `ses_${'0'.repeat(32)}` as SessionId,
    requestedAt: nowS,
    approvedAt: null,
    openedAt: null,
    extensions: 0,
    request: { purpose: '', ticket: null, duration_s: durationS },
    approval: approved
      ? {
          operator: '',
          mode: 'attended',
          proof: 'none',
          grantedAt: nowS,
          expiresAt: nowS + durationS,
          services: service === null ? [] : [service],
        }
      : null,
  }
}

/** The steps of one service (null: the machine alone, which can only be seen), up to the first that is refused or to `upTo`. */
export async function walk(
  policy: AskedPolicy,
  encounter: Encounter,
  service: ServiceName | null,
  upTo: AccessStep,
): Promise<readonly StepAnswer[]> {
  const steps: StepAnswer[] = []
  for (const action of accessSteps) {
    if (action !== 'view' && service === null) break
    const about = action === 'view' ? null : service
    const input = inputOfStep(encounter, action, about)
    const result = await policy.decide(input)
    steps.push({ action, service: about, input, result })
    if (!result.allow || action === upTo) break
  }
  return steps
}
