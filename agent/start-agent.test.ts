import { createHash, X509Certificate } from 'node:crypto'
import { request as httpRequest } from 'node:http'
import type { IncomingMessage, RequestOptions } from 'node:http'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import { compactVerify } from 'jose'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { WebSocket } from 'ws'
import { systemClock } from './basics/clock.ts'
import { silentLogger } from './basics/logger.ts'
import { systemRandom } from './basics/random.ts'
import { readSettings } from './settings/read-settings.ts'
import { startAgent } from './start-agent.ts'
import type { RunningAgent } from './start-agent.ts'
import { createTestAuthority } from './testing/test-authority.ts'
import type { TestAuthority } from './testing/test-authority.ts'
import { startTestEstServer } from './testing/test-est-server.ts'
import type { TestEstServer } from './testing/test-est-server.ts'
import { startTestGateway } from './testing/test-gateway.ts'
import type { TestGateway } from './testing/test-gateway.ts'
import { startTestMachine } from './testing/test-machine.ts'
import type { TestMachine } from './testing/test-machine.ts'
import { testPanel } from './testing/test-panel.ts'
import type { TestPanel } from './testing/test-panel.ts'
import type { AgentEvent, AgentInfo, AgentSnapshot } from './wire/agent-api.ts'
import { requestDigest } from './wire/session-request.ts'
import type { SessionRequest } from './wire/session-request.ts'

const uri = 'spiffe://acme.example/device/press-1'
let authority: TestAuthority
let est: TestEstServer
let gateway: TestGateway
let machine: TestMachine
let agent: RunningAgent
let panel: TestPanel
let stateDir: string
let events: AgentEvent[]

beforeAll(async () => {
  authority = createTestAuthority()
  est = await startTestEstServer({ authority, uri, password: 'one-time' })
})
afterAll(() => {
  est.close()
  authority.remove()
})

beforeEach(async () => {
  gateway = await startTestGateway({ authority })
  machine = await startTestMachine()
  stateDir = mkdtempSync(join(tmpdir(), 'agent-run-'))
  events = []
  agent = await start()
  panel = testPanel(agent.panelUrl)
  await panel.pair(agent.pairingUrl)
  await connected()
})

afterEach(async () => {
  await agent.close()
  gateway.close()
  machine.close()
  rmSync(stateDir, { recursive: true })
})

function start(): Promise<RunningAgent> {
  const settings = readSettings({
    text: JSON.stringify({
      gateway: { tunnel: `localhost:${gateway.port}`, est: `https://localhost:${est.port}`, caFile: authority.caFile, trustDomain: 'acme.example' },
      device: { id: 'press-1', name: 'Press 1', site: 'Hall 3' },
      enrolment: { password: 'one-time' },
      stateDir,
      panel: { port: 0, pagesDir: stateDir },
      operators: ['Olga', 'Omar'],
      services: {
        hmi: { kind: 'http', target: `127.0.0.1:${machine.httpPort}`, title: 'Operating panel' },
        plc: { kind: 'tcp', target: `127.0.0.1:${machine.tcpPort}`, maxStreams: 2 },
        gone: { kind: 'http', target: '127.0.0.1:1' },
        lost: { kind: 'tcp', target: '127.0.0.1:1' },
      },
    }),
    baseDir: '/',
    defaultPagesDir: '/',
  })
  return startAgent({ settings, clock: systemClock, random: systemRandom, logger: silentLogger })
}

async function connected(): Promise<void> {
  await vi.waitFor(async () => expect((await panel.state()).connection.state).toBe('connected'), { timeout: 8_000 })
  gateway.readEvents(0, events)
}

function request(change: Partial<SessionRequest> = {}): SessionRequest {
  const now = Math.floor(Date.now() / 1000)
  return {
    v: 1,
    kind: 'open',
    session: `ses_${systemRandom.hex(16)}`,
    device: 'press-1',
    gateway: 'acme.example',
    technician: { id: 'per_1', name: 'Mia Maier', organisation: 'Acme', photo_sha256: null },
    services: ['hmi', 'plc', 'gone', 'lost'],
    purpose: 'Replace the valve',
    ticket: null,
    duration_s: 600,
    requested_at: now,
    expires_at: now + 120,
    salt: systemRandom.bytes(32).toString('base64'),
    ...change,
  }
}

const show = (asked: SessionRequest, photo: string | null = null): ReturnType<TestGateway['request']> =>
  gateway.request('PUT', `/v1/sessions/${asked.session}`, { body: JSON.stringify({ request: asked, photo }) })

