/** Reads server-sent events from a fetch answer: calls `onEvent` with the data of each, `onWord` with every piece that arrives. */
export const readEventStream = async (
  body: ReadableStream<Uint8Array>,
  onWord: () => void,
  onEvent: (data: string) => void,
): Promise<void> => {
  const reader = body.getReader()
  const decoder = new TextDecoder()
  let rest = ''
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return
    onWord()
    rest += decoder.decode(value, { stream: true })
    const events = rest.split(/\r?\n\r?\n/u)
    rest = events.pop() ?? ''
    for (const event of events) {
      const data = event
        .split(/\r?\n/u)
        .filter((line) => line.startsWith('data:'))
        .map((line) => line.slice(line.startsWith('data: ') ? 6 : 5))
      if (data.length > 0) onEvent(data.join('\n'))
    }
  }
}
