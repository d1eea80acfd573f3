import { wholeInstallation } from '../basics/scope.ts'
import type { Person } from '../people/person.ts'
import { tokenHash, type SignInRoom } from './sign-in-room.ts'
import type { SignIn, SignInClient } from './sign-in-store.ts'

export interface SignedIn {
  readonly person: Person
  readonly signIn: SignIn
}

/** `lastSeenAt` is written at most this often. */
const touchEveryS = 60

/**
 * The person behind a cookie or a bearer token, with facts read now; undefined when it is unknown, of the other kind, over, idle for too long,
 * or the account is not active.
 */
export async function whoIsSignedIn(room: SignInRoom, token: string, client: SignInClient = 'browser'): Promise<SignedIn | undefined> {
  const signIn = await room.store.find(tokenHash(token))
  if (signIn === undefined || signIn.client !== client) return undefined
  const nowS = room.clock.nowS()
  if (isOver(room, signIn)) {
    await room.store.delete(signIn.tokenHash, [])
    return undefined
  }
  const person = await room.people.find(wholeInstallation, signIn.personId)
  if (person === undefined || person.status !== 'active') return undefined
  if (nowS - signIn.lastSeenAt >= touchEveryS) await room.store.touch(signIn.tokenHash, nowS)
  return { person, signIn }
}

/** Whether a sign-in that was found before still counts; unlike {@link whoIsSignedIn} asking is no use of it. */
export async function isStillSignedIn(room: SignInRoom, { tokenHash: hash }: Pick<SignIn, 'tokenHash'>): Promise<boolean> {
  const signIn = await room.store.find(hash)
  return signIn !== undefined && !isOver(room, signIn)
}

/** {@link isStillSignedIn}, of somebody who works under it at a machine: that is use of it. */
export async function useSignIn(room: SignInRoom, hash: string): Promise<boolean> {
  const signIn = await room.store.find(hash)
  if (signIn === undefined || isOver(room, signIn)) return false
  const nowS = room.clock.nowS()
  if (nowS - signIn.lastSeenAt >= touchEveryS) await room.store.touch(hash, nowS)
  return true
}

const isOver = (room: SignInRoom, signIn: SignIn): boolean => {
  const nowS = room.clock.nowS()
  return signIn.expiresAt <= nowS || signIn.lastSeenAt + room.settings.idleS <= nowS
}
