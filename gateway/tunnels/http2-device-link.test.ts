import type { Duplex } from 'node:stream'
import { createHash } from 'node:crypto'
import { describe, expect, it, vi } from 'vitest'
import { answerJson, answerLikeAnAgent, testBoot } from '../../test/support/test-device.ts'
import type { StreamHandler, TestDevice } from '../../test/support/test-device.ts'
import { openTestDoor } from '../../test/support/test-door.ts'
import type { TestDoor } from '../../test/support/test-door.ts'
import type { AgentEvent } from '../../agent/wire/agent-api.ts'
import { readSettings } from '../../agent/settings/read-settings.ts'
import type { SessionRequest } from '../../agent/wire/session-request.ts'
import { tunnelSettings } from '../../agent/wire/tunnel-settings.ts'
import type { DeviceId, ServiceName, SessionId } from '../basics/ids.ts'
import type { DeviceLink, HeardEvent } from '../devices/device-link.ts'
import { longestUnknownEvent } from './received-event.ts'
import type { TunnelLimits } from './tunnel-limits.ts'

const press = 'press-1' as DeviceId
const session = `ses_${'1'.repeat(32)}` as SessionId
const hmi = 'hmi' as ServiceName

interface Connected extends AsyncDisposable {
  readonly door: TestDoor
  readonly device: TestDevice
  readonly link: DeviceLink
}

async function connectTo(onStream: StreamHandler = answerLikeAnAgent(), limits: Partial<TunnelLimits> = {}): Promise<Connected> {
  const door = await openTestDoor({ limits })
  const device = await door.dial(await door.enrol(), { onStream })
  const link = await vi.waitUntil(() => door.listener.links.get(press), { interval: 5 })
  return { door, device, link, [Symbol.asyncDispose]: () => door[Symbol.asyncDispose]() }
}

const request: SessionRequest = {
  v: 1,
  kind: 'open',
  session,
  device: 'press-1',
  gateway: 'gateway.test',
  technician: { id: `per_${'2'.repeat(32)}`, name: 'Ana Müller', organisation: 'Service', photo_sha256: null },
  services: ['hmi'],
  purpose: 'the ink pump',
  ticket: null,
  duration_s: 3600,
  requested_at: 1_790_000_000,
  expires_at: 1_790_000_060,
  salt: 'c2FsdA==',
}

