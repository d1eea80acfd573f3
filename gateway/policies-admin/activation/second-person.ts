import { isDeepStrictEqual } from 'node:util'
import type { PersonId } from '../../basics/ids.ts'
import { administrator } from '../../ledger/event.ts'
import type { WaitingStep } from '../revisions/revision-store.ts'
import type { PolicyRoom } from './policy-room.ts'

export interface Waiting {
  readonly waiting: WaitingStep
}

export interface AskedStep {
  readonly what: WaitingStep['what']
  readonly by: PersonId
  /** What exactly is asked for: the second person has to ask for the same. */
  readonly step: Readonly<Record<string, string | number>>
  readonly comment: string
}

/** So long it waits for a second person. */
const stepWaitsMs = 24 * 3_600_000

/** A step that one person asks for and another one has to ask for as well. @returns who asked first, or the step that waits now */
export async function secondPerson(room: PolicyRoom, asked: AskedStep): Promise<{ readonly first: PersonId } | Waiting> {
  const { store, clock, organisation } = room.ports
  const { what, by, step, comment } = asked
  const nowMs = clock.nowMs()
  const known = await waitingStep(room, what)
  if (known !== undefined && known.by !== by && isDeepStrictEqual(known.step, step) && (await isInTeam(room, known.by)))
    return { first: known.by }
  const waiting = { what, organisationId: organisation, by, step, comment, at: nowMs, expiresAt: nowMs + stepWaitsMs }
  await store.putWaitingStep(waiting, [
    {
      log: { kind: 'o', organisation },
      type: 'policy.step_asked',
      session: null,
      actor: administrator(by),
      detail: { what, step, comment },
    },
  ])
  room.tell({ what: 'waiting', by })
  return { waiting }
}

/** What waits and has not run out. A step back from a policy that is not active any more is none. */
export async function waitingSteps(room: PolicyRoom): Promise<readonly WaitingStep[]> {
  const nowMs = room.ports.clock.nowMs()
  const active = room.active?.revision
  const isOpen = ({ what, step, expiresAt }: WaitingStep): boolean => expiresAt > nowMs && (what !== 'roll_back' || step['from'] === active)
  return (await room.ports.store.waitingSteps()).filter(isOpen)
}

const isInTeam = async ({ ports }: PolicyRoom, person: PersonId): Promise<boolean> => (await ports.team()).some(({ id }) => id === person)

const waitingStep = async (room: PolicyRoom, what: WaitingStep['what']): Promise<WaitingStep | undefined> =>
  (await waitingSteps(room)).find((step) => step.what === what)
