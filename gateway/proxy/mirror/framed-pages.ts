import { LRUCache } from 'lru-cache'
import type { Clock } from '../../basics/clock.ts'

/**
 * In a bar's frame a machine's page looks like a frame within a page to us. What is known is the way into that frame: the first document that follows it is a page of its own, which has
 * to be recorded itself.
 */
export interface FramedPages {
  /** A browser is on its way into the frame of the bar around this label. */
  expect(label: string): void
  /** Whether a recorded document in a frame is such a page; each way leads to one. */
  take(label: string): boolean
}

/** A page that did not come by then was none: it was no HTML, or the machine was gone. */
export const followsWithinMs = 60_000
/** Of one label at once; the oldest is forgotten. */
const mostAtOnce = 16

export function createFramedPages(clock: Clock): FramedPages {
  /** When each is over, oldest first. */
  const expected = new LRUCache<string, readonly number[]>({ max: 5_000 })
  const stillExpected = (label: string): readonly number[] => (expected.get(label) ?? []).filter((overAt) => overAt > clock.monotonicMs())
  return {
    expect: (label) => void expected.set(label, [...stillExpected(label), clock.monotonicMs() + followsWithinMs].slice(-mostAtOnce)),
    take(label) {
      const [first, ...others] = stillExpected(label)
      if (others.length === 0) expected.delete(label)
      else expected.set(label, others)
      return first !== undefined
    },
  }
}
