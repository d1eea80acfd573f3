import type { PersonId } from '../../basics/ids.ts'
import { administrator, gatewayActor, sealed, type NewEvent } from '../../ledger/event.ts'
import type { Activation, ActivationKind, RevisionBundle } from '../revisions/revision.ts'
import { keepPolicy } from './kept-policy.ts'
import { policyClosed } from './policy-alarm.ts'
import type { PolicyRoom } from './policy-room.ts'

export interface ActivationOrder {
  /** Proven before: see `bundleFlaw`. */
  readonly bundle: RevisionBundle
  readonly kind: ActivationKind
  readonly by: PersonId | null
  readonly approvedBy: PersonId | null
  readonly comment: string
  readonly impact: Activation['impact']
}

export interface CarriedOut {
  readonly sequence: number
  readonly endedSessions: number
}

/** So long it is waited for open sessions to be decided anew, before it is said how many ended. */
const settleWithinMs = 10_000

/**
 * In this order, and nothing in between is half of it: workers with the policy are warm; the row and its event are durable; the engine swaps;
 * the copy beside the database follows. Whoever dies before the second has changed nothing, and after it starts with the new policy.
 *
 * To be called in a turn of the room (`inTurn`), together with the checks that allow it.
 *
 * @throws CodedError `policy_not_loadable`, `stale_version`: the old policy stays active
 */
export async function carryOutActivation(room: PolicyRoom, order: ActivationOrder): Promise<CarriedOut> {
  const { ports, signer } = room
  if (signer === null) throw policyClosed()
  const { bundle, kind, by, approvedBy, comment, impact } = order
  const { policy } = bundle
  const step = { sequence: room.highest + 1, previous: room.active?.revision ?? null }
  const prepared = await ports.engine.prepare(policy)
  const at = ports.clock.nowMs()
  const signature = signer.signActivation(step, policy)
  const activation = { ...step, revision: policy.revision, kind, by, approvedBy, comment, at, impact, signature }
  try {
    await ports.store.insertActivation(activation, room.stored, ports.organisation, [eventOf(room, activation)])
  } catch (error) {
    await prepared.discard()
    throw error
  }
  room.stored = step.sequence
  room.highest = step.sequence
  room.active = { ...step, revision: policy.revision, since: at, by, comment, policy }
  room.alarms = room.alarms.filter(({ code }) => code === 'shipped_policy_damaged')
  const endings = ports.watchEndings()
  const { settled } = await prepared.use()
  await keepPolicy(ports.dataDir, { ...step, at, activationSignature: signature, bundle }).catch((error: unknown) =>
    ports.logger.error({ err: error }, 'the copy of the active policy beside the database could not be written; the next start does it'),
  )
  room.tell({ what: 'activated', revision: policy.revision, ...(by === null ? {} : { by }) })
  const patience = Promise.withResolvers<void>()
  const timer = ports.clock.after(settleWithinMs, patience.resolve)
  await Promise.race([settled, patience.promise])
  timer.cancel()
  const endedSessions = endings.count()
  endings.stop()
  return { sequence: step.sequence, endedSessions }
}

const eventOf = ({ ports }: PolicyRoom, activation: Activation): NewEvent => ({
  log: { kind: 'o', organisation: ports.organisation },
  type: 'policy.activated',
  session: null,
  actor: activation.by === null ? gatewayActor : administrator(activation.by),
  detail: {
    revision: activation.revision,
    previous: activation.previous,
    sequence: activation.sequence,
    kind: activation.kind,
    approved_by: activation.approvedBy === null ? null : sealed(activation.approvedBy),
    comment: activation.comment,
  },
})
