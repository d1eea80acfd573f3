import type { ServerHttp2Stream } from 'node:http2'
import { PassThrough } from 'node:stream'
import { beforeEach, expect, it } from 'vitest'
import { silentLogger } from '../basics/logger.ts'
import type { EventStore } from '../state/event-store.ts'
import type { AgentEvent } from '../wire/agent-api.ts'
import { createEventFeed } from './event-feed.ts'

const said: string[] = []
beforeEach(() => void said.splice(0))

function feedOf(kept: readonly AgentEvent[], last: number): (query: string) => PassThrough {
  const events: EventStore = {
    append: () => {},
    last: () => last,
    after: (n, limit) => kept.filter((event) => event.n > n).slice(0, limit),
    acknowledge: () => {},
    subscribe: () => () => {},
    announce: () => {},
  }
  const feed = createEventFeed({ events, logger: { ...silentLogger, warn: (_fields, message) => void said.push(message) } })
  return (query) => {
    const stream = Object.assign(new PassThrough(), { respond: () => {} })
    feed.open(stream as unknown as ServerHttp2Stream, query)
    return stream
  }
}

it('says once that the gateway knows more than it: a question that is repeated without end must not fill the log', () => {
  const ask = feedOf([], 3)
  for (let asked = 0; asked < 100; asked += 1) ask('after=999').destroy()
  expect(said).toEqual(['the gateway knows events that this state directory never had; sending all that is kept'])
})

it('sends what is left, and says once that events were forgotten before the gateway took them', () => {
  const kept = [7, 8].map((n): AgentEvent => ({ n, time: n, type: 'panel.changed', connected: true }))
  const ask = feedOf(kept, 8)
  ask('after=6').destroy()
  expect(said).toEqual([])
  for (let asked = 0; asked < 100; asked += 1) {
    const stream = ask('after=2')
    expect(String(stream.read()).match(/"n":\d+/g)).toEqual(['"n":7', '"n":8'])
    stream.destroy()
  }
  expect(said).toEqual(['events that the gateway never acknowledged are forgotten, more than are kept'])
})
