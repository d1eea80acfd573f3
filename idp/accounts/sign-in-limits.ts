import { createHash } from 'node:crypto'
import { RateLimiterMemory } from 'rate-limiter-flexible'
import { addressBlock } from '../../gateway/basics/address-block.ts'
import { usernameKey } from './account.ts'

export interface SignInLimits {
  /** Counts one attempt before the password is looked at, so that attempts in parallel count too. Seconds to wait, or 0 to go on. */
  admit(username: string, ip: string): Promise<number>
  /** The password was right: forget the failures of this person at this address. */
  succeeded(username: string, ip: string): Promise<void>
}

export interface SignInLimitSettings {
  /** Attempts by one address for one name before the first wait. */
  readonly freeAttempts: number
  readonly firstWaitS: number
  readonly longestWaitS: number
  readonly perIpAttempts: number
  readonly perIpWindowS: number
  readonly globalAttempts: number
  readonly globalWindowS: number
}

export const signInLimitSettings: SignInLimitSettings = {
  freeAttempts: 5,
  firstWaitS: 5,
  longestWaitS: 15 * 60,
  perIpAttempts: 100,
  perIpWindowS: 15 * 60,
  globalAttempts: 600,
  globalWindowS: 60,
}

const memoryS = 24 * 60 * 60

/**
 * Slows guessing without letting anybody lock somebody else out: waits belong to a name *at an address*, or to an address. Past
 * the global limit only addresses that have failed already must wait, so a right password from a clean address still gets in.
 */
export function createSignInLimits(settings: SignInLimitSettings = signInLimitSettings): SignInLimits {
  const failures = new RateLimiterMemory({ keyPrefix: 'failures', points: Number.MAX_SAFE_INTEGER, duration: memoryS })
  const waits = new RateLimiterMemory({ keyPrefix: 'waits', points: 1, duration: memoryS })
  const byIp = new RateLimiterMemory({ keyPrefix: 'ip', points: settings.perIpAttempts, duration: settings.perIpWindowS })
  const everywhere = new RateLimiterMemory({ keyPrefix: 'all', points: settings.globalAttempts, duration: settings.globalWindowS })

  const admit: SignInLimits['admit'] = async (username, ip) => {
    const address = addressBlock(ip)
    const key = personKey(username, address)
    const [personWait, atIp, all] = await Promise.all([waits.get(key), byIp.get(address), everywhere.get('all')])
    if (personWait !== null && personWait.msBeforeNext > 0) return seconds(personWait.msBeforeNext)
    if (atIp !== null && atIp.consumedPoints >= settings.perIpAttempts) return seconds(atIp.msBeforeNext)
    if (all !== null && all.consumedPoints >= settings.globalAttempts && (atIp?.consumedPoints ?? 0) > 0) return seconds(all.msBeforeNext)
    const [{ consumedPoints }] = await Promise.all([failures.penalty(key, 1), byIp.penalty(address, 1), everywhere.penalty('all', 1)])
    const waitS = waitAfter(consumedPoints, settings)
    if (waitS > 0) await waits.block(key, waitS)
    return 0
  }

  // One after the other: looking and counting are two steps, and a crowd of attempts must not all look before the first one counts.
  let turn: Promise<unknown> = Promise.resolve()
  return {
    admit(username, ip) {
      const mine = turn.then(() => admit(username, ip))
      turn = mine.catch(() => undefined)
      return mine
    },
    async succeeded(username, ip) {
      const address = addressBlock(ip)
      const key = personKey(username, address)
      await Promise.all([failures.delete(key), waits.delete(key), byIp.reward(address, 1), everywhere.reward('all', 1)])
    },
  }
}

/** 5 s after the fifth failure, twice as long after each further one, at most 15 min. */
function waitAfter(attempts: number, { freeAttempts, firstWaitS, longestWaitS }: SignInLimitSettings): number {
  if (attempts < freeAttempts) return 0
  return Math.min(longestWaitS, firstWaitS * 2 ** Math.min(attempts - freeAttempts, 20))
}

const seconds = (ms: number): number => Math.max(1, Math.ceil(ms / 1000))

const personKey = (username: string, address: string): string =>
  createHash('sha256')
    .update(`${address}\n${usernameKey(username)}`)
    .digest('base64url')
