import type { Clock } from '../basics/clock.ts'
import { CodedError } from '../basics/coded-error.ts'
import type { ServiceName, SessionId } from '../basics/ids.ts'
import type { Random } from '../basics/random.ts'
import { accessCookie, secretHash } from './access-cookie.ts'
import type { AccessAddress } from './access-address.ts'
import { accessLabel } from './access-label.ts'
import type { AccessLookup } from './access-lookup.ts'
import type { AccessSettings } from './access-settings.ts'
import type { CanonicalPath } from './canonical-path.ts'
import type { AccessOrigin, AccessOrigins, SignInsThatCount } from './ports.ts'
import { refuse, type Refusal } from './refusal.ts'

/** The reserved path: nothing under it ever reaches a machine. */
const entryPath = '/.sallyport/enter'

/** What the entry answers: a cookie for whoever brought a good code, and the way to the machine's first page. */
export interface Entered {
  readonly setCookie: string | undefined
}

export interface Entry {
  /** The address that lets one browser in, once, within `codeLifetimeMs`. */
  mint(sessionId: SessionId, service: ServiceName, signIn: string): Promise<URL>
  /** Takes the code of a request to the reserved path. */
  enter(method: string, path: CanonicalPath, label: string, cookies: readonly string[]): Promise<Entered | Refusal>
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

export function createEntry(options: EntryOptions): Entry {
  const { origins, clock, random } = options
  return {
    async mint(sessionId, service, signIn) {
      const origin = await originFor(options, sessionId, service)
      const code = random.token(32)
      await origins.addCode({
        hash: secretHash(code),
        label: origin.label,
        signIn,
        expiresAt: clock.nowMs() + options.settings.limits.codeLifetimeMs,
      })
      const url = new URL(entryPath, options.address.originOf(origin))
      url.searchParams.set('code', code)
      return url
    },

    async enter(method, path, label, cookies) {
      if (path.path !== entryPath) return refuse('not_found', 'reserved_path')
      if (method !== 'GET') return refuse('bad_request', 'method_not_allowed', { status: 405, headers: { allow: 'GET' } })
      const codes = new URLSearchParams(path.sent.slice(entryPath.length)).getAll('code')
      if (codes.length === 1 && /^[A-Za-z0-9_-]{43}$/.test(codes[0]!)) {
        const redeemed = await origins.redeemCode(secretHash(codes[0]!), clock.nowMs())
        if (redeemed?.label === label && (await options.signIns.use(redeemed.signIn))) {
          const secret = random.token(32)
          await origins.addCookie({ hash: secretHash(secret), label, signIn: redeemed.signIn, createdAt: clock.nowMs() })
          return { setCookie: accessCookie(secret, options.settings.secureCookies) }
        }
      }
      // Reloading the entry address, or pressing Back to it, is no reason to throw somebody out.
      if ((await options.lookup.standing(label, cookies, 'use')) === 'in') return { setCookie: undefined }
      return refuse('not_yours', 'entry_code_invalid')
    },
  }
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
