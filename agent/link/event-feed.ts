import type { ServerHttp2Stream } from 'node:http2'
import { mostEvents, type EventStore } from '../state/event-store.ts'
import type { Logger } from '../basics/logger.ts'
import { answerProblem } from './door-answers.ts'

export interface EventFeed {
  /** Serves `GET /v1/events?after=N`: what was kept, then each new event, one JSON line each, without end. A newer reader takes over. */
  open(stream: ServerHttp2Stream, query: string): void
}

const pageSize = 200

export function createEventFeed({ events, logger }: { readonly events: EventStore; readonly logger: Logger }): EventFeed {
  let reading: ServerHttp2Stream | null = null
  let warned = false
  let saidForgotten = false
  /** The panel keeps the sessions themselves; what is gone is gone for the gateway's history, so the machine's log says it. */
  const sayForgotten = (after: number): void => {
    const oldest = events.after(after, 1)[0]
    if (saidForgotten || oldest === undefined || oldest.n === after + 1) return
    saidForgotten = true
    logger.warn(
      { after, oldest: oldest.n, bound: mostEvents },
      'events that the gateway never acknowledged are forgotten, more than are kept',
    )
  }
  return {
    open: (stream, query) => {
      const match = /^after=(\d{1,15})$/.exec(query)
      if (match === null) return answerProblem(stream, { status: 400, code: 'bad_request', message: 'ask with ?after=N' })
      let sent = Number(match[1])
      if (sent > events.last()) {
        // Once: whoever asks for it again and again must not fill the log.
        if (!warned)
          logger.warn(
            { after: sent, last: events.last() },
            'the gateway knows events that this state directory never had; sending all that is kept',
          )
        warned = true
        sent = 0
      } else if (sent > 0) {
        events.acknowledge(sent)
      }
      sayForgotten(sent)
      reading?.end()
      reading = stream
      stream.respond({ ':status': 200, 'content-type': 'application/x-ndjson' })
      const send = (): void => {
        if (stream.destroyed || stream.writableEnded || stream.writableNeedDrain) return
        for (let page = events.after(sent, pageSize); page.length > 0; page = events.after(sent, pageSize)) {
          sent = page.at(-1)!.n
          if (!stream.write(page.map((event) => `${JSON.stringify(event)}\n`).join(''))) return
        }
      }
      const unsubscribe = events.subscribe(send)
      stream.on('drain', send)
      stream.on('close', () => {
        unsubscribe()
        if (reading === stream) reading = null
      })
      stream.resume()
      send()
    },
  }
}
