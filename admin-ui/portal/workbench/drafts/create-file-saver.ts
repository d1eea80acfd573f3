import type { DraftFile } from '../../../../gateway/http-api/contract/policy-drafts.ts'
import type { UnsavedText } from './unsaved-texts.ts'

/** The first further try; each next one waits twice as long. */
const firstWaitMs = 2_000
const longestWaitMs = 60_000

/** What became of a text that somebody types. `conflict`: somebody else saved this file meanwhile; both texts are kept until a person decides. */
export type SaveState =
  | { readonly phase: 'saved' | 'waiting' | 'saving'; readonly version: number }
  | {
      readonly phase: 'failed'
      readonly version: number
      readonly error: unknown
      /** It is tried again by itself. */ readonly again: boolean
    }
  | {
      readonly phase: 'conflict'
      readonly version: number
      readonly theirs: DraftFile | null
      /** One's own text is from an earlier visit, Unix milliseconds; null: it was being typed. */
      readonly typedMs: number | null
    }

export interface FileSaverOptions {
  /** As it was read. */
  readonly file: DraftFile
  /** What was typed before and could not be saved: it is a conflict until a person has looked at both. */
  readonly unsaved?: UnsavedText | undefined
  /** Writes `text` over `version`; gives the new version. */
  readonly put: (text: string, version: number) => Promise<number>
  /** What stands there now when `put` was refused because `version` is not the newest; undefined: the error is another one. */
  readonly conflictOf: (error: unknown) => DraftFile | null | undefined
  /** Whether the same save may go well later: the gateway did not answer, and did not refuse. */
  readonly isPassing: (error: unknown) => boolean
  /** What is typed and not saved, to be kept beyond the page; null: nothing is. */
  readonly onUnsaved: (text: string | null) => void
  readonly onState: (state: SaveState) => void
  /** A pause in typing of so many milliseconds saves. */
  readonly pauseMs: number
  readonly later: (act: () => void, afterMs: number) => () => void
}

/** Saves one file of a draft as it is typed, never over what somebody else wrote. */
export const createFileSaver = (options: FileSaverOptions) => {
  const { file, unsaved, put, conflictOf, isPassing, onUnsaved, onState, pauseMs, later } = options
  let state: SaveState =
    unsaved !== undefined && unsaved.text !== file.text
      ? { phase: 'conflict', version: file.version, theirs: file, typedMs: unsaved.typedMs }
      : { phase: 'saved', version: file.version }
  let current = unsaved?.text ?? file.text
  // It arrived when the page was left.
  if (unsaved?.text === file.text) onUnsaved(null)
  let failures = 0
  let closed = false
  /** One write after the other. */
  let writing = Promise.resolve()
  let cancelPause: (() => void) | null = null
  const tell = (next: SaveState): void => {
    state = next
    if (next.phase === 'saved') onUnsaved(null)
    onState(next)
  }
  const pause = (waitMs: number = pauseMs): void => {
    cancelPause?.()
    cancelPause = later(() => void save(), waitMs)
  }
  const write = async (): Promise<void> => {
    const { version: over } = state
    const written = current
    tell({ phase: 'saving', version: over })
    try {
      const now = await put(written, over)
      failures = 0
      tell({ phase: current === written ? 'saved' : 'waiting', version: now })
    } catch (error) {
      const theirs = conflictOf(error)
      if (theirs === undefined) {
        const again = isPassing(error)
        if (again && !closed) pause(Math.min(longestWaitMs, firstWaitMs * 2 ** failures))
        failures += 1
        tell({ phase: 'failed', version: over, error, again })
        return
      }
      failures = 0
      if (theirs?.text === written) tell({ phase: current === written ? 'saved' : 'waiting', version: theirs.version })
      else tell({ phase: 'conflict', version: over, theirs, typedMs: null })
    }
  }
  const writeOpen = async (): Promise<void> => {
    if (state.phase === 'saved' || state.phase === 'conflict') return
    await write()
    // Typed while it was under way.
    if (state.phase === 'waiting') await writeOpen()
  }
  /** Resolves when what was typed is saved, or cannot be. */
  const save = (): Promise<void> => {
    cancelPause?.()
    cancelPause = null
    writing = writing.then(writeOpen)
    return writing
  }
  return {
    state: (): SaveState => state,
    text: (): string => current,
    edit(next: string): void {
      if (next === current) return
      current = next
      onUnsaved(next)
      // A conflict is settled by a person, not by the next key.
      if (state.phase === 'conflict') return
      if (state.phase !== 'saving') tell({ phase: 'waiting', version: state.version })
      pause()
    },
    save,
    /** What somebody else saved, while nothing of one's own was open. */
    takeOver(newer: DraftFile): void {
      current = newer.text
      tell({ phase: 'saved', version: newer.version })
    },
    /** Ends a conflict: what is in the editor now goes over theirs, or theirs takes its place. */
    async settle(choice: 'mine' | 'theirs'): Promise<void> {
      if (state.phase !== 'conflict') return
      const { theirs } = state
      const over = theirs?.version ?? 0
      if (choice === 'theirs') {
        current = theirs?.text ?? ''
        return tell({ phase: 'saved', version: over })
      }
      tell({ phase: 'waiting', version: over })
      await save()
    },
    /** Saves what is still open. @returns what could not be saved, or undefined */
    async close(): Promise<string | undefined> {
      closed = true
      await save()
      cancelPause?.()
      return state.phase === 'saved' ? undefined : current
    },
  }
}

export type FileSaver = ReturnType<typeof createFileSaver>