describe('a stream to a service', () => {
  it('is a CONNECT that names the service and the session, and carries bytes both ways', async () => {
    const heard: unknown[] = []
    await using connected = await connectTo((stream, headers) => {
      heard.push({
        method: headers[':method'],
        authority: headers[':authority'],
        session: headers['sallyport-session'],
        path: headers[':path'],
      })
      stream.respond({ ':status': 200 })
      stream.pipe(stream)
    })
    const stream = await connected.link.openStream(session, hmi)
    const sent = Buffer.alloc(3_000_000, 'x')
    stream.end(sent)
    expect(await digestOf(stream)).toBe(createHash('sha256').update(sent).digest('hex'))
    expect(heard).toEqual([{ method: 'CONNECT', authority: 'hmi', session, path: undefined }])
  })

  it.each([
    'unknown_service',
    'no_approval',
    'service_not_approved',
    'switch_off',
    'expired',
    'too_many_streams',
    'service_unreachable',
    'bad_request',
  ])('is refused with the reason of the agent: %s', async (code) => {
    await using connected = await connectTo((stream) => stream.respond({ ':status': 403, 'sallyport-error': code }, { endStream: true }))
    await expect(connected.link.openStream(session, hmi)).rejects.toMatchObject({ name: 'CodedError', code })
    expect(await Promise.race([connected.link.closed, Promise.resolve('alive')])).toBe('alive')
  })

  it.each(['', 'constructor', '__proto__', 'x'.repeat(5_000)])(
    'is refused as invalid when the reason is none that we know: %.20j',
    async (code) => {
      await using connected = await connectTo((stream) => stream.respond({ ':status': 500, 'sallyport-error': code }, { endStream: true }))
      await expect(connected.link.openStream(session, hmi)).rejects.toMatchObject({ code: 'device_answer_invalid' })
    },
  )

  it('is given up after the time for an answer, and when the caller aborts', async () => {
    await using connected = await connectTo(() => {}, { answerTimeoutMs: 150 })
    await expect(connected.link.openStream(session, hmi)).rejects.toMatchObject({ code: 'device_timeout' })
    const abort = new AbortController()
    const opening = connected.link.openStream(session, hmi, abort.signal)
    abort.abort(new Error('the browser left'))
    await expect(opening).rejects.toThrow('the browser left')
    await expect(connected.link.openStream(session, hmi, abort.signal)).rejects.toThrow('the browser left')
  })

  it('that nobody listens to ends no process when the device resets it', async () => {
    await using connected = await connectTo((stream) => {
      stream.respond({ ':status': 200 })
      setImmediate(() => stream.close(2))
    })
    const stream = await connected.link.openStream(session, hmi)
    await vi.waitUntil(() => stream.destroyed)
    expect(await Promise.race([connected.link.closed, Promise.resolve('alive')])).toBe('alive')
  })

  it('whose reader stalls holds back its sender within a window and stops no other stream', async () => {
    let written = 0
    await using connected = await connectTo((stream, headers) => {
      if (headers[':authority'] !== 'flood') return answerLikeAnAgent()(stream, headers)
      stream.respond({ ':status': 200 })
      const chunk = Buffer.alloc(64 * 1024)
      const pump = (): void => {
        for (let more = true; more && written < 64 * 1024 * 1024;) {
          more = stream.write(chunk)
          written += chunk.length
        }
      }
      stream.on('drain', pump)
      pump()
    })
    const stalled = await connected.link.openStream(session, 'flood' as ServiceName)
    await vi.waitUntil(() => written > tunnelSettings.streamWindow)
    const other = await connected.link.openStream(session, hmi)
    const sent = Buffer.alloc(8 * 1024 * 1024, 'y')
    other.end(sent)
    expect(await digestOf(other)).toBe(createHash('sha256').update(sent).digest('hex'))
    expect(written).toBeLessThan(4 * tunnelSettings.streamWindow)
    let read = 0
    stalled.on('data', (chunk: Buffer) => (read += chunk.length))
    await vi.waitUntil(() => read === 64 * 1024 * 1024, { timeout: 10_000 })
  })

  it('is refused beyond the number of streams that a tunnel has, and a closed one makes room', async () => {
    await using connected = await connectTo()
    const streams = await Promise.all(
      Array.from({ length: tunnelSettings.maxConcurrentStreams }, () => connected.link.openStream(session, hmi)),
    )
    await expect(connected.link.openStream(session, hmi)).rejects.toMatchObject({ code: 'too_many_streams', remedy: 'retry' })
    const [first] = streams
    first?.destroy()
    await vi.waitUntil(() => first?.closed)
    expect(await vi.waitFor(() => connected.link.openStream(session, hmi))).toBeDefined()
  })
})

