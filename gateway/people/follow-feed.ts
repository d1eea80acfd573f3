import { isCodedError } from '../basics/coded-error.ts'
import { carryOutChange } from './carry-out-change.ts'
import type { PeopleRoom } from './people-room.ts'
import { everybody, reconcilePeople } from './reconcile-people.ts'

const waitS = 25
const retryMs = 1_000

/** Where the reader stands. Nothing is known of a feed that was never read, or that has another history than ours. */
interface Reader {
  position: number
  /** The feed was seen empty: nothing was told before us. */
  fromItsBeginning: boolean
  /** Everybody is compared with his account once what the feed holds is carried out. */
  reconcileDue: boolean
  /** Changes were lost: nobody's sign-in can be trusted, and the feed goes on only after everybody was read anew. */
  lost: boolean
  /** Why it cannot be followed now, as it was logged last. */
  trouble: string | null
}

/**
 * Follows the provider's numbered feed until `signal`: a change of status, name or factors reaches open sessions at once. After a start,
 * after an outage, and where the feed has another history than ours (the provider's database, or our own, was restored), everybody is
 * compared with his account.
 */
export async function followFeed(room: PeopleRoom, signal: AbortSignal): Promise<void> {
  const position = await room.store.feedPosition(room.provider.issuer)
  const reader: Reader = { position, fromItsBeginning: false, reconcileDue: true, lost: false, trouble: null }
  while (!signal.aborted) {
    try {
      await (reader.lost ? startAnew(room, reader, signal) : goOn(room, reader, signal))
      if (reader.trouble !== null) room.logger.info({}, 'the feed of the identity provider is followed again')
      reader.trouble = null
    } catch (error) {
      if (signal.aborted) return
      if (isCodedError(error, 'feed_rewound') && !reader.lost) await lose(room, reader)
      else await outage(room, reader, error, signal)
    }
  }
}

async function goOn(room: PeopleRoom, reader: Reader, signal: AbortSignal): Promise<void> {
  const { changes, last } = await room.provider.changes(reader.position, reader.reconcileDue ? 0 : waitS, signal)
  // Whoever stands at 0 has no number by which the provider could know him: there may have been more than it still holds.
  if (reader.position === 0 && last > 0 && !reader.fromItsBeginning) return lose(room, reader)
  if (reader.position === 0) reader.fromItsBeginning = last === 0 || reader.fromItsBeginning
  for (const change of changes) {
    await carryOutChange(room, change)
    await moveTo(room, reader, change.n)
  }
  if (changes.length > 0 || !reader.reconcileDue) return
  await reconcilePeople(room, signal)
  reader.reconcileDue = false
}

/** What was lost may have been a password that somebody else had, or a sign-out: everybody signs in again. */
async function lose(room: PeopleRoom, reader: Reader): Promise<void> {
  reader.lost = true
  const people = await everybody(room)
  const fields = { position: reader.position, people: people.length }
  if (reader.position > 0) {
    room.logger.error(fields, 'the feed of the identity provider has another history than ours (was a database restored?): all sign out')
  }
  const at = room.clock.nowS()
  for (const { id } of people) room.changes.tell(id, 'credentials', { at })
}

/** The end of the feed first, everybody then: what changes while they are read comes again. */
async function startAnew(room: PeopleRoom, reader: Reader, signal: AbortSignal): Promise<void> {
  const { last } = await room.provider.changes(0, 0, signal)
  await reconcilePeople(room, signal)
  await moveTo(room, reader, last)
  reader.lost = false
  reader.reconcileDue = false
  room.logger.warn({ position: last }, 'everybody was compared with his account at the identity provider')
}

async function moveTo(room: PeopleRoom, reader: Reader, position: number): Promise<void> {
  await room.store.saveFeedPosition(room.provider.issuer, position)
  reader.position = position
}

async function outage(room: PeopleRoom, reader: Reader, error: unknown, signal: AbortSignal): Promise<void> {
  const trouble = isCodedError(error) ? error.code : 'bug'
  if (trouble !== reader.trouble) {
    const level = trouble === 'identity_provider_unreachable' ? 'warn' : 'error'
    room.logger[level]({ err: error }, 'the feed of the identity provider cannot be followed now')
  }
  reader.trouble = trouble
  reader.reconcileDue = true
  await pause(room, signal)
}

function pause(room: PeopleRoom, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      timer.cancel()
      signal.removeEventListener('abort', end)
      resolve()
    }
    const timer = room.clock.after(retryMs, end)
    signal.addEventListener('abort', end)
  })
}
