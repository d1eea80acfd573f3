import type { SignInAgain } from './oidc-client.ts'
import { tokenHash, type SignInRoom } from './sign-in-room.ts'

const pendingLifetimeS = 600

/** Leaves for the provider, with `again` so that it asks for a proof although it knows him. The token goes into a cookie of this browser, so that a callback in another one is worth nothing (sign-in CSRF). */
export async function beginSignIn(
  room: SignInRoom,
  { returnTo, address, again }: { readonly returnTo: string; readonly address: string; readonly again?: SignInAgain | undefined },
): Promise<{ readonly url: URL; readonly token: string }> {
  room.pace.admit(address)
  const { url, state, nonce, codeVerifier } = await room.client.start(again)
  const token = room.random.token(32)
  await room.store.insertPending({
    tokenHash: tokenHash(token),
    state,
    nonce,
    codeVerifier,
    returnTo: safeReturnPath(returnTo),
    expiresAt: room.clock.nowS() + pendingLifetimeS,
  })
  return { url, token }
}

/** A path of the portal itself and nothing else: no other host, no scheme, no backslash that a browser reads as a slash. */
function safeReturnPath(path: string): string {
  if (!/^\/[\w\-./?=&%:~]*$/.test(path) || path.startsWith('//') || path.startsWith('/auth/')) return '/'
  return path
}
