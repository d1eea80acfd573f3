import { CodedError } from '../basics/coded-error.ts'
import { wholeInstallation } from '../basics/scope.ts'
import { signInCompleted, signInEnded } from './sign-in-events.ts'
import { tokenHash, type SignInRoom } from './sign-in-room.ts'
import type { SignIn } from './sign-in-store.ts'

/**
 * Comes back from the provider. A fresh random token for each sign-in (no fixation); the account must have facts here and be active.
 *
 * @throws CodedError `sign_in_failed`, `account_unknown`, `account_disabled`
 */
export async function completeSignIn(
  room: SignInRoom,
  options: {
    readonly callback: URL
    readonly pendingToken: string
    readonly address: string | null
    /** The cookie that this browser held until now. */
    readonly previousToken?: string | undefined
  },
): Promise<{ readonly token: string; readonly returnTo: string; readonly expiresAt: number }> {
  const pending = await room.store.takePending(tokenHash(options.pendingToken))
  const nowS = room.clock.nowS()
  if (pending === undefined || pending.expiresAt <= nowS) {
    throw new CodedError({
      code: 'sign_in_failed',
      message: 'This sign-in was used already or took too long. Start again from the portal.',
      remedy: 'sign_in',
    })
  }
  const finished = await room.client.finish(options.callback, pending)
  const person = await room.people.findBySubject(room.issuer, finished.subject)
  if (person === undefined) {
    throw new CodedError({
      code: 'account_unknown',
      message: 'Your account has no access here. Ask your service administrator.',
      remedy: 'forbidden',
    })
  }
  if (person.status !== 'active') {
    throw new CodedError({
      code: 'account_disabled',
      message: 'Your account is disabled. Ask your service administrator.',
      remedy: 'forbidden',
    })
  }
  const token = room.random.token(32)
  const expiresAt = nowS + room.settings.lifetimeS
  const signIn: SignIn = {
    tokenHash: tokenHash(token),
    client: 'browser',
    personId: person.id,
    createdAt: nowS,
    expiresAt,
    lastSeenAt: nowS,
    authenticatedAt: finished.authenticatedAt,
    methods: finished.methods,
    idToken: finished.idToken,
    providerSession: finished.providerSession,
    address: options.address,
  }
  await room.store.insert(signIn, [signInCompleted(person, signIn)])
  if (options.previousToken !== undefined) await endPrevious(room, tokenHash(options.previousToken), signIn)
  return { token, returnTo: pending.returnTo, expiresAt }
}

/** What this browser held before is worth nothing any more, also for somebody who had copied it (ASVS 7.2.4). */
async function endPrevious(room: SignInRoom, hash: string, next: SignIn): Promise<void> {
  const previous = await room.store.find(hash)
  const person = previous && (await room.people.find(wholeInstallation, previous.personId))
  // His own machines stay open; those of somebody else who sat here before do not.
  if (person?.id === next.personId) await room.store.handOver(hash, next.tokenHash)
  if (person !== undefined) await room.store.delete(hash, [signInEnded(person, { reason: 'signed_in_again' })])
}
