import { realpath, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { errorCode } from '../basics/agent-error.ts'

/**
 * What stands against a program that acts for the machine's button, lamp or enabling input; null: nothing. Whoever can change it can press in the
 * operator's place.
 */
export async function programFault(program: string): Promise<string | null> {
  let path: string
  try {
    path = await realpath(program)
  } catch (error) {
    return `cannot be found (${errorCode(error)})`
  }
  const file = await stat(path)
  if (!file.isFile()) return 'is no program'
  if ((file.mode & 0o001) === 0) return 'the agent may not run it: chmod 0755'
  if ((file.mode & 0o022) !== 0) return 'others may change it: chmod 0755'
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    const { mode } = await stat(folder)
    // In a sticky folder only its owner can put another file in its place.
    if ((mode & 0o002) !== 0 && (mode & 0o1000) === 0) return `others may put another program there: chmod o-w ${folder}`
    if (folder === dirname(folder)) return null
  }
}
