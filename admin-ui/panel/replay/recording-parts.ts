import type { RecordedEntry, RecordingPartBody } from '../../../agent/panel/panel-api.ts'

/** The entries of a recording, read in parts; those that were not used for long are forgotten and read again. */
export interface RecordingParts {
  /** Reads all of it once, in order, and tells of each part. */
  readAll(onPart: (part: number, body: RecordingPartBody) => void): Promise<void>
  /** At once where they are there; otherwise null, and `whenThere` is called when they are. */
  entriesOf(part: number, whenThere: () => void): readonly RecordedEntry[] | null
}

export interface LoadedPart {
  readonly body: RecordingPartBody
  /** As text. */
  readonly size: number
}

const mostHeld = 64 * 1024 * 1024

export const createRecordingParts = (load: (part: number) => Promise<LoadedPart>, most = mostHeld): RecordingParts => {
  /** The one that was used last is the last. */
  const held = new Map<number, LoadedPart>()
  const coming = new Map<number, Promise<LoadedPart>>()
  let size = 0

  const hold = (part: number, loaded: LoadedPart): void => {
    if (held.has(part)) return
    held.set(part, loaded)
    size += loaded.size
    for (const [oldest, { size: freed }] of held) {
      if (size <= most || oldest === part) break
      held.delete(oldest)
      size -= freed
    }
  }
  const get = (part: number): Promise<LoadedPart> => {
    const before = coming.get(part)
    if (before !== undefined) return before
    const promise = load(part).then(
      (loaded) => {
        coming.delete(part)
        hold(part, loaded)
        return loaded
      },
      (error: unknown) => {
        coming.delete(part)
        throw error
      },
    )
    coming.set(part, promise)
    return promise
  }
  return {
    readAll: async (onPart) => {
      for (let part: number | null = 0; part !== null;) {
        const { body } = await get(part)
        onPart(part, body)
        part = body.next
      }
    },
    entriesOf: (part, whenThere) => {
      const found = held.get(part)
      if (found === undefined) {
        // A part that cannot be read any more: whoever asks again tries again.
        get(part).then(whenThere, () => undefined)
        return null
      }
      held.delete(part)
      held.set(part, found)
      return found.body.entries
    },
  }
}
