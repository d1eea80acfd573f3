import type { ServerHttp2Stream } from 'node:http2'
import { PassThrough } from 'node:stream'
import { expect, it } from 'vitest'
import { silentLogger } from '../basics/logger.ts'
import type { EventStore } from '../state/event-store.ts'
import { createEventFeed } from './event-feed.ts'

it('says once that the gateway knows more than it: a question that is repeated without end must not fill the log', () => {
  const said: string[] = []
  const events: EventStore = {
    append: () => {},
    last: () => 3,
    after: () => [],
    acknowledge: () => {},
    subscribe: () => () => {},
    announce: () => {},
  }
  const feed = createEventFeed({ events, logger: { ...silentLogger, warn: (_fields, message) => void said.push(message) } })
  for (let asked = 0; asked < 100; asked += 1) {
    const stream = Object.assign(new PassThrough(), { respond: () => {} })
    feed.open(stream as unknown as ServerHttp2Stream, 'after=999')
    stream.destroy()
  }
  expect(said).toEqual(['the gateway knows events that this state directory never had; sending all that is kept'])
})
