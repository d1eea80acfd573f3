import type { PanelState } from '../../../agent/panel/panel-api.ts'
import type { PanelClient } from './panel-client.ts'
import { PanelProblemError } from './panel-problem-error.ts'
import { readEventStream } from '../../look/read-event-stream.ts'

/** A stream without a word for so long is dead: the agent speaks every 5 s. */
export const silentAfterMs = 12_000
const retryMs = 1_500

export interface FollowPanelOptions {
  readonly client: PanelClient
  readonly signal: AbortSignal
  readonly onState: (state: PanelState) => void
  /** The link to the agent is gone; it is dialled again until `signal` ends it. */
  readonly onLost: () => void
  readonly onNotPaired: () => void
}

/** Keeps the event stream of the agent open for ever; ends when `signal` does or when this browser is not paired any more. */
export const followPanel = async (options: FollowPanelOptions): Promise<void> => {
  while (!options.signal.aborted) {
    try {
      await followOnce(options)
    } catch (error) {
      if (error instanceof PanelProblemError && error.code === 'not_paired') return options.onNotPaired()
    }
    if (options.signal.aborted) return
    options.onLost()
    await pause(retryMs, options.signal)
  }
}

const followOnce = async ({ client, signal, onState }: FollowPanelOptions): Promise<void> => {
  const silence = new AbortController()
  let watch = setTimeout(() => silence.abort(), silentAfterMs)
  const heard = (): void => {
    clearTimeout(watch)
    watch = setTimeout(() => silence.abort(), silentAfterMs)
  }
  try {
    const response = await client.events(AbortSignal.any([signal, silence.signal]))
    if (response.body === null) return
    await readEventStream(response.body, { onWord: heard, onEvent: ({ data }) => onState(JSON.parse(data) as PanelState) })
  } finally {
    clearTimeout(watch)
  }
}

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, ms)
    signal.addEventListener(
      'abort',
      () => {
        clearTimeout(timer)
        resolve()
      },
      { once: true },
    )
  })
