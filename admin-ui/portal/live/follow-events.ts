import { readEventStream } from '../../look/read-event-stream.ts'

/** One thing that the gateway told: name and data of a server-sent event, or that the stream came or went. */
export interface LiveEvent {
  readonly name: 'session' | 'machine' | 'grant' | 'me' | 'policy' | 'signed_out' | 'resync' | 'connected' | 'lost'
  readonly data: string
}

const names = ['session', 'machine', 'grant', 'me', 'policy', 'signed_out', 'resync'] as const
const channelName = 'sallyport-events'
const retryMs = 3_000
/** The gateway says a word at least every 15 s. A stream that is silent for longer than this is dead, though no error came. */
const silentAfterMs = 40_000
/** Who waited for the lock for so long has read its page before another tab let go. */
const takenOverAfterMs = 1_000

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
  const askedAt = performance.now()
  const lead = (): Promise<void> => leadUntil(stop.signal, tell, performance.now() - askedAt > takenOverAfterMs)
  navigator.locks.request(channelName, { signal: stop.signal }, lead).catch(() => undefined)
  return {
    close() {
      stop.abort()
      channel.close()
    },
  }
}

const leadUntil = async (signal: AbortSignal, tell: (event: LiveEvent) => void, takenOver: boolean): Promise<void> => {
  const place: Place = { lastId: null, first: !takenOver }
  while (!signal.aborted) {
    await readStream(signal, tell, place).catch(() => undefined)
    place.first = false
    if (signal.aborted) return
    tell({ name: 'lost', data: '' })
    await new Promise((resolve) => setTimeout(resolve, retryMs))
  }
}

/** Where the stream was when it broke off. */
interface Place {
  lastId: string | null
  first: boolean
}

/** Resolves or rejects when the stream is broken or has been silent for too long, or `signal` ends it. */
const readStream = async (signal: AbortSignal, tell: (event: LiveEvent) => void, place: Place): Promise<void> => {
  const silence = new AbortController()
  let watch: ReturnType<typeof setTimeout> | undefined
  const heard = (): void => {
    clearTimeout(watch)
    watch = setTimeout(() => silence.abort(), silentAfterMs)
  }
  heard()
  try {
    const { lastId } = place
    const response = await fetch('/api/v1/events', {
      headers: { accept: 'text/event-stream', ...(lastId === null ? {} : { 'last-event-id': lastId }) },
      cache: 'no-store',
      signal: AbortSignal.any([signal, silence.signal]),
    })
    if (response.status === 401) tell({ name: 'signed_out', data: '' })
    if (!response.ok || response.body === null) return
    tell({ name: 'connected', data: '' })
    // Without an id to come back with, what happened in between is read again.
    if (!place.first && lastId === null) tell({ name: 'resync', data: '' })
    await readEventStream(response.body, {
      onWord: heard,
      onEvent: ({ name, data }) => (isKnown(name) ? tell({ name, data }) : undefined),
      onId: (id) => void (place.lastId = id),
    })
  } finally {
    clearTimeout(watch)
  }
}

const isKnown = (name: string): name is (typeof names)[number] => names.some((known) => known === name)
