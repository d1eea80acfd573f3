import { technician } from '../ledger/event.ts'
import type { Person } from '../people/person.ts'
import { endSession } from './end-session.ts'
import type { SessionRoom } from './session-room.ts'

/** The technician is gone: whoever sits down at his browser next must not be in a machine, and its operator must not read that he is. */
export async function endSessionsOf(room: SessionRoom, person: Person): Promise<void> {
  const own = room.list().filter(({ session }) => session.personId === person.id)
  // What cannot be stored is shut all the same, and stored later: signing out does not fail over it.
  await Promise.allSettled(
    own.map(({ session }) =>
      endSession(room, session.id, {
        reason: session.approval === null ? 'withdrawn' : 'ended_by_technician',
        actor: technician(person.id),
        by: person.name,
      }),
    ),
  )
}
