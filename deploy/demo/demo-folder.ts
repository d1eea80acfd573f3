import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { z } from 'zod'
import { CodedError, isCodedError } from '../../gateway/basics/coded-error.ts'
import { lockDatabase, type DatabaseLock } from '../../gateway/database/database-lock.ts'

/** What a data folder remembers of the demo that it was made by. `making`: that demo never came up, so nobody has seen its passwords. */
const memory = z.discriminatedUnion('state', [
  z.strictObject({ format: z.literal(1), state: z.literal('making') }),
  z.strictObject({
    format: z.literal(1),
    state: z.literal('made'),
    ports: z.strictObject({ public: z.int(), tunnel: z.int(), est: z.int(), panels: z.array(z.int()).readonly() }),
    issuer: z.url(),
    secrets: z.strictObject({ passwords: z.record(z.string(), z.string()), enrolments: z.record(z.string(), z.string()) }),
  }),
])
type Memory = z.infer<typeof memory>
export type DemoMemory = Omit<Extract<Memory, { state: 'made' }>, 'format' | 'state'>

/** A data folder that this process alone has. */
export interface DemoFolder {
  readonly path: string
  /** Of the last time; null in a new folder. */
  readonly memory: DemoMemory | null
  remember(memory: DemoMemory): Promise<void>
  release(): void
}

export const usualFolder = 'demo-data'
const lockName = 'demo'
const mostFolders = 100

/**
 * The folder that was named; without a name `demo-data`, or where `mayBeBeside` and another demo is at work in it the first of
 * `demo-data-2`, `demo-data-3`, ... that is free.
 *
 * @throws CodedError `folder_unusable`, `folder_in_use`, `folder_taken`, `folder_of_other_version`
 */
export async function openDemoFolder(named: string | null, mayBeBeside: boolean): Promise<DemoFolder> {
  if (named !== null) return openFolder(resolve(named))
  for (let number = 1; ; number += 1) {
    try {
      return await openFolder(resolve(number === 1 ? usualFolder : `${usualFolder}-${number}`))
    } catch (error) {
      if (!mayBeBeside || number === mostFolders || !isCodedError(error, 'folder_in_use')) throw error
    }
  }
}

async function openFolder(path: string): Promise<DemoFolder> {
  // Before the lock, which is a file of its own: what is not ours stays as it is.
  if ((await readMemory(path)) === null) await demandEmpty(path)
  const lock = await lockFolder(path)
  try {
    const known = await readMemory(path)
    if (known?.state === 'making') await clear(path)
    if (known?.state !== 'made') await write(path, { format: 1, state: 'making' })
    return {
      path,
      memory: known?.state === 'made' ? { ports: known.ports, issuer: known.issuer, secrets: known.secrets } : null,
      remember: (made) => write(path, { format: 1, state: 'made', ...made }),
      release: () => lock.release(),
    }
  } catch (error) {
    lock.release()
    throw error
  }
}

async function lockFolder(path: string): Promise<DatabaseLock> {
  try {
    await mkdir(path, { recursive: true, mode: 0o700 })
    return lockDatabase(join(path, lockName), process.pid)
  } catch (error) {
    if (!isCodedError(error, 'database_in_use')) throw unusable(path, error)
    const { pid } = error.details
    const by = typeof pid === 'number' ? ` (process ${pid})` : ''
    throw new CodedError({
      code: 'folder_in_use',
      message: `A demo is running with the data in ${path}${by}. End it first, or run another beside it with: npm run demo -- --port 0`,
      remedy: 'conflict',
      cause: error,
    })
  }
}

async function readMemory(path: string): Promise<Memory | null> {
  let text: string
  try {
    text = await readFile(memoryFile(path), 'utf8')
  } catch (error) {
    if (isMissing(error)) return null
    throw unusable(path, error)
  }
  try {
    return memory.parse(JSON.parse(text))
  } catch (cause) {
    throw new CodedError({
      code: 'folder_of_other_version',
      message: `The data in ${path} was made by another version of the demo, or is damaged. Delete that folder, or name another with --data DIR.`,
      remedy: 'fix',
      cause,
    })
  }
}

/** A real installation, or somebody's documents: the demo writes into none of them. */
async function demandEmpty(path: string): Promise<void> {
  const others = (await namesIn(path)).filter((name) => !name.startsWith(`${lockName}.lock`))
  if (others.length === 0) return
  throw new CodedError({
    code: 'folder_taken',
    message: `${path} holds something that is no demo (${others[0]}). Name a new folder with --data DIR.`,
    remedy: 'fix',
  })
}

async function clear(path: string): Promise<void> {
  const remains = (await namesIn(path)).filter((name) => !name.startsWith(`${lockName}.`))
  await Promise.all(remains.map((name) => rm(join(path, name), { recursive: true, force: true })))
}

async function namesIn(path: string): Promise<readonly string[]> {
  try {
    return await readdir(path)
  } catch (error) {
    if (isMissing(error)) return []
    throw unusable(path, error)
  }
}

const isMissing = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOENT'
const memoryFile = (path: string): string => join(path, `${lockName}.json`)

async function write(path: string, content: Memory): Promise<void> {
  await writeFile(`${memoryFile(path)}.new`, JSON.stringify(content, null, 2), { mode: 0o600 })
  await rename(`${memoryFile(path)}.new`, memoryFile(path))
}

function unusable(path: string, cause: unknown): CodedError {
  const why = cause instanceof Error ? cause.message : String(cause)
  return new CodedError({
    code: 'folder_unusable',
    message: `The demo cannot keep its data in ${path} (${why}). Name a folder that can be written with --data DIR.`,
    remedy: 'fix',
    cause,
  })
}
