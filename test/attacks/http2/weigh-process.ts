/** What a process keeps when all garbage is thrown away, and what it has taken from the machine. */
export interface Weight {
  readonly keptMiB: number
  readonly residentMiB: number
}

/** For `runDemo`: Node opens its inspector on a free port of loopback, and says where on stderr. */
export const inspected = ['--inspect=127.0.0.1:0']

interface Answer {
  readonly id: number
  readonly result?: { readonly result?: { readonly value?: NodeJS.MemoryUsage } }
}

/** Asks Node's inspector, so that a program as it is can be weighed. `said`: what the process wrote to stderr. */
export async function weighProcess(said: string): Promise<Weight> {
  const url = /Debugger listening on (ws:\S+)/.exec(said)?.[1]
  if (url === undefined) throw new Error('the process has no inspector')
  const inspector = new WebSocket(url)
  try {
    await new Promise((resolve, reject) => {
      inspector.addEventListener('open', resolve, { once: true })
      inspector.addEventListener('error', () => reject(new Error('nobody answers at the inspector')), { once: true })
    })
    const ask = (id: number, method: string, params: object = {}): Promise<Answer> =>
      new Promise((resolve) => {
        const listen = ({ data }: MessageEvent): void => {
          const answer = JSON.parse(String(data)) as Answer
          if (answer.id !== id) return
          inspector.removeEventListener('message', listen)
          resolve(answer)
        }
        inspector.addEventListener('message', listen)
        inspector.send(JSON.stringify({ id, method, params }))
      })
    for (let round = 0; round < 3; round += 1) await ask(round, 'HeapProfiler.collectGarbage')
    const { result } = await ask(3, 'Runtime.evaluate', { expression: 'process.memoryUsage()', returnByValue: true })
    const usage = result?.result?.value
    if (usage === undefined) throw new Error('the process does not say what it uses')
    const { heapUsed, external, rss } = usage
    return { keptMiB: (heapUsed + external) / 1024 / 1024, residentMiB: rss / 1024 / 1024 }
  } finally {
    inspector.close()
  }
}
