import type { BarView } from '../../gateway/proxy/bar/bar-view.ts'
import { readEventStream } from '../look/read-event-stream.ts'

export interface StateListener {
  /** `receivedAtMs`: `performance.now()` of its arrival. */
  readonly onState: (view: BarView, receivedAtMs: number) => void
  /** The gateway cannot be reached; it is tried again. */
  readonly onLost: () => void
  /** This browser is not let in any more. Nothing follows. */
  readonly onSignedOut: () => void
}

const againMs = 2_000
/** The gateway says a word each ten seconds. */
const silentMs = 25_000

/** Follows the session until it is over. */
export async function followState({ onState, onLost, onSignedOut }: StateListener): Promise<void> {
  let over = false
  const read = async (): Promise<void> => {
    const silence = new AbortController()
    let watch = setTimeout(() => silence.abort(), silentMs)
    try {
      const answer = await fetch('/api/state', { headers: { accept: 'text/event-stream' }, cache: 'no-store', signal: silence.signal })
      if (answer.status === 403) {
        over = true
        return onSignedOut()
      }
      if (!answer.ok || answer.body === null) return
      await readEventStream(answer.body, {
        onWord: () => {
          clearTimeout(watch)
          watch = setTimeout(() => silence.abort(), silentMs)
        },
        onEvent: ({ name, data }) => {
          if (name === 'signed_out') {
            over = true
            onSignedOut()
          }
          if (name !== 'state') return
          const view = JSON.parse(data) as BarView
          if (view.state === 'ended') over = true
          onState(view, performance.now())
        },
      })
    } finally {
      clearTimeout(watch)
    }
  }
  for (;;) {
    await read().catch(() => undefined)
    if (over) return
    onLost()
    await new Promise((resolve) => setTimeout(resolve, againMs))
  }
}

/** Asks for one thing; the gateway's sentence where it refuses, and nothing of it where it cannot be reached. */
export async function call(path: '/api/end' | '/api/frame' | '/api/messages', body: object): Promise<Record<string, unknown>> {
  const answer = await fetch(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}`)
  return (await answer.json()) as Record<string, unknown>
}
