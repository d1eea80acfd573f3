import type { IncomingMessage } from 'node:http'
import type { Clock } from '../../gateway/basics/clock.ts'
import type { AccountFeed } from '../accounts/account-feed.ts'

export interface Waiter {
  /** Resolves at the next change, after `ms`, when the asker is gone, or when this is closed. */
  wait(ms: number, asker: IncomingMessage): Promise<void>
  close(): void
}

export function createWaiter(options: { readonly feed: Pick<AccountFeed, 'subscribe'>; readonly clock: Clock }): Waiter {
  const waiting = new Set<() => void>()
  const stop = options.feed.subscribe(() => wakeAll())
  const wakeAll = (): void => {
    for (const wake of waiting) wake()
  }
  let closed = false
  return {
    wait: (ms, asker) =>
      new Promise((resolve) => {
        if (closed) {
          resolve()
          return
        }
        const wake = (): void => {
          waiting.delete(wake)
          timer.cancel()
          asker.socket.off('close', wake)
          resolve()
        }
        const timer = options.clock.after(ms, wake)
        asker.socket.once('close', wake)
        waiting.add(wake)
      }),
    close() {
      closed = true
      stop()
      wakeAll()
    },
  }
}