async function openSession(change: Partial<SessionRequest> = {}): Promise<SessionRequest> {
  const asked = request(change)
  expect((await show(asked)).status).toBe(202)
  expect((await panel.call('POST', `/api/requests/${asked.session}/approve`, { body: { operator: 'Olga' } })).status).toBe(200)
  return asked
}

async function through(session: string, options: RequestOptions, body?: string | Buffer): Promise<{ response: IncomingMessage; body: Buffer }> {
  const { stream } = await gateway.connect('hmi', session)
  return exchange(stream, options, body)
}

function exchange(stream: Duplex, options: RequestOptions, body?: string | Buffer): Promise<{ response: IncomingMessage; body: Buffer }> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest({ createConnection: () => stream as never, setHost: false, ...options, headers: { host: 'sallyport.invalid', ...options.headers } })
    sent.on('error', reject)
    sent.on('response', (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () => resolve({ response, body: Buffer.concat(chunks) }))
    })
    sent.end(body)
  })
}

/** Writes raw bytes on a fresh stream and gives back all that comes until it ends. */
async function raw(session: string, bytes: string): Promise<string> {
  const { stream } = await gateway.connect('hmi', session)
  stream.write(bytes)
  let text = ''
  stream.setEncoding('latin1')
  for await (const chunk of stream) text += String(chunk)
  return text
}

