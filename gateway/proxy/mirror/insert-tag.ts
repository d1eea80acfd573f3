import { startOfHtml } from './start-of-html.ts'

/** Puts a tag into a document while it passes. Nothing waits but the few bytes that mean nothing without the next ones. */
export interface TagInserter {
  /** What goes on now, in order. */
  push(chunk: Buffer): readonly Buffer[]
  /** What was still waiting. */
  end(): readonly Buffer[]
}

export function insertTag(tag: string): TagInserter {
  const start = startOfHtml()
  const inserted = Buffer.from(tag, 'latin1')
  let kept: Buffer = Buffer.alloc(0)
  let isDone = false
  const filled = (...parts: readonly Buffer[]): readonly Buffer[] => parts.filter(({ length }) => length > 0)
  return {
    push(chunk) {
      if (isDone) return [chunk]
      const bytes = kept.length === 0 ? chunk : Buffer.concat([kept, chunk])
      const found = start.look(bytes)
      if (found !== 'wide' && 'keptFrom' in found) {
        kept = bytes.subarray(found.keptFrom)
        return filled(bytes.subarray(0, found.keptFrom))
      }
      isDone = true
      kept = Buffer.alloc(0)
      return found === 'wide' ? [bytes] : filled(bytes.subarray(0, found.place), inserted, bytes.subarray(found.place))
    },
    end() {
      if (isDone) return []
      isDone = true
      return start.isBetween ? filled(inserted, kept) : filled(kept)
    },
  }
}
