import { CodedError } from '../basics/coded-error.ts'
import { deviceActor, gatewayActor, sealed, technician, type NewEvent } from '../ledger/event.ts'
import { requestDigest, type SessionRequest } from '../../agent/wire/session-request.ts'
import type { Approval, EndReason, Session } from './session.ts'

/** The pure state machine (design.md, section 6). Each transition gives the next version and the events that are kept with it, or throws `wrong_state`. */
export interface Transition {
  readonly session: Session
  readonly events: readonly NewEvent[]
}

type Change = Partial<Omit<Session, 'id' | 'version'>>
type Note = Pick<NewEvent, 'type' | 'actor' | 'detail'>

/** Policy, codes and revision that stand behind a transition; its decision is in the decision log under `id`. */
export interface DecisionNote {
  readonly id: string
  readonly action: string
  readonly allow: boolean
  readonly revision: string
  readonly codes: readonly string[]
}

function next(session: Session, change: Change, notes: readonly Note[]): Transition {
  const log = { kind: 'g', device: session.deviceId } as const
  return {
    session: { ...session, ...change, version: session.version + 1 },
    events: notes.map((note) => ({ log, session: session.id, ...note })),
  }
}

function demand(session: Session, ...states: readonly Session['state'][]): void {
  if (states.includes(session.state)) return
  throw new CodedError({
    code: 'wrong_state',
    message: `The session is ${session.state.replace('_', ' ')}; this needs one that is ${states.join(' or ').replaceAll('_', ' ')}.`,
    remedy: 'conflict',
  })
}

const decisionMade = (note: DecisionNote): Note => ({
  type: 'decision.made',
  actor: gatewayActor,
  detail: { action: note.action, allow: note.allow, codes: [...note.codes], decision: note.id, revision: note.revision },
})

/** The first version, and what is recorded with it. */
export function request(session: Session, decisions: readonly DecisionNote[]): Transition {
  const log = { kind: 'g', device: session.deviceId } as const
  const notes: Note[] = [
    {
      type: 'session.requested',
      actor: technician(session.personId),
      detail: {
        request: sealed(JSON.stringify(session.request)),
        request_digest: session.requestDigest,
        services: [...session.request.services],
      },
    },
    ...decisions.map(decisionMade),
  ]
  return { session, events: notes.map((note) => ({ log, session: session.id, ...note })) }
}

/** The agent says that the operator sees the request. */
export function shown(session: Session, atS: number): Transition {
  demand(session, 'requested')
  return next(session, { state: 'awaiting_approval', shownAt: atS }, [
    { type: 'notice.shown', actor: deviceActor(session.deviceId), detail: { request_digest: session.requestDigest } },
  ])
}

function approvalGiven(session: Session, approval: Approval): Note {
  return {
    type: 'approval.given',
    actor: { kind: 'operator', id: approval.operator },
    detail: {
      approval: sealed(approval.jws),
      expires: approval.expiresAt,
      mode: approval.mode,
      request_digest: approval.requestDigest,
      services: [...approval.services],
    },
  }
}

/** The operator's consent, verified. The session's time starts here. */
export function approve(session: Session, approval: Approval, decisions: readonly DecisionNote[]): Transition {
  demand(session, 'requested', 'awaiting_approval')
  return next(
    session,
    {
      state: 'approved',
      approval,
      approvedAt: approval.grantedAt,
      expiresAt: approval.expiresAt,
      shownAt: session.shownAt ?? approval.grantedAt,
    },
    [approvalGiven(session, approval), ...decisions.map(decisionMade)],
  )
}

/** The first stream. */
export function open(session: Session, atS: number, decision: DecisionNote): Transition {
  demand(session, 'approved')
  return next(session, { state: 'open', openedAt: atS }, [
    decisionMade(decision),
    { type: 'session.opened', actor: technician(session.personId), detail: {} },
  ])
}

/** The technician asks for more time. The session goes on under the approval that it has. */
export function askExtension(session: Session, extension: SessionRequest, decisions: readonly DecisionNote[]): Transition {
  demand(session, 'approved', 'open')
  if (session.pendingExtension !== null) {
    throw new CodedError({
      code: 'extension_pending',
      message: 'An extension already waits for the operator. Wait for the answer.',
      remedy: 'conflict',
    })
  }
  return next(session, { pendingExtension: extension }, [
    {
      type: 'session.requested',
      actor: technician(session.personId),
      detail: {
        kind: 'extend',
        request: sealed(JSON.stringify(extension)),
        request_digest: requestDigest(extension),
        services: [...extension.services],
      },
    },
    ...decisions.map(decisionMade),
  ])
}

export function extend(session: Session, approval: Approval, decisions: readonly DecisionNote[]): Transition {
  demand(session, 'approved', 'open')
  return next(session, { approval, expiresAt: approval.expiresAt, extensions: session.extensions + 1, pendingExtension: null }, [
    approvalGiven(session, approval),
    ...decisions.map(decisionMade),
    { type: 'session.extended', actor: { kind: 'operator', id: approval.operator }, detail: { expires: approval.expiresAt } },
  ])
}

/** Refused by `actor`, timed out or not shown: the session itself goes on. */
export function dropExtension(session: Session, how: string, actor: NewEvent['actor']): Transition {
  demand(session, 'approved', 'open')
  return next(session, { pendingExtension: null }, [{ type: 'request.refused', actor, detail: { how, kind: 'extend' } }])
}

/** The tunnel is gone (`atS`) or back (null); the clock of the session goes on. Nothing that a ledger would hold: the tunnel has events of its own. */
export function markTunnel(session: Session, lostAtS: number | null): Transition {
  demand(session, 'requested', 'awaiting_approval', 'approved', 'open')
  return next(session, { tunnelLostAt: lostAtS }, [])
}

export interface Ending {
  readonly reason: EndReason
  readonly atS: number
  /** Who did it, where a person did. */
  readonly actor: NewEvent['actor']
  /** The person's name, for the other party to read. */
  readonly by: string | null
  /** What policy said, where it ended the session. */
  readonly codes?: readonly string[]
}

/** Every session ends exactly once, with one reason. */
export function end(session: Session, ending: Ending): Transition {
  demand(session, 'requested', 'awaiting_approval', 'approved', 'open')
  const refusal: readonly Note[] =
    ending.reason === 'refused'
      ? [{ type: 'request.refused', actor: ending.actor, detail: { how: ending.codes?.[0] ?? 'refused', kind: 'open' } }]
      : []
  const by = ending.by === null ? null : sealed(ending.by)
  return next(
    session,
    {
      state: 'ended',
      endedAt: ending.atS,
      endReason: ending.reason,
      endedBy: ending.by,
      endCodes: ending.codes ?? [],
      pendingExtension: null,
      tunnelLostAt: null,
    },
    [...refusal, { type: 'session.ended', actor: ending.actor, detail: { by, codes: [...(ending.codes ?? [])], reason: ending.reason } }],
  )
}
