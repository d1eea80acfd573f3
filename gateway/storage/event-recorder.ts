import { createHash } from 'node:crypto'
import { canonicalJson } from '../../agent/wire/canonical-json.ts'
import type { Clock } from '../basics/clock.ts'
import { CodedError } from '../basics/coded-error.ts'
import type { Random } from '../basics/random.ts'
import type { WriteStatement } from '../database/database.ts'
import { eventTypes } from '../ledger/event.ts'
import type { ActorKind, EventValue, NewEvent, Sealed } from '../ledger/event.ts'
import { unknown } from './refusals.ts'

/** ledger.md, section 2. */
const maxEntryBytes = 16_384

interface SealedValue {
  readonly hash: string
  readonly salt: string
  readonly value: string
}

const insertEvent = (ownerSql: string): string =>
  `INSERT INTO events (log_kind, log_id, organisation_id, seq, time_ms, boot, mono, type, session, actor_kind, actor_id, detail)
   VALUES (?1, ?2, ${ownerSql}, (SELECT coalesce(max(seq) + 1, 0) FROM events WHERE log_kind = ?1 AND log_id = ?2), ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)`
const insertDeviceEvent = insertEvent('(SELECT organisation_id FROM devices WHERE id = ?2)')
const insertOrganisationEvent = insertEvent('?2')

const insertValue = `INSERT INTO event_values (log_kind, log_id, seq, hash, organisation_id, salt, value)
   SELECT log_kind, log_id, seq, ?3, organisation_id, ?4, ?5 FROM events WHERE log_kind = ?1 AND log_id = ?2 ORDER BY seq DESC LIMIT 1`

/**
 * Turns events into statements: sealed, canonical, stamped with time, `boot` and `mono`. The sequence is counted in the INSERT itself, so
 * a unit that is rolled back leaves no gap. The writer keeps the order of the calls, so the stamps are in the order of the sequence as
 * long as the statements are written in the turn in which they are made.
 */
export function createEventRecorder(options: {
  readonly clock: Clock
  readonly random: Random
  /** 32 hex, random for each start of the process. */
  readonly boot: string
}): (events: readonly NewEvent[]) => WriteStatement[] {
  const { clock, random, boot } = options
  const startedAt = clock.monotonicMs()
  let lastMono = 0
  return (events) => {
    lastMono = Math.max(lastMono, Math.floor(clock.monotonicMs() - startedAt))
    const stamp = { time: clock.nowMs(), boot, mono: lastMono }
    return events.flatMap((event) => statementsOf(event, stamp, random))
  }
}

function statementsOf(event: NewEvent, stamp: { time: number; boot: string; mono: number }, random: Random): WriteStatement[] {
  if (!eventTypes.includes(event.type)) throw invalid(event, `"${event.type}" is not in the list of events`)
  const values: SealedValue[] = []
  const seal = (value: string): { sealed: string } => {
    const kept = sealedValue(value, random.bytes(16))
    values.push(kept)
    return { sealed: kept.hash }
  }
  const actorId = event.actor.id !== null && isPerson(event.actor.kind) ? seal(event.actor.id) : event.actor.id
  const detail = withoutSealed(event.detail, '', seal, event)
  const [logKind, logId] = event.log.kind === 'g' ? ['g', event.log.device] : ['o', event.log.organisation]
  const session = event.session === null ? null : event.session.replace(/^ses_/, '')
  const text = checkedEntry(event, { ...stamp, logId, session, actorId, detail })
  const actor = typeof actorId === 'string' ? actorId : actorId && canonicalJson(actorId)
  return [
    {
      query: {
        sql: logKind === 'g' ? insertDeviceEvent : insertOrganisationEvent,
        parameters: [logKind, logId, stamp.time, stamp.boot, stamp.mono, event.type, session, event.actor.kind, actor, text],
      },
      missing: unknown(logKind === 'g' ? 'device' : 'organisation'),
    },
    ...values.map(({ hash, salt, value }) => ({ query: { sql: insertValue, parameters: [logKind, logId, hash, salt, value] } })),
  ]
}

export const isPerson = (kind: ActorKind): boolean => kind === 'technician' || kind === 'operator' || kind === 'administrator'

function sealedValue(value: string, salt: Buffer): SealedValue {
  const hash = createHash('sha256').update(salt).update(value, 'utf8').digest('base64')
  return { hash, salt: salt.toString('base64'), value }
}

const isSealed = (value: EventValue): value is Sealed => typeof value === 'object' && value !== null && 'sealedValue' in value

function withoutSealed(value: EventValue, path: string, seal: (value: string) => EventValue, event: NewEvent): EventValue {
  if (typeof value !== 'object' || value === null) return value
  if (isSealed(value)) return seal(value.sealedValue)
  // A Date, a Map: left for canonical JSON to refuse.
  if (!Array.isArray(value) && Object.getPrototypeOf(value) !== Object.prototype) return value
  if (Array.isArray(value)) return value.map((item: EventValue, index) => withoutSealed(item, `${path}[${index}]`, seal, event))
  const members = Object.entries(value).map(([name, member]): [string, EventValue] => {
    if (!/^[a-z][a-z0-9_]*$/.test(name)) throw invalid(event, `detail${path}: "${name}" is not a name of the form [a-z][a-z0-9_]*`)
    return [name, withoutSealed(member, `${path}.${name}`, seal, event)]
  })
  return Object.fromEntries(members)
}

/** The canonical detail, once the whole entry is known to fit, with the largest values of the members that signing will add. */
function checkedEntry(
  event: NewEvent,
  made: { time: number; boot: string; mono: number; logId: string; session: string | null; actorId: EventValue; detail: EventValue },
): string {
  const most = Number.MAX_SAFE_INTEGER
  const digest = 'x'.repeat(44)
  const entry = {
    v: 1,
    log: `${'x'.repeat(253)}/${event.log.kind}/${made.logId}/${most}`,
    seq: most,
    time: made.time,
    boot: made.boot,
    mono: made.mono,
    type: event.type,
    session: made.session,
    actor: { kind: event.actor.kind, id: made.actorId },
    detail: made.detail,
    peer: { epoch: most, root: digest, size: most },
    prev: digest,
  }
  const bytes = canonicalBytes(entry, event)
  if (bytes <= maxEntryBytes) return canonicalJson(made.detail)
  throw new CodedError({
    code: 'event_too_large',
    message: `What would be recorded (${event.type}) is too large: ${bytes} bytes of at most ${maxEntryBytes}. Use shorter texts. Nothing was changed.`,
    remedy: 'fix',
  })
}

function canonicalBytes(entry: unknown, event: NewEvent): number {
  try {
    return Buffer.byteLength(canonicalJson(entry), 'utf8')
  } catch (error) {
    throw invalid(event, error instanceof Error ? error.message : String(error))
  }
}

function invalid(event: NewEvent, why: string): CodedError {
  return new CodedError({
    code: 'event_invalid',
    message: 'What this change would record has no form that a ledger can keep. Nothing was changed.',
    remedy: 'bug',
    details: { type: event.type, why },
  })
}
