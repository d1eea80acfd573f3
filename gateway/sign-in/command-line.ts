import { createHash } from 'node:crypto'
import { CodedError } from '../basics/coded-error.ts'
import { wholeInstallation } from '../basics/scope.ts'
import type { Person } from '../people/person.ts'
import { tokenHash, type SignInRoom } from './sign-in-room.ts'
import { signInCompleted } from './sign-in-events.ts'
import type { SignIn } from './sign-in-store.ts'
import type { SignedIn } from './who-is-signed-in.ts'

/** The browser hands the code on at once. */
const grantLifetimeS = 60

/** A person at a browser lets a command line act for him: a one-time code for whoever shows the verifier of `codeChallenge` (RFC 8252, RFC 7636). */
export async function allowCommandLine(room: SignInRoom, { signIn }: SignedIn, codeChallenge: string): Promise<string> {
  const code = room.random.token(32)
  const expiresAt = room.clock.nowS() + grantLifetimeS
  await room.store.insertGrant({ codeHash: tokenHash(code), signIn: signIn.tokenHash, codeChallenge, expiresAt })
  return code
}

export interface CommandLineSignIn {
  readonly token: string
  readonly expiresAt: number
  readonly person: Person
}

/**
 * The command line's own sign-in: it proves what the browser's proved, ends with the browser's at the latest, and is kept apart from it.
 *
 * @throws CodedError `code_invalid`, `too_many_sign_ins`
 */
export async function signInCommandLine(
  room: SignInRoom,
  options: { readonly code: string; readonly codeVerifier: string; readonly address: string | null },
): Promise<CommandLineSignIn> {
  // Each try is a write, and nobody is known yet.
  room.pace.admit(options.address ?? '')
  const grant = await room.store.takeGrant(tokenHash(options.code))
  const nowS = room.clock.nowS()
  const verified = grant !== undefined && grant.expiresAt > nowS && grant.codeChallenge === challengeOf(options.codeVerifier)
  const browser = verified ? await room.store.find(grant.signIn) : undefined
  const person = browser === undefined ? undefined : await room.people.find(wholeInstallation, browser.personId)
  if (browser === undefined || browser.expiresAt <= nowS || person === undefined || person.status !== 'active') {
    throw new CodedError({
      code: 'code_invalid',
      message: 'This code was used already, took too long, or is for another command line. Sign in again: sallyport login',
      remedy: 'forbidden',
    })
  }
  const token = room.random.token(32)
  const signIn: SignIn = {
    ...browser,
    tokenHash: tokenHash(token),
    client: 'command_line',
    createdAt: nowS,
    lastSeenAt: nowS,
    address: options.address,
  }
  await room.store.insert(signIn, [signInCompleted(person, signIn)])
  return { token, expiresAt: browser.expiresAt, person }
}

/** RFC 7636, section 4.2: S256, the only method there is here. */
const challengeOf = (verifier: string): string => createHash('sha256').update(verifier).digest('base64url')
