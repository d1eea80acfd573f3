import { fork, type ChildProcess } from 'node:child_process'
import type { Janitorial } from './janitor-entry.ts'

let started: ChildProcess | undefined

/**
 * Has a process group ended, or a folder removed, when this process is gone, even if it was killed: a program of its own outlives us for that. Gives the
 * way to say that it is done.
 */
export function leaveToJanitor(what: Janitorial['what'], which: number | string): () => void {
  tell({ what, which, left: true })
  return () => tell({ what, which, left: false })
}

function tell(message: Janitorial): void {
  started ??= start()
  started.send(message)
}

function start(): ChildProcess {
  // In a group of its own: a signal for the group of the run does not mean it.
  const janitor = fork(new URL('./janitor-entry.ts', import.meta.url), {
    detached: true,
    stdio: 'ignore',
    execArgv: ['--disable-warning=ExperimentalWarning'],
  })
  janitor.unref()
  janitor.channel?.unref()
  return janitor
}
