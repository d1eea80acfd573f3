import type { Clock, Timer } from '../basics/clock.ts'
import { askAgainAfterMs, type AccessLookup } from './access-lookup.ts'
import type { LiveExchange } from './live-exchange.ts'

/** Cuts what a browser has under way as soon as it is not let in any more, because its person signed out. */
export interface AccessWatch {
  /** Gives back the way to say that it is over. */
  follow(label: string, cookies: readonly string[], exchange: LiveExchange): () => void
}

export function createAccessWatch({ lookup, clock }: { readonly lookup: AccessLookup; readonly clock: Clock }): AccessWatch {
  interface Followed {
    readonly label: string
    readonly cookies: readonly string[]
    readonly exchange: LiveExchange
  }
  const followed = new Set<Followed>()
  let timer: Timer | undefined
  const arm = (): void => void (timer ??= clock.after(askAgainAfterMs, () => void look()))
  const look = async (): Promise<void> => {
    for (const one of followed) {
      // Where we cannot find out, nobody is in.
      const standing = await lookup.standing(one.label, one.cookies, 'stillCounts').catch(() => 'signed_out' as const)
      if (standing !== 'in' && followed.has(one)) one.exchange.cut({ code: 'over', text: 'signed out' })
    }
    timer = undefined
    if (followed.size > 0) arm()
  }
  return {
    follow(label, cookies, exchange) {
      const one = { label, cookies, exchange }
      followed.add(one)
      arm()
      return () => void followed.delete(one)
    },
  }
}
