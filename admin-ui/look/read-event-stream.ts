/** One server-sent event (HTML standard, section 9.2). */
export interface StreamEvent {
  /** `message` where the server named none. */
  readonly name: string
  readonly data: string
}

export interface EventStreamListener {
  /** Every piece that arrives, comments too: the other side lives. */
  readonly onWord: () => void
  readonly onEvent: (event: StreamEvent) => void
  /** The id to come back with (`Last-Event-ID`). */
  readonly onId?: (id: string) => void
}

/** Reads server-sent events from a fetch answer until it ends. Unlike an `EventSource` it sends headers and hears comments. */
export const readEventStream = async (body: ReadableStream<Uint8Array>, listener: EventStreamListener): Promise<void> => {
  const reader = body.getReader()
  const decoder = new TextDecoder()
  let rest = ''
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return
    listener.onWord()
    const blocks = (rest + decoder.decode(value, { stream: true })).split(/\r?\n\r?\n/u)
    rest = blocks.pop() ?? ''
    for (const block of blocks) tell(block, listener)
  }
}

const tell = (block: string, { onEvent, onId }: EventStreamListener): void => {
  const lines = block.split(/\r?\n/u)
  const valuesOf = (field: string): string[] =>
    lines.filter((line) => line.startsWith(`${field}:`)).map((line) => line.slice(field.length + 1).replace(/^ /u, ''))
  const id = valuesOf('id').at(-1)
  if (id !== undefined) onId?.(id)
  const data = valuesOf('data')
  if (data.length > 0) onEvent({ name: valuesOf('event').at(-1) ?? 'message', data: data.join('\n') })
}
