import { Duplex } from 'node:stream'
import type { MirrorOrder, RecordedBatch } from '../../../agent/wire/mirror.ts'

/** A page of a technician as an agent takes it. */
export interface MirroredPage {
  readonly page: string
  /** The proxy's end. */
  readonly stream: Duplex
  /** What came, oldest first. */
  readonly batches: RecordedBatch[]
  readonly lines: string[]
  /** When each came, Unix milliseconds. */
  readonly arrivals: number[]
  order(order: MirrorOrder['order']): void
  /** Sends bytes that may be no order. */
  say(bytes: string): void
  /** The agent ends its answer. */
  end(): void
  /** The proxy ended its half. */
  readonly ended: boolean
  /** Takes nothing more until it is let go on. */
  hold(): () => void
}

export function mirroredPage(page: string): MirroredPage {
  let rest = ''
  let ended = false
  let held: Promise<void> | undefined
  const batches: RecordedBatch[] = []
  const lines: string[] = []
  const arrivals: number[] = []
  const take = (chunk: Buffer): void => {
    const parts = (rest + chunk.toString('utf8')).split('\n')
    rest = parts.pop() ?? ''
    for (const line of parts) {
      lines.push(line)
      arrivals.push(Date.now())
      batches.push(JSON.parse(line) as RecordedBatch)
    }
  }
  const stream = new Duplex({
    read() {},
    write(chunk: Buffer, _encoding, done) {
      void Promise.resolve(held).then(() => {
        take(chunk)
        done()
      })
    },
    final(done) {
      ended = true
      done()
    },
  })
  return {
    page,
    stream,
    batches,
    lines,
    arrivals,
    order: (order) => void stream.push(`${JSON.stringify({ order })}\n`),
    say: (bytes) => void stream.push(bytes),
    end: () => void stream.push(null),
    get ended() {
      return ended
    },
    hold() {
      const { promise, resolve } = Promise.withResolvers<void>()
      held = promise
      return () => {
        held = undefined
        resolve()
      }
    },
  }
}
