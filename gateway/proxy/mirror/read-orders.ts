import type { MirrorOrder } from '../../../agent/wire/mirror.ts'
import type { Clock, Timer } from '../../basics/clock.ts'

/** An order is short; a machine that sends anything else is not heard any more. */
const mostOrderBytes = 1_024
/** A full picture costs the technician's page some tens of milliseconds: a machine cannot ask for more than one in this time. */
const snapshotEveryMs = 1_000

export interface OrderReader {
  /** False: these are no orders. */
  read(chunk: Buffer): boolean
  stop(): void
}

/** Reads what an agent orders of a recorder, a line each. Orders that it gives too fast become one. */
export function readOrders({
  clock,
  onOrder,
}: {
  readonly clock: Clock
  readonly onOrder: (order: MirrorOrder['order']) => void
}): OrderReader {
  let rest = ''
  let askedAtMs = -snapshotEveryMs
  let isStopped = false
  let timer: Timer | undefined

  const ask = (): void => {
    timer = undefined
    askedAtMs = clock.monotonicMs()
    onOrder('snapshot')
  }
  const take = (order: MirrorOrder['order']): void => {
    if (order === 'stop') {
      timer?.cancel()
      timer = undefined
      if (!isStopped) onOrder('stop')
      isStopped = true
      return
    }
    isStopped = false
    const waitMs = askedAtMs + snapshotEveryMs - clock.monotonicMs()
    if (waitMs <= 0) ask()
    else timer ??= clock.after(waitMs, ask)
  }

  return {
    read(chunk) {
      const lines = (rest + chunk.toString('latin1')).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) {
        const order = orderOf(line)
        if (order === undefined) return false
        take(order)
      }
      return rest.length <= mostOrderBytes
    },
    stop: () => timer?.cancel(),
  }
}

function orderOf(line: string): MirrorOrder['order'] | undefined {
  if (line.length > mostOrderBytes) return undefined
  try {
    const { order } = JSON.parse(line) as Partial<MirrorOrder>
    return order === 'snapshot' || order === 'stop' ? order : undefined
  } catch {
    return undefined
  }
}
