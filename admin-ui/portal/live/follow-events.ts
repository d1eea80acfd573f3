/** One thing that the gateway told: name and data of a server-sent event, or that the stream came or went. */
export interface LiveEvent {
  readonly name: 'session' | 'machine' | 'me' | 'signed_out' | 'resync' | 'connected' | 'lost'
  readonly data: string
}

const names = ['session', 'machine', 'me', 'signed_out', 'resync'] as const
const channelName = 'sallyport-events'
const retryMs = 3_000

/**
 * One event stream for each browser: the tab that holds the lock reads it and tells the others. When that tab goes, the next one takes
 * over and reads everything again, because it cannot know what was missed between.
 */
export const followEvents = (onEvent: (event: LiveEvent) => void): { close(): void } => {
  const stop = new AbortController()
  const channel = new BroadcastChannel(channelName)
  channel.addEventListener('message', (message: MessageEvent<LiveEvent>) => onEvent(message.data))
  const tell = (event: LiveEvent): void => {
    onEvent(event)
    channel.postMessage(event)
  }
  const lead = (): Promise<void> => leadUntil(stop.signal, tell)
  navigator.locks.request(channelName, { signal: stop.signal }, lead).catch(() => undefined)
  return {
    close() {
      stop.abort()
      channel.close()
    },
  }
}

const leadUntil = async (signal: AbortSignal, tell: (event: LiveEvent) => void): Promise<void> => {
  let first = true
  while (!signal.aborted) {
    await readStream(signal, tell, first)
    first = false
    if (signal.aborted) return
    tell({ name: 'lost', data: '' })
    await new Promise((resolve) => setTimeout(resolve, retryMs))
  }
}

/** Resolves when the stream is broken for good or `signal` ends it. */
const readStream = (signal: AbortSignal, tell: (event: LiveEvent) => void, first: boolean): Promise<void> =>
  new Promise((resolve) => {
    const source = new EventSource('/api/v1/events')
    const end = (): void => {
      source.close()
      resolve()
    }
    signal.addEventListener('abort', end, { once: true })
    let fresh = !first
    source.addEventListener('open', () => {
      tell({ name: 'connected', data: '' })
      // A new EventSource knows no last id: what happened before it is read again.
      if (fresh) tell({ name: 'resync', data: '' })
      fresh = false
    })
    source.addEventListener('error', () => {
      if (source.readyState === EventSource.CLOSED) end()
      else tell({ name: 'lost', data: '' })
    })
    for (const name of names) source.addEventListener(name, (event: MessageEvent<string>) => tell({ name, data: event.data }))
  })