describe('a question to an agent', () => {
  it('shows a request with its photo, and gives back why it is not shown', async () => {
    const bodies: unknown[] = []
    let status = 202
    let code = ''
    await using connected = await connectTo((stream, headers) => {
      void readAll(stream).then((body) => {
        bodies.push([headers[':method'], headers[':path'], JSON.parse(body)])
        answerJson(stream, status, status === 202 ? {} : { code })
      })
    })
    expect(await connected.link.showRequest(request, Buffer.from('jpeg'))).toEqual({ shown: true })
    expect(bodies).toEqual([['PUT', `/v1/sessions/${session}`, { request, photo: Buffer.from('jpeg').toString('base64') }]])
    for (const [refusal, answer] of [
      ['busy', 409],
      ['not_now', 409],
      ['not_today', 409],
      ['switch_off', 409],
      ['bad_request', 400],
      ['unknown_service', 404],
    ] as const) {
      status = answer
      code = refusal
      expect(await connected.link.showRequest(request, null)).toEqual({ shown: false, code: refusal })
    }
    code = 'because'
    await expect(connected.link.showRequest(request, null)).rejects.toMatchObject({ code: 'device_answer_invalid' })
  })

  it('ends a session with the reason and the name, whatever letters are in it', async () => {
    const heard: unknown[] = []
    await using connected = await connectTo((stream, headers) => {
      heard.push([headers[':method'], headers[':path'], headers['sallyport-reason'], headers['sallyport-by']])
      stream.respond({ ':status': 204 }, { endStream: true })
    })
    await connected.link.endSession(session, 'ended_by_technician', 'Ana Müller\r\nx: y')
    await connected.link.endSession(session, 'policy', null)
    expect(heard).toEqual([
      ['DELETE', `/v1/sessions/${session}`, 'ended_by_technician', 'Ana%20M%C3%BCller%0D%0Ax%3A%20y'],
      ['DELETE', `/v1/sessions/${session}`, 'policy', undefined],
    ])
  })

  it('tells of the switches, and takes it from an agent that does not know of them', async () => {
    const heard: unknown[] = []
    await using connected = await connectTo((stream, headers) => {
      let body = ''
      stream.setEncoding('utf8').on('data', (text: string) => (body += text))
      stream.on('end', () => heard.push([headers[':method'], headers[':path'], JSON.parse(body)]))
      stream.on('end', () => stream.respond({ ':status': heard.length === 1 ? 204 : 404 }, { endStream: true }))
    })
    const switches = { remote: false, services: { hmi: false } }
    expect([await connected.link.setSwitches(switches), await connected.link.setSwitches(switches)]).toEqual([true, false])
    expect(heard[0]).toEqual(['PUT', '/v1/switches', switches])
  })

  it.each<[string, StreamHandler]>([
    ['another status', (stream) => answerJson(stream, 500, {})],
    ['no JSON', (stream) => (stream.respond({ ':status': 200 }), stream.end('{'))],
    ['bytes that are not UTF-8', (stream) => (stream.respond({ ':status': 200 }), stream.end(Buffer.from('{"version":"\xff"}', 'latin1')))],
    ['another shape', (stream) => answerJson(stream, 200, { boot: testBoot })],
    ['another name than its certificate has', answerLikeAnAgent({ device: 'press-2' })],
    ['letters that turn text around', answerLikeAnAgent({ version: 'v1\u202e' })],
    ['one service twice', answerLikeAnAgent({ services: [service('hmi'), service('hmi')] })],
    ['a service that no name can be', answerLikeAnAgent({ services: [service('127.0.0.1:22')] })],
    ['nesting without end', (stream) => (stream.respond({ ':status': 200 }), stream.end('['.repeat(900_000)))],
  ])('takes %s for invalid and keeps the tunnel', async (_what, onStream) => {
    await using connected = await connectTo(onStream)
    await expect(connected.link.info()).rejects.toMatchObject({ code: 'device_answer_invalid' })
    expect(await Promise.race([connected.link.closed, Promise.resolve('alive')])).toBe('alive')
  })

  it('takes every name that an agent takes from its settings: a person of one that is refused here would stop all events behind it', async () => {
    const names = ['علی‌رضا', 'Zoë 👩‍🔧', 'Straße\u00adn', 'a\u200bb']
    const settings = {
      gateway: { tunnel: 'gw:1', est: 'https://gw:2', caFile: 'ca.pem', trustDomain: 'gateway.test' },
      device: { id: 'press-1', name: 'P', site: 'S' },
      stateDir: '/tmp',
      panel: { port: 0 },
      operators: names,
      services: Object.fromEntries(names.map((title, at) => [`s${at}`, { kind: 'http', target: '127.0.0.1:8080', title }])),
    }
    expect(readSettings({ text: JSON.stringify(settings), baseDir: '/', defaultPagesDir: '/' }).operators).toEqual(
      names.map((name) => ({ name, pinHash: null, mayLoosen: false })),
    )
    const services = names.map((title, at) => ({ ...service(`s${at}`), title }))
    const events = names.map((by, at) => ({ n: at + 1, time: 1, type: 'session.ended', session, reason: 'ended_by_operator', by }))
    await using connected = await connectTo((stream, headers) => {
      if (headers[':path']?.startsWith('/v1/events') !== true) return answerLikeAnAgent({ services })(stream, headers)
      stream.respond({ ':status': 200 })
      stream.write(events.map((event) => `${JSON.stringify(event)}\n`).join(''))
    })
    expect((await connected.link.info()).services).toEqual(services)
    const heard: unknown[] = []
    for await (const event of connected.link.events(0, new AbortController().signal)) if (heard.push(event) === events.length) break
    expect(heard).toEqual(events)
  })

  it('stops reading an answer that is larger than allowed', async () => {
    let sent = 0
    await using connected = await connectTo((stream) => {
      stream.respond({ ':status': 200 })
      const pump = (): void => {
        while (!stream.destroyed && stream.write(Buffer.alloc(64 * 1024, 0x20))) sent += 64 * 1024
      }
      stream.on('drain', pump)
      pump()
    })
    await expect(connected.link.info()).rejects.toMatchObject({ code: 'device_answer_invalid' })
    expect(sent).toBeLessThan(8 * 1024 * 1024)
  })

  it('gives up an answer that comes byte by byte', async () => {
    await using connected = await connectTo(
      (stream) => {
        stream.respond({ ':status': 200 })
        const drip = setInterval(() => stream.write(' '), 20)
        stream.once('close', () => clearInterval(drip))
      },
      { answerTimeoutMs: 200 },
    )
    await expect(connected.link.info()).rejects.toMatchObject({ code: 'device_timeout' })
  })

  it('fails when the device goes in the middle, and after', async () => {
    await using connected = await connectTo((stream) => stream.respond({ ':status': 200 }))
    const asking = connected.link.info()
    connected.device.close()
    await expect(asking).rejects.toMatchObject({ code: 'device_gone' })
    expect(await connected.link.closed).toBe('device_closed')
    await expect(connected.link.snapshot()).rejects.toMatchObject({ code: 'device_gone' })
  })

  it('hears from the device that remote service was switched off there', async () => {
    await using connected = await connectTo((stream) => stream.respond({ ':status': 200 }))
    connected.device.session.goaway(0, 0, Buffer.from('switched-off'))
    expect(await connected.link.closed).toBe('switched-off')
  })

  it('stops when the caller aborts it', async () => {
    await using connected = await connectTo((stream) => stream.respond({ ':status': 200 }))
    const abort = new AbortController()
    const asking = connected.link.info(abort.signal)
    setTimeout(() => abort.abort(new Error('not any more')), 50)
    await expect(asking).rejects.toThrow('not any more')
  })
})

