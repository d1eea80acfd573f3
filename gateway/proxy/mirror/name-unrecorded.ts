import type { Duplex } from 'node:stream'
import { unrecordedTag, type RecordedBatch, type UnrecordedPayload } from '../../../agent/wire/mirror.ts'
import type { Clock } from '../../basics/clock.ts'
import type { Random } from '../../basics/random.ts'
import type { StreamGrant } from '../ports.ts'
import { sayFarewell } from './carry-recording.ts'

/** Tells operators which page a technician has before him that they cannot see: one for each origin, until the next page comes. */
export interface UnrecordedPages {
  /** Never rejects. */
  name(label: string, page: UnrecordedPage): Promise<void>
  /** Another page came in its place. */
  leave(label: string): void
}

export interface UnrecordedPage extends UnrecordedPayload {
  readonly grant: Pick<StreamGrant, 'openMirror'>
  readonly url: string
}

export function createUnrecordedPages(options: {
  readonly clock: Clock
  readonly random: Random
  readonly onRefused: (label: string, error: unknown) => void
}): UnrecordedPages {
  const { clock, random, onRefused } = options
  const named = new Map<string, { stream: Duplex | undefined }>()
  const leave = (label: string): void => {
    const before = named.get(label)
    named.delete(label)
    if (before?.stream !== undefined) sayFarewell(before.stream, clock)
  }
  return {
    leave,
    async name(label, { grant, url, reason }) {
      leave(label)
      const page: { stream: Duplex | undefined } = { stream: undefined }
      named.set(label, page)
      try {
        const stream = await grant.openMirror(random.hex(16), false)
        stream.on('error', () => {}).resume()
        if (named.get(label) !== page) return sayFarewell(stream, clock)
        page.stream = stream
        stream.once('close', () => {
          if (named.get(label) === page) named.delete(label)
        })
        const payload: UnrecordedPayload = { reason }
        const batch: RecordedBatch = {
          page: { url, title: '', width: 0, height: 0 },
          events: [{ type: 5, timestamp: clock.nowMs(), data: { tag: unrecordedTag, payload } }],
        }
        stream.write(`${JSON.stringify(batch)}\n`)
      } catch (error) {
        if (named.get(label) === page) named.delete(label)
        onRefused(label, error)
      }
    },
  }
}
