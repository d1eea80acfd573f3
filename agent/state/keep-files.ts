import { access } from 'node:fs/promises'
import { AgentError } from '../basics/agent-error.ts'
import { writeFileAtomic } from './atomic-file.ts'

export interface NewFile {
  readonly path: string
  readonly content: string
}

/** Those that are there already. */
async function filesThere(paths: readonly string[]): Promise<readonly string[]> {
  const there = await Promise.all(
    paths.map((path) =>
      access(path).then(
        () => true,
        () => false,
      ),
    ),
  )
  return paths.filter((_, at) => there[at] === true)
}

/** Writes new files, each whole, in this order. @throws AgentError `file_exists` before the first one is written */
export async function keepFiles(files: readonly NewFile[]): Promise<void> {
  const there = await filesThere(files.map(({ path }) => path))
  if (there.length > 0)
    throw new AgentError({
      code: 'file_exists',
      message: `${there.join(' and ')} ${there.length === 1 ? 'is' : 'are'} there already and not replaced.`,
    })
  // In order: what names others comes last.
  for (const { path, content } of files) await writeFileAtomic(path, content)
}