describe('the events of an agent', () => {
  const changed = (n: number): AgentEvent => ({ n, time: 1_790_000_000_000, type: 'panel.changed', connected: true })
  const lines = (...events: unknown[]): string => events.map((event) => `${JSON.stringify(event)}\n`).join('')
  const writes =
    (...parts: (string | Buffer)[]): StreamHandler =>
    (stream) => {
      stream.respond({ ':status': 200 })
      for (const part of parts) stream.write(part)
    }

  it('come in order, however they are cut into pieces, and acknowledge what was read before', async () => {
    let path: string | undefined
    const text = Buffer.from(lines(changed(8), { n: 9, time: 1, type: 'switch.changed', service: 'hmi', enabled: false, by: 'Jörg' }))
    await using connected = await connectTo((stream, headers) => {
      path = headers[':path']
      stream.respond({ ':status': 200 })
      void (async () => {
        for (const byte of text) await new Promise((resolve) => stream.write(Buffer.from([byte]), resolve))
      })()
    })
    const heard: HeardEvent[] = []
    const abort = new AbortController()
    for await (const event of connected.link.events(7, abort.signal)) {
      heard.push(event)
      if (heard.length === 2) abort.abort()
    }
    expect(heard).toEqual([changed(8), { n: 9, time: 1, type: 'switch.changed', service: 'hmi', enabled: false, by: 'Jörg' }])
    expect(path).toBe('/v1/events?after=7')
  })

  it.each<[string, StreamHandler]>([
    ['a number that does not rise', writes(lines(changed(8), changed(8)))],
    ['a number that was acknowledged', writes(lines(changed(7)))],
    ['a type of a form that none has', writes(lines({ n: 8, time: 1, type: 'reboot' }))],
    ['a known type of another shape', writes(lines({ n: 8, time: 1, type: 'session.ended', session, reason: 'moon', by: null }))],
    ['no JSON', writes('hello\n')],
    ['a line without end', writes('x'.repeat(70_000))],
    [
      'a long line with an end',
      writes(`${JSON.stringify({ n: 8, time: 1, type: 'switch.changed', service: 'hmi', enabled: true, by: 'x'.repeat(70_000) })}\n`),
    ],
    ['another status', (stream) => stream.respond({ ':status': 404 }, { endStream: true })],
  ])('end with an error at %s', async (_what, onStream) => {
    await using connected = await connectTo(onStream)
    await expect(collect(connected.link.events(7, new AbortController().signal))).rejects.toMatchObject({ code: 'device_answer_invalid' })
  })

  it('may be of types that only a newer agent has: kept within a bound, and what follows is heard', async () => {
    const session = 'ses_00000000000000000000000000000001'
    const newer = (n: number, text: string) => ({ n, time: 1, type: 'valve.opened', session, text })
    const json = (text: string): string => JSON.stringify({ session, text })
    const room = longestUnknownEvent - json('').length
    const [fits, not] = ['x'.repeat(room), 'x'.repeat(room + 1)]
    await using connected = await connectTo(writes(lines(newer(8, fits), newer(9, not), changed(10))))
    const heard: HeardEvent[] = []
    for await (const event of connected.link.events(7, new AbortController().signal)) if (heard.push(event) === 3) break
    const kept = { time: 1, type: 'unknown', name: 'valve.opened', session }
    expect(heard).toEqual([
      { n: 8, ...kept, json: json(fits), cut: false },
      { n: 9, ...kept, json: json(not).slice(0, longestUnknownEvent), cut: true },
      changed(10),
    ])
  })

  it('end with an error when the device goes, and quietly when the caller wants no more', async () => {
    await using connected = await connectTo(writes(lines(changed(8))))
    const abort = new AbortController()
    const quiet = collect(connected.link.events(7, abort.signal))
    const loud = collect(connected.link.events(7, new AbortController().signal)).catch((error: unknown) => error)
    await vi.waitFor(() => connected.link.openStream(session, hmi))
    abort.abort()
    expect(await quiet).toEqual([changed(8)])
    connected.device.close()
    expect(await loud).toMatchObject({ code: 'device_gone' })
  })
})

function service(name: string) {
  return { name, kind: 'http', title: name, enabled: true } as const
}

async function digestOf(stream: Duplex): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of stream as AsyncIterable<Buffer>) hash.update(chunk)
  return hash.digest('hex')
}

async function readAll(stream: Duplex): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of stream as AsyncIterable<Buffer>) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = []
  for await (const item of items) all.push(item)
  return all
}
