import { rm } from 'node:fs/promises'

/** What a run has started or laid down and has not yet tidied away itself. */
export interface Janitorial {
  readonly what: 'group' | 'folder'
  /** A process group by the id of its leader, or a path. */
  readonly which: number | string
  /** False: the run has done it. */
  readonly left: boolean
}

const groups = new Set<number>()
const folders = new Set<string>()
const patienceMs = 1_000
/** Our own programs may take so long to see that their parent is gone, and write until then. */
const writtenNoMoreMs = 6_000

process.on('message', ({ what, which, left }: Janitorial) => {
  const known: Set<number | string> = what === 'group' ? groups : folders
  if (left) known.add(which)
  else known.delete(which)
})

/** The run is over, however it ended. Only what it has not ended itself is still known here. */
process.once('disconnect', () => {
  signalAll('SIGTERM')
  setTimeout(() => signalAll('SIGKILL'), patienceMs)
  const removeAll = (): Promise<unknown> => Promise.allSettled([...folders].map((folder) => rm(folder, { recursive: true, force: true })))
  setTimeout(() => void removeAll().then(() => process.exit()), groups.size + folders.size === 0 ? 0 : writtenNoMoreMs)
})

// Who presses Ctrl-C means the run; this one goes last.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {})

function signalAll(signal: NodeJS.Signals): void {
  for (const group of groups) {
    try {
      process.kill(-group, signal)
    } catch {
      // It is gone.
    }
  }
}
