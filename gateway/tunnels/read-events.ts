import { constants } from 'node:http2'
import type { HeardEvent } from '../devices/device-link.ts'
import { readAnswer } from './ask-agent.ts'
import { deviceAnswerInvalid, deviceGone } from './device-errors.ts'
import { openRequest } from './open-request.ts'
import type { OpenRequest } from './open-request.ts'
import { receivedEvent } from './received-event.ts'
import type { TunnelLimits } from './tunnel-limits.ts'

const lineEnd = 0x0a

/** The agent's events after `after`, in order, each checked; ends quietly when `signal` fires. @throws CodedError as askAgent */
export async function* readEvents(
  options: Pick<OpenRequest, 'session' | 'clock'> & {
    readonly limits: Pick<TunnelLimits, 'answerTimeoutMs' | 'maxEventLineBytes'>
    readonly after: number
    readonly signal: AbortSignal
  },
): AsyncGenerator<HeardEvent, void, undefined> {
  const { session, clock, limits, after, signal } = options
  if (signal.aborted) return
  const headers = { ':method': 'GET', ':path': `/v1/events?after=${after}` }
  const opened = openRequest({ session, clock, headers, body: 'none', timeoutMs: limits.answerTimeoutMs, signal })
  const head = await opened.catch((error: unknown) => (signal.aborted ? undefined : Promise.reject(error)))
  if (head === undefined) return
  const { status, stream } = head
  const abort = (): void => stream.close(constants.NGHTTP2_CANCEL)
  signal.addEventListener('abort', abort, { once: true })
  let last = after
  try {
    if (status !== 200) throw deviceAnswerInvalid({ problem: 'status', status })
    for await (const line of lines(stream, limits.maxEventLineBytes)) {
      const event = readAnswer(receivedEvent, line)
      if (event.n <= last) throw deviceAnswerInvalid({ problem: 'an event number did not rise', n: event.n, last })
      last = event.n
      yield event
    }
  } catch (error) {
    if (!signal.aborted) throw error instanceof Error && 'remedy' in error ? error : deviceGone(error)
  } finally {
    signal.removeEventListener('abort', abort)
    stream.close(constants.NGHTTP2_CANCEL)
  }
  if (!signal.aborted) throw deviceGone()
}

async function* lines(chunks: AsyncIterable<Buffer>, maxBytes: number): AsyncGenerator<Buffer, void, undefined> {
  let rest: Buffer = Buffer.alloc(0)
  for await (const chunk of chunks) {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    for (let end = rest.indexOf(lineEnd); end >= 0 && end <= maxBytes; end = rest.indexOf(lineEnd)) {
      if (end > 0) yield rest.subarray(0, end)
      rest = rest.subarray(end + 1)
    }
    if (rest.length > maxBytes) throw deviceAnswerInvalid({ problem: 'a line is too long', maxBytes })
  }
}
