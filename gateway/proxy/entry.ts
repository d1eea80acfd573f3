import type { Clock } from '../basics/clock.ts'
import { CodedError } from '../basics/coded-error.ts'
import type { ServiceName, SessionId } from '../basics/ids.ts'
import type { Random } from '../basics/random.ts'
import { accessCookie, barSecret, isSecret, secretHash } from './access-cookie.ts'
import type { AccessAddress } from './access-address.ts'
import { accessLabel } from './access-label.ts'
import type { AccessLookup } from './access-lookup.ts'
import type { AccessSettings } from './access-settings.ts'
import type { CanonicalPath } from './canonical-path.ts'
import type { AccessOrigin, AccessOrigins, SignInsThatCount } from './ports.ts'
import { refuse, type Refusal } from './refusal.ts'

/** The reserved path: nothing under it ever reaches a machine. */
export const entryPath = '/.sallyport/enter'

/** What the entry answers: a cookie for whoever brought a good code, and the way on. */
export interface Entered {
  readonly setCookie: string | undefined
  /** Path, query and fragment on this origin: what was asked for, or the first page. */
  readonly to: string
}

/** The page of a service alone, or the bar with that page in it. */
export type EntryDoor = 'page' | 'bar'

export interface Entry {
  /** The address that lets one browser in, once, within `codeLifetimeMs`. */
  mint(sessionId: SessionId, service: ServiceName, signIn: string, door?: EntryDoor): Promise<URL>
  /** Takes the code of a request to the reserved path. The bar's cookies come as {@link barSecret}s. */
  enter(method: string, path: CanonicalPath, label: string, cookies: readonly string[], door?: EntryDoor): Promise<Entered | Refusal>
  /** Under which sign-in a browser with these cookies was let in here. */
  signInOf(label: string, cookies: readonly string[]): Promise<string | undefined>
}

export interface EntryOptions {
  readonly origins: AccessOrigins
  readonly lookup: AccessLookup
  readonly signIns: SignInsThatCount
  readonly address: AccessAddress
  readonly settings: Pick<AccessSettings, 'secureCookies' | 'limits'>
  readonly clock: Clock
  readonly random: Random
}

const markOf = (door: EntryDoor): ((secret: string) => string) => (door === 'bar' ? barSecret : (secret) => secret)

export function createEntry(options: EntryOptions): Entry {
  const { origins, clock, random } = options

  const signInOf = async (label: string, cookies: readonly string[]): Promise<string | undefined> => {
    for (const cookie of cookies) {
      const found = await origins.findCookie(secretHash(cookie))
      if (found?.label === label) return found.signIn
    }
    return undefined
  }

  return {
    signInOf,

    async mint(sessionId, service, signIn, door = 'page') {
      const origin = await originFor(options, sessionId, service)
      const code = random.token(32)
      await origins.addCode({
        hash: secretHash(markOf(door)(code)),
        label: origin.label,
        signIn,
        expiresAt: clock.nowMs() + options.settings.limits.codeLifetimeMs,
      })
      const url = new URL(entryPath, door === 'bar' ? options.address.barOriginOf(origin.label) : options.address.originOf(origin))
      url.searchParams.set('code', code)
      return url
    },

    async enter(method, path, label, cookies, door = 'page') {
      if (path.path !== entryPath) return refuse('not_found', 'reserved_path')
      if (method !== 'GET') return refuse('bad_request', 'method_not_allowed', { status: 405, headers: { allow: 'GET' } })
      const query = new URLSearchParams(path.sent.slice(entryPath.length))
      const to = placeOf(query.get('to'))
      const codes = query.getAll('code')
      if (codes.length === 1 && isSecret(codes[0]!)) {
        const redeemed = await origins.redeemCode(secretHash(markOf(door)(codes[0]!)), clock.nowMs())
        if (redeemed?.label === label && (await options.signIns.use(redeemed.signIn))) {
          // A bar enters its page anew each time that it is loaded.
          if ((await signInOf(label, cookies)) === redeemed.signIn) return { setCookie: undefined, to }
          const secret = random.token(32)
          const cookie = { hash: secretHash(markOf(door)(secret)), label, signIn: redeemed.signIn, createdAt: clock.nowMs() }
          await origins.addCookie(cookie)
          return { setCookie: accessCookie(secret, options.settings.secureCookies), to }
        }
      }
      // Reloading the entry address, or pressing Back to it, is no reason to throw somebody out.
      if ((await options.lookup.standing(label, cookies, 'use')) === 'in') return { setCookie: undefined, to }
      return refuse('not_yours', 'entry_code_invalid')
    },
  }
}

const mostPlaceCharacters = 4_096

/** A place on this origin and nowhere else, as a browser reads it (URL, section 4.4): `//host`, `/\\host` and controls lead elsewhere. */
function placeOf(asked: string | null): string {
  const isPlace = asked !== null && asked.length <= mostPlaceCharacters && /^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/.test(asked)
  return isPlace && !/^\/+\.sallyport(?:[/;?#]|$)/i.test(asked) ? asked : '/'
}

async function originFor(options: EntryOptions, sessionId: SessionId, service: ServiceName): Promise<AccessOrigin> {
  const { origins } = options
  const known = await origins.findFor(sessionId, service)
  if (known !== undefined) return known
  const origin = { label: accessLabel(options.random), sessionId, service, createdAt: options.clock.nowMs() }
  try {
    await origins.create(origin)
    return origin
  } catch (error) {
    // Two clicks at once: the other one made it.
    const made = await origins.findFor(sessionId, service)
    if (made !== undefined) return made
    throw new CodedError({
      code: 'access_origin_failed',
      message: 'The address of this service could not be made. Try again.',
      remedy: 'retry',
      cause: error,
    })
  }
}
