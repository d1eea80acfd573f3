import { Duplex } from 'node:stream'
import type { ServerHttp2Stream } from 'node:http2'
import { once } from 'node:events'
import { expect, it } from 'vitest'
import { FakeClock } from '../../agent/basics/fake-clock.ts'
import { createLogger } from '../../agent/basics/logger.ts'
import type { Refused } from '../../agent/refusals/refusal-record.ts'
import { createHttpStreams } from '../../agent/streams/http-streams.ts'
import { createStreamRegistry } from '../../agent/streams/stream-registry.ts'

/*
 * A stream that the gateway reset in the middle of a request, as when a technician pressed a button at view only, stood at the panel under *What this machine
 * refused* as data that nobody can read. Found by working as an operator (issue 5).
 */
const clock = new FakeClock()
const logger = createLogger({ level: 'silent', nowMs: () => clock.nowMs(), write: () => {} })
const registry = createStreamRegistry({ clock, onActivity: () => {}, isHeld: () => false })

async function notedAfter(act: (stream: Duplex) => void): Promise<Refused[]> {
  const noted: Refused[] = []
  const { open } = createHttpStreams({
    registry,
    assets: { begin: () => null },
    requests: { begin: () => ({ whenClear: () => {}, up: () => {}, down: () => {}, file: () => {}, end: () => {} }) },
    clock,
    panelPort: 1,
    refusals: { note: (refused) => void noted.push(refused), newest: () => [] },
    logger,
  })
  const stream = Object.assign(new Duplex({ read: () => {}, write: (_chunk, _encoding, done) => done() }), {
    respond: () => {},
    rstCode: 0,
  })
  const service = { name: 'hmi', title: 'Operating panel', kind: 'http', target: { host: '127.0.0.1', port: 1 } } as never
  open(stream as unknown as ServerHttp2Stream, { session: 'ses_x', service, viewOnly: false } as never)
  const closed = once(stream, 'close').catch(() => {})
  stream.push('POST /start HTTP/1.1\r\nHost: machine\r\nContent-Length: 10\r\n\r\nhalf')
  await new Promise(setImmediate)
  act(stream)
  await closed
  return noted
}

it('a request that its sender gave up is nothing that was refused', async () => {
  const reset = Object.assign(new Error('Stream closed'), { code: 'ERR_HTTP2_STREAM_ERROR' })
  expect(await notedAfter((stream) => stream.destroy(reset))).toEqual([])
})

it('bytes that are no request are', async () => {
  const unreadable = { what: 'bytes', why: 'bad_request', subject: 'Operating panel' }
  expect(await notedAfter((stream) => stream.push('rest!!nonsense\r\n\r\n'))).toEqual([unreadable])
})
