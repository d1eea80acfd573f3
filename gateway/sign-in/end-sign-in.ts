import type { SignInRoom } from './sign-in-room.ts'
import { signInEnded } from './sign-in-events.ts'
import type { SignedIn } from './who-is-signed-in.ts'

/** Ends the portal's session at once; the address leads to the provider, which ends its own. */
export async function endSignIn(room: SignInRoom, { person, signIn }: SignedIn): Promise<URL> {
  await room.store.delete(signIn.tokenHash, [signInEnded(person)])
  return room.client.endSessionUrl(signIn.idToken)
}
