import { addressBlock } from '../basics/address-block.ts'
import { CodedError } from '../basics/coded-error.ts'
import type { Clock } from '../basics/clock.ts'

/** How often sign-ins may be begun: each costs a row here and a request to the provider, and nobody is known yet. */
export interface SignInPace {
  /** @throws CodedError `too_many_sign_ins` */
  admit(address: string): void
}

export interface SignInPaceSettings {
  readonly perAddress: number
  /** Behind a TLS front on this machine everybody comes from loopback. */
  readonly perLoopback: number
  readonly windowMs: number
  /** Addresses that are remembered at most: the oldest is forgotten first. */
  readonly maxAddresses: number
}

const defaults: SignInPaceSettings = { perAddress: 60, perLoopback: 1_200, windowMs: 60_000, maxAddresses: 10_000 }

export function createSignInPace(clock: Clock, settings: SignInPaceSettings = defaults): SignInPace {
  const windows = new Map<string, { begun: number; readonly endsAt: number }>()
  return {
    admit(address) {
      const key = addressBlock(address)
      const known = windows.get(key)
      const window = known !== undefined && known.endsAt > clock.monotonicMs() ? known : newWindow(clock, settings)
      if (window !== known) {
        windows.delete(key)
        windows.set(key, window)
        for (const oldest of windows.keys()) {
          if (windows.size <= settings.maxAddresses) break
          windows.delete(oldest)
        }
      }
      window.begun += 1
      if (window.begun > (isLoopback(address) ? settings.perLoopback : settings.perAddress)) throw tooMany()
    },
  }
}

const newWindow = (clock: Clock, { windowMs }: SignInPaceSettings) => ({ begun: 0, endsAt: clock.monotonicMs() + windowMs })

const isLoopback = (address: string): boolean => address === '::1' || /^(?:::ffff:)?127\./.test(address)

const tooMany = (): CodedError =>
  new CodedError({
    code: 'too_many_sign_ins',
    message: 'Too many sign-ins were begun from your address. Wait a minute, then start again.',
    remedy: 'fix',
    details: { status: 429 },
  })
