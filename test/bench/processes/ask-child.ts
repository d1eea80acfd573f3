import { fork } from 'node:child_process'
import type { Answered, Asked } from './answer-parent.ts'

/** A process of the bench: it answers questions over Node's own channel and ends with us. */
export interface BenchChild extends AsyncDisposable {
  readonly pid: number
  ask<Answer>(what: string, question?: object): Promise<Answer>
}

/** Starts one of the `*-entry.ts` beside this file. What it writes to stderr is shown when it fails. */
export function startChild(program: URL, options: { readonly nodeArgs?: readonly string[] } = {}): BenchChild {
  const child = fork(program, {
    execArgv: ['--disable-warning=ExperimentalWarning', ...(options.nodeArgs ?? [])],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  const waiting = new Map<number, { resolve(answer: unknown): void; reject(error: Error): void }>()
  let said = ''
  let asked = 0
  child.stderr?.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-4_000)))
  child.on('message', (answered: Answered) => {
    const asker = waiting.get(answered.id)
    waiting.delete(answered.id)
    if (answered.error === undefined) asker?.resolve(answered.answer)
    else asker?.reject(new Error(answered.error))
  })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  void ended.then(() => {
    for (const { reject } of waiting.values()) reject(new Error(`${program.pathname} ended: ${said}`))
    waiting.clear()
  })
  return {
    pid: child.pid ?? 0,
    ask<Answer>(what: string, question: object = {}) {
      const id = (asked += 1)
      return new Promise<Answer>((resolve, reject) => {
        waiting.set(id, { resolve: (answer) => resolve(answer as Answer), reject })
        child.send({ id, what, question } satisfies Asked)
      })
    },
    async [Symbol.asyncDispose]() {
      if (child.connected) child.disconnect()
      await ended
    },
  }
}
