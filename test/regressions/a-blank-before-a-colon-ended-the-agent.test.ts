import { Agent, IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import { Duplex } from 'node:stream'
import type { ServerHttp2Stream } from 'node:http2'
import { once } from 'node:events'
import { expect, it } from 'vitest'
import { FakeClock } from '../../agent/basics/fake-clock.ts'
import { createLogger } from '../../agent/basics/logger.ts'
import type { Refused } from '../../agent/refusals/refusal-record.ts'
import { forwardRequest } from '../../agent/streams/forward-request.ts'
import { createHttpStreams } from '../../agent/streams/http-streams.ts'
import { createStreamRegistry } from '../../agent/streams/stream-registry.ts'

/*
 * `ClientRequest` throws while it is made when a field cannot be written, and nobody caught it: with a parser that lets `Transfer-Encoding :` through
 * (`insecureHTTPParser`, or a defect of llhttp) one request in an approved session ended the agent. Found by test/attacks/hostile-gateway/broken-agents (issue 5).
 */
const target = { host: '127.0.0.1', port: 1 }
const clock = new FakeClock()
const logger = createLogger({ level: 'silent', nowMs: () => clock.nowMs(), write: () => {} })
const registry = createStreamRegistry({ clock, onActivity: () => {}, isHeld: () => false })

it.each([
  ['Transfer-Encoding ', 'chunked'],
  ['X-Odd', 'a\u0000b'],
  ['X-Odd', 'a\rb'],
  ['X(odd)', 'a'],
])('a field that nobody can write (%j: %j) is answered with 400, and noted', (name, value) => {
  const request = new IncomingMessage(new Socket())
  Object.assign(request, { method: 'GET', url: '/', rawHeaders: ['Host', 'attack', name, value] })
  const response = new ServerResponse(request)
  let refused = 0
  const handle = registry.add('ses_x', 'hmi', () => {})
  forwardRequest({ request, response, target, agent: new Agent(), handle, clock, onRefused: () => void (refused += 1) })
  expect([response.statusCode, refused]).toEqual([400, 1])
})

it('whatever else is thrown over a request ends its own stream alone', async () => {
  const noted: Refused[] = []
  const { open } = createHttpStreams({
    registry,
    assets: { begin: () => null },
    requests: {
      begin: () => {
        throw new Error('what nobody thought of')
      },
    },
    clock,
    panelPort: 1,
    refusals: { note: (refused) => void noted.push(refused), newest: () => [] },
    logger,
  })
  const stream = Object.assign(new Duplex({ read: () => {}, write: (_chunk, _encoding, done) => done() }), {
    respond: () => {},
    rstCode: 0,
  })
  const service = { name: 'hmi', title: 'Operating panel', kind: 'http', target } as never
  open(stream as unknown as ServerHttp2Stream, { session: 'ses_x', service, viewOnly: false } as never)
  stream.push('GET / HTTP/1.1\r\nHost: attack\r\n\r\n')
  await once(stream, 'close')
  expect(noted).toEqual([{ what: 'bytes', why: 'bad_request', subject: 'Operating panel' }])
})
