import { readFile } from 'node:fs/promises'
import { dirname, isAbsolute, resolve } from 'node:path'

/**
 * Where the state lies, for a launcher that may be older than the agent that reads `agent.json` in the end: nothing else of it is looked at. Null: the agent
 * says what is wrong with it.
 */
export async function stateDirOf(config: string): Promise<string | null> {
  try {
    const read: unknown = JSON.parse((await readFile(config, 'utf8')).replace(/^\uFEFF/, ''))
    const stateDir = typeof read === 'object' && read !== null && 'stateDir' in read ? read.stateDir : null
    if (typeof stateDir !== 'string' || stateDir === '') return null
    return isAbsolute(stateDir) ? stateDir : resolve(dirname(resolve(config)), stateDir)
  } catch {
    return null
  }
}
