import { isCodedError } from '../basics/coded-error.ts'
import { wholeInstallation } from '../basics/scope.ts'
import { sealed } from '../ledger/event.ts'
import { factsDetail } from './create-person.ts'
import type { AccountChange } from './identity-provider.ts'
import type { PersonChange } from './people-changes.ts'
import type { PeopleRoom } from './people-room.ts'
import type { Person } from './person.ts'

const waitS = 25
const retryMs = 1_000

/** Follows the provider's numbered feed until `signal`: a change of status, name or factors reaches open sessions at once. */
export async function followFeed(room: PeopleRoom, signal: AbortSignal): Promise<void> {
  let position = await room.store.feedPosition(room.provider.issuer)
  let reachable = true
  while (!signal.aborted) {
    try {
      for (const change of await room.provider.changes(position, waitS, signal)) {
        await carryOut(room, change)
        position = change.n
        await room.store.saveFeedPosition(room.provider.issuer, position)
      }
      reachable = true
    } catch (error) {
      if (signal.aborted) return
      if (reachable) room.logger.warn({ err: error }, 'the feed of the identity provider cannot be followed now')
      reachable = false
      await pause(room, signal)
    }
  }
}

function pause(room: PeopleRoom, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = room.clock.after(retryMs, resolve)
    signal.addEventListener(
      'abort',
      () => {
        timer.cancel()
        resolve()
      },
      { once: true },
    )
  })
}

/** Carrying out a change twice changes nothing: after a crash it comes again. */
async function carryOut(room: PeopleRoom, change: AccountChange): Promise<void> {
  const person = await room.store.findBySubject(room.provider.issuer, change.sub)
  // An account that was made a moment ago and has no facts yet, or one that this gateway does not know.
  if (person === undefined) return
  const next = applied(person, change)
  if (next !== person) await save(room, person, { ...next, version: person.version + 1 }, change)
  const reason = reasonOf(change)
  if (reason !== null) room.changes.tell(person.id, reason, { at: change.time, providerSession: change.sid })
}

function applied(person: Person, change: AccountChange): Person {
  if (change.status !== undefined && change.status !== person.status) return { ...person, status: change.status }
  if (change.name !== undefined && change.name !== person.name) return { ...person, name: change.name }
  if (change.photo_sha256 !== undefined && change.photo_sha256 !== person.photoSha256)
    return { ...person, photoSha256: change.photo_sha256 }
  return person
}

async function save(room: PeopleRoom, before: Person, person: Person, change: AccountChange): Promise<void> {
  try {
    await room.store.update(wholeInstallation, person, [
      {
        log: { kind: 'o', organisation: before.organisationId },
        type: 'account.changed',
        session: null,
        actor: { kind: 'idp', id: 'idp' },
        detail: { change: change.type, person: sealed(person.id), ...factsDetail(person) },
      },
    ])
  } catch (error) {
    if (!isCodedError(error, 'stale_version')) throw error
    // Somebody changed the facts in the same moment: take the newest and try again.
    const newest = await room.store.find(wholeInstallation, person.id)
    if (newest === undefined) return
    const next = applied(newest, change)
    if (next !== newest) await save(room, newest, { ...next, version: newest.version + 1 }, change)
  }
}

function reasonOf(change: AccountChange): PersonChange | null {
  if (change.type === 'account.status') return 'status'
  if (change.type === 'account.credentials') return 'credentials'
  if (change.type === 'account.signed_out') return 'signed_out'
  if (change.type === 'account.profile' || change.type === 'account.photo') return 'facts'
  return null
}
