import { CodedError } from '../basics/coded-error.ts'
import { sealed, technician } from '../ledger/event.ts'
import { tokenHash, type SignInRoom } from './sign-in-room.ts'

/**
 * Comes back from the provider. A fresh random token for each sign-in (no fixation); the account must have facts here and be active.
 *
 * @throws CodedError `sign_in_failed`, `account_unknown`, `account_disabled`
 */
export async function completeSignIn(
  room: SignInRoom,
  options: { readonly callback: URL; readonly pendingToken: string; readonly address: string | null },
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
  await room.store.insert({
    tokenHash: tokenHash(token),
    personId: person.id,
    createdAt: nowS,
    expiresAt,
    lastSeenAt: nowS,
    authenticatedAt: finished.authenticatedAt,
    methods: finished.methods,
    idToken: finished.idToken,
    providerSession: finished.providerSession,
    address: options.address,
  })
  await room.events.append([
    {
      log: { kind: 'o', organisation: person.organisationId },
      type: 'sign_in.completed',
      session: null,
      actor: technician(person.id),
      detail: { address: options.address === null ? null : sealed(options.address), methods: [...finished.methods] },
    },
  ])
  return { token, returnTo: pending.returnTo, expiresAt }
}
