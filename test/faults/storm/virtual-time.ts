import type { Clock } from '../../../gateway/basics/clock.ts'

/** Time that passes when nothing is left to do in this moment: an hour of ten thousand machines takes a second. */
export interface VirtualTime extends Clock {
  /** Runs what is due, in its order, until `isOver` says so or nothing is left. */
  runUntil(isOver: () => boolean): void
}

interface Due {
  readonly atMs: number
  readonly order: number
  readonly run: () => void
}

export function virtualTime(): VirtualTime {
  /** A binary heap, the next one first. */
  const heap: Due[] = []
  const cancelled = new Set<Due>()
  let nowMs = 0
  let order = 0
  const isBefore = (a: Due, b: Due): boolean => a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order)

  function push(due: Due): void {
    let at = heap.push(due) - 1
    for (let up = (at - 1) >> 1; at > 0 && isBefore(due, heap[up]!); up = (at - 1) >> 1) {
      heap[at] = heap[up]!
      heap[up] = due
      at = up
    }
  }

  function pop(): Due | undefined {
    const first = heap[0]
    const last = heap.pop()
    if (first === undefined || last === undefined || first === last) return first
    heap[0] = last
    for (let at = 0; ;) {
      const down = [2 * at + 1, 2 * at + 2].filter((child) => child < heap.length)
      const [left, right] = down
      if (left === undefined) break
      const least = right !== undefined && isBefore(heap[right]!, heap[left]!) ? right : left
      if (!isBefore(heap[least]!, last)) break
      heap[at] = heap[least]!
      heap[least] = last
      at = least
    }
    return first
  }

  return {
    nowMs: () => nowMs,
    nowS: () => Math.floor(nowMs / 1000),
    monotonicMs: () => nowMs,
    after(delayMs, run) {
      const due = { atMs: nowMs + Math.max(0, delayMs), order: (order += 1), run }
      push(due)
      return { cancel: () => void cancelled.add(due) }
    },
    runUntil(isOver) {
      while (!isOver()) {
        const due = pop()
        if (due === undefined) return
        if (cancelled.delete(due)) continue
        nowMs = due.atMs
        due.run()
      }
    },
  }
}
