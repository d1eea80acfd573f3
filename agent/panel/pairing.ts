import { createHash, timingSafeEqual } from 'node:crypto'
import type { Clock } from '../basics/clock.ts'
import type { Random } from '../basics/random.ts'
import type { PairingStore } from '../state/pairing-store.ts'

/** Which browsers may press. */
export interface Pairing {
  /** A new one-time code; the one before is void. */
  newCode(): string
  readonly code: string
  /** A secret for the browser that knows the code; `wrong`, or `throttled` when the code is void after too many tries. */
  pair(code: string): { readonly secret: string } | 'wrong' | 'throttled'
  isPaired(secret: unknown): boolean
}

export interface PairingOptions {
  readonly store: PairingStore
  readonly clock: Clock
  readonly random: Random
  /** Somebody must be told the new code: the old one was tried too often. */
  readonly onNewCode: () => void
}

const maxTries = 5
/** After a code was voided nobody may try for so long: 64 bits cannot be guessed, and the log is not flooded. */
const pauseMs = 5_000

export function createPairing({ store, clock, random, onNewCode }: PairingOptions): Pairing {
  let code = random.hex(8)
  let tries = 0
  let closedUntilMs = 0
  const newCode = (): string => {
    code = random.hex(8)
    tries = 0
    return code
  }
  return {
    newCode,
    get code() {
      return code
    },
    pair: (given) => {
      if (clock.monotonicMs() < closedUntilMs) return 'throttled'
      if (timingSafeEqual(sha256(given), sha256(code))) {
        const secret = random.token(32)
        store.add(sha256(secret).toString('hex'), clock.nowMs())
        newCode()
        return { secret }
      }
      tries += 1
      if (tries < maxTries) return 'wrong'
      closedUntilMs = clock.monotonicMs() + pauseMs
      newCode()
      onNewCode()
      return 'throttled'
    },
    isPaired: (secret) => typeof secret === 'string' && /^[\w-]{43}$/.test(secret) && store.has(sha256(secret).toString('hex')),
  }
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text, 'utf8').digest()
}
