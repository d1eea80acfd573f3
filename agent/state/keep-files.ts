import { readFile } from 'node:fs/promises'
import { AgentError, errorCode } from '../basics/agent-error.ts'
import { writeFileAtomic } from './atomic-file.ts'

export interface NewFile {
  readonly path: string
  readonly content: string
  /** Somebody may have laid it there himself, with this content. */
  readonly orSame?: true
}

type Found = 'none' | 'same' | 'other'

const find = ({ path, content, orSame }: NewFile): Promise<Found> =>
  readFile(path, 'utf8').then(
    (found) => (orSame === true && found.trim() === content.trim() ? 'same' : 'other'),
    (error: unknown) => (errorCode(error) === 'ENOENT' ? 'none' : 'other'),
  )

/**
 * Writes new files, each whole, in this order; one that says the same is replaced by itself, so that it too is readable by its user alone.
 *
 * @throws AgentError `file_exists` before the first one is written
 */
export async function keepFiles(files: readonly NewFile[]): Promise<void> {
  const found = await Promise.all(files.map(find))
  const others = files.filter((_, at) => found[at] === 'other').map(({ path }) => path)
  if (others.length > 0)
    throw new AgentError({
      code: 'file_exists',
      message: `${others.join(' and ')} ${others.length === 1 ? 'is' : 'are'} there already, and not replaced. Move ${others.length === 1 ? 'it' : 'them'} away, or choose another folder by --config.`,
    })
  // In order: what names others comes last.
  for (const { path, content } of files) await writeFileAtomic(path, content)
}
