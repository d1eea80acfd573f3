import type { DraftFile } from '../../../../gateway/http-api/contract/policy-drafts.ts'

/** What became of a text that somebody types. `conflict`: somebody else saved this file meanwhile; both texts are kept until a person decides. */
export type SaveState =
  | { readonly phase: 'saved' | 'waiting' | 'saving'; readonly version: number }
  | { readonly phase: 'failed'; readonly version: number; readonly error: unknown }
  | { readonly phase: 'conflict'; readonly version: number; readonly theirs: DraftFile | null }

export interface FileSaverOptions {
  /** As it was read. */
  readonly file: DraftFile
  /** What was typed before and could not be saved: it is a conflict until a person has looked at both. */
  readonly unsaved?: string | undefined
  /** Writes `text` over `version`; gives the new version. */
  readonly put: (text: string, version: number) => Promise<number>
  /** What stands there now when `put` was refused because `version` is not the newest; undefined: the error is another one. */
  readonly conflictOf: (error: unknown) => DraftFile | null | undefined
  readonly onState: (state: SaveState) => void
  /** A pause in typing of so many milliseconds saves. */
  readonly pauseMs: number
  readonly later: (act: () => void, afterMs: number) => () => void
}

/** Saves one file of a draft as it is typed, never over what somebody else wrote. */
export const createFileSaver = ({ file, unsaved, put, conflictOf, onState, pauseMs, later }: FileSaverOptions) => {
  const kept = unsaved !== undefined && unsaved !== file.text
  let state: SaveState = kept ? { phase: 'conflict', version: file.version, theirs: file } : { phase: 'saved', version: file.version }
  let current = unsaved ?? file.text
  /** One write after the other. */
  let writing = Promise.resolve()
  let cancelPause: (() => void) | null = null
  const tell = (next: SaveState): void => {
    state = next
    onState(next)
  }
  const pause = (): void => {
    cancelPause?.()
    cancelPause = later(() => void save(), pauseMs)
  }
  const write = async (): Promise<void> => {
    const { version: over } = state
    const written = current
    tell({ phase: 'saving', version: over })
    try {
      const now = await put(written, over)
      tell({ phase: current === written ? 'saved' : 'waiting', version: now })
    } catch (error) {
      const theirs = conflictOf(error)
      if (theirs === undefined) tell({ phase: 'failed', version: over, error })
      else if (theirs?.text === written) tell({ phase: current === written ? 'saved' : 'waiting', version: theirs.version })
      else tell({ phase: 'conflict', version: over, theirs })
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
      await save()
      cancelPause?.()
      return state.phase === 'saved' ? undefined : current
    },
  }
}

export type FileSaver = ReturnType<typeof createFileSaver>