describe('an agent', () => {
  it('lets nobody in before the press, and then only where the signed approval says', async () => {
    const photo = Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), Buffer.alloc(100, 7)])
    const asked = request({ services: ['hmi', 'plc'], technician: { id: 'per_1', name: 'Mia Maier', organisation: 'Acme', photo_sha256: createHash('sha256').update(photo).digest('base64') } })
    expect((await show(asked, photo.toString('base64'))).status).toBe(202)
    expect(await gateway.connect('hmi', asked.session)).toMatchObject({ status: 403, error: 'no_approval' })
    const state = await panel.state()
    expect(state.request).toMatchObject({ session: asked.session, technician: { name: 'Mia Maier', photo: `data:image/jpeg;base64,${photo.toString('base64')}` }, duration_s: 600, services: [{ name: 'hmi', title: 'Operating panel' }, { name: 'plc', title: 'plc' }] })
    expect((JSON.parse((await gateway.request('GET', '/v1/sessions')).body) as AgentSnapshot).shown).toEqual([asked.session])

    const pressed = await panel.call('POST', `/api/requests/${asked.session}/approve`, { body: { operator: 'Olga', services: ['hmi'], duration_s: 300 } })
    expect(JSON.parse(pressed.body)).toMatchObject({ request: null, session: { id: asked.session, approved_by: 'Olga', services: [{ name: 'hmi', open_streams: 0 }] } })
    await vi.waitFor(() => expect(events.some(({ type }) => type === 'approval.given')).toBe(true))
    const given = events.find((event) => event.type === 'approval.given')!
    const certificate = new X509Certificate(readFileSync(join(stateDir, 'device.crt')))
    const { payload, protectedHeader } = await compactVerify(given.approval, certificate.publicKey, { algorithms: ['ES256'] })
    expect(protectedHeader).toEqual({ alg: 'ES256', typ: 'sallyport-approval+jwt', 'x5t#S256': createHash('sha256').update(certificate.raw).digest('base64url') })
    const info = JSON.parse((await gateway.request('GET', '/v1/info')).body) as AgentInfo
    const claims = JSON.parse(Buffer.from(payload).toString()) as Record<string, unknown>
    expect(claims).toMatchObject({ iss: uri, aud: 'acme.example', boot: info.boot, mode: 'attended', sid: asked.session, sub: 'per_1', services: ['hmi'], request_digest: requestDigest(asked), operator: { name: 'Olga', proof: 'none' } })
    expect(Number(claims['exp']) - Number(claims['iat'])).toBe(300)

    for (const [service, session, error] of [['plc', asked.session, 'service_not_approved'], ['hmi', `ses_${'0'.repeat(32)}`, 'no_approval'], ['127.0.0.1:22', asked.session, 'unknown_service'], ['10.0.0.1:22', asked.session, 'unknown_service'], ['hmi', undefined, 'bad_request']] as const) {
      expect(await gateway.connect(service, session)).toMatchObject({ error })
    }
    const answer = await through(asked.session, { method: 'POST', path: '/x?y=1' }, 'hello')
    expect(JSON.parse(answer.body.toString())).toMatchObject({ method: 'POST', bytes: 5 })
  })

  it('speaks HTTP anew: own Host and framing, no hop-by-hop fields, the machine by its neutral name', async () => {
    const { session } = await openSession()
    const { response } = await through(session, {
      path: '/moved',
      headers: { origin: 'http://sallyport.invalid', referer: 'http://sallyport.invalid/a', 'x-kept': 'yes', 'x-dropped': 'no', 'sallyport-session': 'x', connection: 'keep-alive, x-dropped', te: 'trailers', 'proxy-authorization': 'Basic eDp5' },
    })
    const origin = `127.0.0.1:${machine.httpPort}`
    expect(machine.headers[0]).toMatchObject({ host: origin, origin: `http://${origin}`, referer: `http://${origin}/a`, 'x-kept': 'yes' })
    for (const name of ['x-dropped', 'sallyport-session', 'te', 'proxy-authorization', 'transfer-encoding', 'content-length']) expect(machine.headers[0]).not.toHaveProperty(name)
    expect(response.headers).toMatchObject({ location: '/next?x=1', 'set-cookie': ['a=1', 'b=2'] })
    expect(response.headers).not.toHaveProperty('sallyport-agent-error')
  })

  it('answers 502 in its own name within a second when the service is not there', async () => {
    const { session } = await openSession()
    const began = performance.now()
    const { stream } = await gateway.connect('gone', session)
    const { response } = await exchange(stream, { path: '/' })
    expect([response.statusCode, response.headers['sallyport-agent-error']]).toEqual([502, 'service_unreachable'])
    expect(await gateway.connect('lost', session)).toMatchObject({ status: 502, error: 'service_unreachable' })
    expect(performance.now() - began).toBeLessThan(1_000)
  })

  it('tears what the service tore, so that half a body never looks whole', async () => {
    const { session } = await openSession()
    await expect(through(session, { path: '/torn' })).rejects.toThrow()
  })

  it('carries 50 MB each way, whole, and holds back a reader that stalls', async () => {
    const { session } = await openSession()
    const up = Buffer.alloc(50 * 1024 * 1024, 'u')
    const uploaded = await through(session, { method: 'PUT', path: '/up' }, up)
    expect(JSON.parse(uploaded.body.toString())).toMatchObject({ bytes: up.length, sha256: createHash('sha256').update(up).digest('hex') })
    expect((await through(session, { path: '/down' })).body).toHaveLength(200 * 256 * 1024)

    const { stream } = await gateway.connect('hmi', session)
    stream.write('GET /down HTTP/1.1\r\nHost: x\r\n\r\n')
    stream.pause()
    const before = (await panel.state()).session!.services[0]!.bytes_down
    let last = -1
    await vi.waitFor(async () => {
      const now = (await panel.state()).session!.services[0]!.bytes_down
      const still = now === last && now > before
      last = now
      expect(still).toBe(true)
    }, { interval: 300, timeout: 10_000 })
    expect(last - before).toBeLessThan(8 * 1024 * 1024)
    stream.destroy()
  })

  it('keeps a chunked DELETE chunked on a connection that is used again: no second request hides in it', async () => {
    const { session } = await openSession()
    const smuggled = 'GET /admin/smuggled HTTP/1.1\r\nHost: x\r\n\r\n'
    for (const method of ['DELETE', 'OPTIONS']) {
      const chunk = `${smuggled.length.toString(16)}\r\n${smuggled}\r\n0\r\n\r\n`
      expect(await raw(session, `${method} /thing HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n${chunk}GET /next HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`)).toContain(`"bytes":${smuggled.length}`)
    }
    expect(machine.seen).toEqual(['DELETE /thing', 'GET /next', 'OPTIONS /thing', 'GET /next'])
  })

  it('passes requests that were sent without waiting one after the other', async () => {
    const { session } = await openSession()
    const paths = ['/1', '/2', '/3', '/4', '/5']
    const answers = await raw(session, paths.map((path, at) => `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n${at === 4 ? 'Connection: close\r\n' : ''}\r\nabc`).join(''))
    expect(answers.match(/"bytes":3/g)).toHaveLength(5)
    expect(machine.seen).toEqual(paths.map((path) => `POST ${path}`))
  })

  it.each([
    ['both lengths', 'POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /b HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['two lengths', 'POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd'],
    ['a coding that hides chunked', 'POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n'],
    ['chunked in HTTP/1.0', 'POST /a HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['a length with a sign', 'POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: +3\r\n\r\nabc'],
    ['a space before the colon', 'POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n'],
    ['a bare line feed in a field', 'GET /a HTTP/1.1\r\nHost: x\r\nA: b\nTransfer-Encoding: chunked\r\n\r\n'],
    ['an absolute address', 'GET http://127.0.0.1:22/ HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['TRACE', 'TRACE /a HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['CONNECT', 'CONNECT 127.0.0.1:22 HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['another protocol', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['garbage', '\x00\x01\x02\r\n\r\n'],
  ])('sends nothing on to the machine of a request with %s', async (_what, bytes) => {
    const { session } = await openSession()
    expect(await raw(session, bytes)).toMatch(/^HTTP\/1\.1 4\d\d /)
    expect(machine.seen).toEqual([])
    expect((await through(session, { path: '/still-here' })).response.statusCode).toBe(200)
  })

  it('carries a WebSocket both ways', async () => {
    const { session } = await openSession()
    const { stream } = await gateway.connect('hmi', session)
    const socket = new WebSocket('ws://sallyport.invalid/live', { createConnection: () => stream as never })
    await new Promise((resolve) => socket.once('open', resolve))
    for (const text of ['hello', 'x'.repeat(100_000)]) {
      socket.send(text)
      expect(String(await new Promise((resolve) => socket.once('message', resolve)))).toBe(text)
    }
    expect(machine.headers[0]).toMatchObject({ host: `127.0.0.1:${machine.httpPort}`, upgrade: 'websocket' })
    socket.close()
    await new Promise((resolve) => socket.once('close', resolve))
    await vi.waitFor(async () => expect((await panel.state()).session!.services[0]).toMatchObject({ open_streams: 0 }))
  })

  it.each([
    ['a wrong Accept', 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA=\r\n\r\n'],
    ['another protocol', 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n'],
  ])('makes no tunnel of an upgrade that the machine answers with %s', async (_what, answer) => {
    machine.rawUpgrade = answer
    const { session } = await openSession()
    const { stream } = await gateway.connect('hmi', session)
    const socket = new WebSocket('ws://sallyport.invalid/live', { createConnection: () => stream as never })
    const status = await new Promise((resolve) => socket.once('unexpected-response', (_request, response) => resolve(response.statusCode)))
    expect(status).toBe(502)
  })

  it('ends a WebSocket whose frames are none, before they reach the machine', async () => {
    const { session } = await openSession()
    const { stream } = await gateway.connect('hmi', session)
    const closed = new Promise((resolve) => stream.once('close', resolve))
    stream.on('error', () => {})
    stream.write('GET /live HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n')
    const head = await new Promise<Buffer>((resolve) => stream.once('data', resolve))
    expect(head.toString()).toMatch(/^HTTP\/1\.1 101 .*s3pPLMBiTxaQ9kYGzzhZRbK\+xOo=/is)
    stream.resume()
    stream.write('GET /admin HTTP/1.1\r\nHost: x\r\n\r\n')
    await closed
    expect(machine.seen).toEqual(['UPGRADE /live'])
  })

  it('passes bytes of other services as they are, half-closed too, and counts streams', async () => {
    const { session } = await openSession()
    const { stream, status } = await gateway.connect('plc', session)
    expect(status).toBe(200)
    const sent = Buffer.alloc(5 * 1024 * 1024, 'p')
    stream.end(sent)
    const chunks: Buffer[] = []
    for await (const chunk of stream) chunks.push(chunk as Buffer)
    expect(Buffer.concat(chunks)).toEqual(Buffer.concat([sent, Buffer.from('bye')]))
    const two = [await gateway.connect('plc', session), await gateway.connect('plc', session)]
    expect(await gateway.connect('plc', session)).toMatchObject({ status: 429, error: 'too_many_streams' })
    for (const one of two) one.stream.destroy()
    expect((await panel.state()).session!.services[1]).toMatchObject({ name: 'plc', bytes_up: sent.length, bytes_down: sent.length + 3 })
  })

  it('cuts every stream in the moment of End, at the gateway and at the machine', async () => {
    const { session } = await openSession()
    const { stream: bytes } = await gateway.connect('plc', session)
    const { stream: web } = await gateway.connect('hmi', session)
    web.write('GET /events HTTP/1.1\r\nHost: x\r\n\r\n')
    await new Promise((resolve) => web.once('data', resolve))
    await vi.waitFor(() => expect(machine.open.size).toBe(2))
    const closed = [bytes, web].map((stream) => new Promise((resolve) => stream.on('error', () => {}).resume().once('close', resolve)))
    const began = performance.now()
    expect((await panel.call('POST', '/api/session/end', { body: { operator: 'Omar' } })).status).toBe(200)
    await Promise.all(closed)
    await vi.waitFor(() => expect(machine.open.size).toBe(0), { interval: 5 })
    expect(performance.now() - began).toBeLessThan(500)
    expect(await gateway.connect('hmi', session)).toMatchObject({ error: 'no_approval' })
    await vi.waitFor(() => expect(events.at(-1)).toMatchObject({ type: 'session.ended', session, reason: 'ended_by_operator', by: 'Omar' }))
    expect((await panel.state()).history[0]).toMatchObject({ session, outcome: 'ended', reason: 'ended_by_operator', by: 'Omar' })
    expect((await show(request({ session }))).status).toBe(400)
  })

  it('ends a session for the gateway, and only answers when its streams are closed', async () => {
    const { session } = await openSession()
    const { stream } = await gateway.connect('plc', session)
    stream.on('error', () => {})
    const closed = new Promise((resolve) => stream.once('close', resolve))
    const answer = await gateway.request('DELETE', `/v1/sessions/${session}`, { headers: { 'sallyport-reason': 'policy', 'sallyport-by': 'J%C3%B6rg' } })
    expect(answer.status).toBe(204)
    await closed
    expect((await panel.state()).history[0]).toMatchObject({ outcome: 'ended', reason: 'policy', by: 'Jörg' })
    expect((await gateway.request('DELETE', `/v1/sessions/ses_${'1'.repeat(32)}`)).status).toBe(204)
    expect(events.map(({ type }) => type)).not.toContain('session.ended')
  })

  it('ends the session of a service that is switched off', async () => {
    const { session } = await openSession({ services: ['plc'] })
    expect((await panel.call('POST', '/api/switches/plc', { body: { enabled: false, operator: 'Olga' } })).status).toBe(200)
    await vi.waitFor(() => expect(events.map(({ type }) => type)).toEqual(expect.arrayContaining(['switch.changed', 'session.ended'])))
    expect(events.find(({ type }) => type === 'session.ended')).toMatchObject({ session, reason: 'switch_off' })
    const again = await show(request({ services: ['plc'] }))
    expect([again.status, JSON.parse(again.body)]).toEqual([409, expect.objectContaining({ code: 'switch_off' })])
  })

  it('keeps a session over a short gap of the tunnel, without its streams', async () => {
    const { session } = await openSession()
    const { stream } = await gateway.connect('plc', session)
    stream.on('error', () => {})
    await vi.waitFor(() => expect(machine.open.size).toBe(1))
    gateway.tunnel?.destroy()
    await vi.waitFor(() => expect(machine.open.size).toBe(0))
    await vi.waitFor(() => expect(gateway.connections).toBe(2), { timeout: 5_000 })
    await connected()
    const snapshot = JSON.parse((await gateway.request('GET', '/v1/sessions')).body) as AgentSnapshot
    expect(snapshot.live).toMatchObject([{ id: session, open_streams: 0 }])
    expect((await through(session, { path: '/again' })).response.statusCode).toBe(200)
  })

  it('ends by End when the gateway is away, and tells it later', async () => {
    const { session } = await openSession()
    const last = events.at(-1)?.n ?? 0
    gateway.refuseWith = 'suspended'
    gateway.tunnel?.destroy()
    await vi.waitFor(async () => expect((await panel.state()).connection).toMatchObject({ state: 'refused', reason: 'suspended' }), { timeout: 5_000 })
    expect((await panel.call('POST', '/api/session/end', { body: { operator: null } })).status).toBe(200)
    expect((await panel.state()).session).toBeNull()
    await agent.close()
    gateway.refuseWith = null
    agent = await start()
    const kept = panel.secret
    panel = testPanel(agent.panelUrl)
    panel.secret = kept
    events = []
    await connected()
    await vi.waitFor(() => expect(events.filter(({ n }) => n > last)).toContainEqual(expect.objectContaining({ type: 'session.ended', session, reason: 'ended_by_operator', by: null })))
  })

  it('ends its session with the process, also one that an earlier process died over', async () => {
    const { session } = await openSession()
    await agent.close()
    agent = await start()
    panel = testPanel(agent.panelUrl)
    await panel.pair(agent.pairingUrl)
    await connected()
    await vi.waitFor(() => expect(events).toContainEqual(expect.objectContaining({ type: 'session.ended', session, reason: 'device_lost' })))
    expect(await gateway.connect('hmi', session)).toMatchObject({ error: 'no_approval' })
  })

  it('repeats events until they are acknowledged', async () => {
    await openSession()
    await vi.waitFor(() => expect(events.length).toBeGreaterThan(0))
    const again: AgentEvent[] = []
    gateway.readEvents(0, again)
    await vi.waitFor(() => expect(again).toEqual(events))
    const rest: AgentEvent[] = []
    gateway.readEvents(events.at(-1)!.n, rest)
    await panel.call('POST', '/api/session/end', { body: { operator: null } })
    await vi.waitFor(() => expect(rest.map(({ type }) => type)).toEqual(['session.ended']))
  })

  it('refuses requests that are not what they should be, each with its reason', async () => {
    const stale = Math.floor(Date.now() / 1000) - 3600
    const changes: Record<string, object> = {
      'unknown member': { extra: 1 },
      device: { device: 'press-2' },
      gateway: { gateway: 'other.example' },
      'requested_at': { requested_at: stale },
      expires_at: { expires_at: stale },
      'control character': { technician: { id: 'p', name: 'a\u0000b', organisation: 'x', photo_sha256: null } },
      'photo missing': { technician: { id: 'p', name: 'a', organisation: 'x', photo_sha256: 'A'.repeat(43) + '=' } },
      'no services': { services: [] },
      'extension of nothing': { kind: 'extend' },
      purpose: { purpose: 'x'.repeat(100_000) },
    }
    for (const [what, change] of Object.entries(changes)) expect((await show({ ...request(), ...change } as SessionRequest)).status, what).toBe(400)
    expect((await show(request({ services: ['nope'] }))).status).toBe(404)
    for (const body of ['', 'null', '[]', '{', '\u0000', 'x'.repeat(200_000)]) expect((await gateway.request('PUT', `/v1/sessions/${request().session}`, { body })).status).toBeGreaterThanOrEqual(400)
    expect((await panel.state()).request).toBeNull()
    for (const [method, path, status] of [['POST', '/v1/info', 405], ['GET', '/', 404], ['GET', '/v1/events', 400], ['GET', '/v1/events?after=x', 400], ['PATCH', '/v1/sessions', 405]] as const) expect((await gateway.request(method, path)).status).toBe(status)
  })

  it('shows one request at a time, the same twice, and none of a technician who was told not now', async () => {
    const asked = request()
    expect([(await show(asked)).status, (await show(asked)).status]).toEqual([202, 202])
    expect(JSON.parse((await show(request())).body)).toMatchObject({ code: 'busy' })
    expect((await panel.call('POST', `/api/requests/${asked.session}/refuse`, { body: { operator: 'Olga', how: 'not_now' } })).status).toBe(200)
    await vi.waitFor(() => expect(events.at(-1)).toMatchObject({ type: 'request.refused', how: 'not_now', by: 'Olga', kind: 'open' }))
    expect(JSON.parse((await show(request())).body)).toMatchObject({ code: 'not_now' })
    expect((await panel.state()).quiet).toMatchObject([{ technician: { id: 'per_1' } }])
    await panel.call('DELETE', '/api/quiet/per_1')
    expect((await show(request())).status).toBe(202)
  })

  it('extends a session by the press, in a new approval under the new digest', async () => {
    const opened = await openSession()
    const extension = request({ kind: 'extend', session: opened.session, duration_s: 900 })
    expect((await show({ ...extension, technician: { ...extension.technician, id: 'per_2' } })).status).toBe(400)
    expect((await show(extension)).status).toBe(202)
    const before = (await panel.state()).session!.expires_at
    expect((await panel.call('POST', `/api/requests/${opened.session}/approve`, { body: { operator: 'Omar' } })).status).toBe(200)
    expect((await panel.state()).session).toMatchObject({ expires_at: before + 900, approved_by: 'Omar' })
    await vi.waitFor(() => expect(events.filter(({ type }) => type === 'approval.given')).toHaveLength(2))
    expect((await through(opened.session, { path: '/' })).response.statusCode).toBe(200)
  })
})
