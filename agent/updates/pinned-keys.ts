import { AgentError } from '../basics/agent-error.ts'
import { parseNoteKey } from './signed-note.ts'
import type { NoteKey } from './signed-note.ts'

/** Whose signatures this build takes. */
export interface UpdateTrust {
  readonly keys: readonly NoteKey[]
  readonly threshold: number
  /** The keys were made by the build and lie on the developer's disk: worth nothing outside of development. */
  readonly development: boolean
}

declare const SALLYPORT_UPDATE_KEYS: readonly string[] | undefined

export const pinnedKeyCount = 3
const threshold = 2
/** Begins the name of each key that a build made for itself. */
export const developmentPrefix = 'development-'

/** The keys that `npm run agent:build` wrote into this program; null where it wrote none, as in a clone. */
export function pinnedTrust(): UpdateTrust | null {
  return typeof SALLYPORT_UPDATE_KEYS === 'undefined' || SALLYPORT_UPDATE_KEYS.length === 0 ? null : readTrust(SALLYPORT_UPDATE_KEYS)
}

/** @throws AgentError `bad_key` unless there are three different ones */
export function readTrust(lines: readonly string[]): UpdateTrust {
  const keys = lines.map(parseNoteKey)
  const different = (of: (key: NoteKey) => string): boolean => new Set(keys.map(of)).size === pinnedKeyCount
  if (
    keys.length !== pinnedKeyCount ||
    !different(({ name }) => name) ||
    !different(({ publicKey }) => String(publicKey.export({ format: 'jwk' }).x))
  )
    throw new AgentError({
      code: 'bad_key',
      message: `Updates are signed with two of three keys: name ${pinnedKeyCount} different ones, one a line.`,
    })
  return { keys, threshold, development: keys.some(({ name }) => name.startsWith(developmentPrefix)) }
}
