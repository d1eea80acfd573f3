import type { SignInRoom } from './sign-in-room.ts'
import { signInEnded } from './sign-in-events.ts'
import type { SignedIn } from './who-is-signed-in.ts'

/**
 * Ends the portal's session at once, and with a browser's the command lines that it let act; the address leads to the provider, which ends its
 * own, if it is asked at all.
 */
export async function endSignIn(room: SignInRoom, { person, signIn }: SignedIn): Promise<URL> {
  await room.store.delete(signIn.tokenHash, [signInEnded(person)])
  const { client, providerSession } = signIn
  if (client === 'browser' && providerSession !== null) {
    const count = await room.store.deleteOfPerson(person.id, { providerSession })
    if (count > 0) await room.events.append([signInEnded(person, { count, reason: 'signed_out' })])
  }
  return room.client.endSessionUrl(signIn.idToken)
}
