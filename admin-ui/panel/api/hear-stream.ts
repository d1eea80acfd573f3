import { readEventStream } from '../../look/read-event-stream.ts'
import type { StreamEvent } from '../../look/read-event-stream.ts'
import { PanelProblemError } from './panel-problem-error.ts'

/** A stream without a word for so long is dead: the agent speaks every 5 s. */
export const silentAfterMs = 12_000
const retryMs = 1_500

export interface HearStreamOptions {
  readonly open: (signal: AbortSignal) => Promise<Response>
  readonly signal: AbortSignal
  readonly onEvent: (event: StreamEvent) => void
  /** The stream is gone; it is opened again until `signal` ends it. */
  readonly onLost: () => void
  readonly onNotPaired: () => void
}

/** Keeps an event stream of the agent open for ever; ends when `signal` does or when this browser is not paired any more. */
export const hearStream = async (options: HearStreamOptions): Promise<void> => {
  while (!options.signal.aborted) {
    try {
      await hearOnce(options)
    } catch (error) {
      if (error instanceof PanelProblemError && error.code === 'not_paired') return options.onNotPaired()
    }
    if (options.signal.aborted) return
    options.onLost()
    await pause(retryMs, options.signal)
  }
}

const hearOnce = async ({ open, signal, onEvent }: HearStreamOptions): Promise<void> => {
  const silence = new AbortController()
  let watch = setTimeout(() => silence.abort(), silentAfterMs)
  const heard = (): void => {
    clearTimeout(watch)
    watch = setTimeout(() => silence.abort(), silentAfterMs)
  }
  try {
    const response = await open(AbortSignal.any([signal, silence.signal]))
    if (response.body === null) return
    await readEventStream(response.body, { onWord: heard, onEvent })
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
