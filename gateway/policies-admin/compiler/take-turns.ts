import { CodedError } from '../../basics/coded-error.ts'

/** So many at once; the others wait, in their order. */
export interface Turns {
  /**
   * @param signal who does not want it any more gives up the place
   * @throws CodedError `compiler_busy`, `compiler_cancelled`; else what `run` throws
   */
  take<Result>(run: () => Promise<Result>, signal?: AbortSignal): Promise<Result>
  readonly waiting: number
}

export interface TakeTurnsOptions {
  readonly atOnce: number
  /** More are refused. */
  readonly mostWaiting: number
}

export function takeTurns({ atOnce, mostWaiting }: TakeTurnsOptions): Turns {
  let running = 0
  const queue: (() => void)[] = []

  function wait(signal: AbortSignal | undefined): Promise<void> {
    if (queue.length >= mostWaiting) return Promise.reject(busy())
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        queue.splice(queue.indexOf(go), 1)
        reject(cancelled())
      }
      const go = (): void => {
        signal?.removeEventListener('abort', leave)
        resolve()
      }
      queue.push(go)
      signal?.addEventListener('abort', leave, { once: true })
    })
  }

  return {
    get waiting() {
      return queue.length
    },
    async take(run, signal) {
      if (signal?.aborted === true) throw cancelled()
      // Whoever leaves hands the place on: it is never free in between.
      if (running < atOnce) running += 1
      else await wait(signal)
      try {
        return await run()
      } finally {
        const next = queue.shift()
        if (next === undefined) running -= 1
        else next()
      }
    },
  }
}

const busy = (): CodedError =>
  new CodedError({
    code: 'compiler_busy',
    message: 'The policy compiler has more to do than it can take at the moment. Try again in a few seconds.',
    remedy: 'retry',
  })

export const cancelled = (): CodedError =>
  new CodedError({
    code: 'compiler_cancelled',
    message: 'Nobody waits for this any more: something newer was asked for.',
    remedy: 'conflict',
  })
