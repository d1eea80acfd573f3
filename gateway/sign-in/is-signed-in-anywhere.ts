import type { PersonId } from '../basics/ids.ts'
import type { SignInRoom } from './sign-in-room.ts'

/** Whether a person is still signed in somewhere: a browser that nobody has used for too long does not count. */
export async function isSignedInAnywhere({ store, clock, settings }: SignInRoom, personId: PersonId): Promise<boolean> {
  const nowS = clock.nowS()
  return store.isAnywhere(personId, nowS, nowS - settings.idleS)
}
