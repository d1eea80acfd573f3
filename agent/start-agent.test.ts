import { createHash, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { compactVerify } from 'jose'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { createBenchAuthority, deviceUri, sessionRequest } from './testing/agent-bench.ts'
import type { AgentBench, BenchAuthority } from './testing/agent-bench.ts'
import type { AgentEvent, AgentInfo, AgentSnapshot } from './wire/agent-api.ts'
import { requestDigest } from './wire/session-request.ts'

let authority: BenchAuthority
let bench: AgentBench

beforeAll(async () => {
  authority = await createBenchAuthority()
})
afterAll(() => authority.close())
beforeEach(async () => {
  bench = await authority.open()
})
afterEach(() => bench.close())

/** Start and frame header of a JPEG, and something behind. */
const jpegOf = (side: number): Buffer =>
  Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xc0, 0, 0x11, 8, side >> 8, side & 255, side >> 8, side & 255]), Buffer.alloc(100, 7)])

describe('an agent', () => {
  it('lets nobody in before the press, and then only where the signed approval says', async () => {
    const photo = jpegOf(64)
    const asked = sessionRequest({
      services: ['hmi', 'plc'],
      technician: {
        id: 'per_1',
        name: 'Mia Maier',
        organisation: 'Acme',
        photo_sha256: createHash('sha256').update(photo).digest('base64'),
      },
    })
    expect((await bench.show(asked, photo.toString('base64'))).status).toBe(202)
    expect(await bench.gateway.connect('hmi', asked.session)).toMatchObject({ status: 403, error: 'no_approval' })
    const state = await bench.panel.state()
    expect(state.request).toMatchObject({
      session: asked.session,
      technician: { name: 'Mia Maier', photo: `data:image/jpeg;base64,${photo.toString('base64')}` },
      duration_s: 600,
      services: [
        { name: 'hmi', title: 'Operating panel' },
        { name: 'plc', title: 'plc' },
      ],
    })
    expect((JSON.parse((await bench.gateway.request('GET', '/v1/sessions')).body) as AgentSnapshot).shown).toEqual([asked.session])

    const pressed = await bench.panel.call('POST', `/api/requests/${asked.session}/approve`, {
      body: { digest: requestDigest(asked), operator: 'Olga', services: ['hmi'], duration_s: 300 },
    })
    expect(JSON.parse(pressed.body)).toMatchObject({
      request: null,
      session: { id: asked.session, approved_by: 'Olga', services: [{ name: 'hmi', open_streams: 0 }] },
    })
    await vi.waitFor(() => expect(bench.events.some(({ type }) => type === 'approval.given')).toBe(true))
    const given = bench.events.find((event) => event.type === 'approval.given')!
    const certificate = new X509Certificate(readFileSync(join(bench.stateDir, 'device.crt')))
    const { payload, protectedHeader } = await compactVerify(given.approval, certificate.publicKey, { algorithms: ['ES256'] })
    expect(protectedHeader).toEqual({
      alg: 'ES256',
      typ: 'sallyport-approval+jwt',
      'x5t#S256': createHash('sha256').update(certificate.raw).digest('base64url'),
    })
    const info = JSON.parse((await bench.gateway.request('GET', '/v1/info')).body) as AgentInfo
    const claims = JSON.parse(Buffer.from(payload).toString()) as Record<string, unknown>
    expect(claims).toMatchObject({
      iss: deviceUri,
      aud: 'acme.example',
      boot: info.boot,
      mode: 'attended',
      sid: asked.session,
      sub: 'per_1',
      services: ['hmi'],
      request_digest: requestDigest(asked),
      operator: { name: 'Olga', proof: 'none' },
    })
    expect(Number(claims['exp']) - Number(claims['iat'])).toBe(300)

    for (const [service, session, error] of [
      ['plc', asked.session, 'service_not_approved'],
      ['hmi', `ses_${'0'.repeat(32)}`, 'no_approval'],
      ['127.0.0.1:22', asked.session, 'unknown_service'],
      ['10.0.0.1:22', asked.session, 'unknown_service'],
      ['hmi', undefined, 'bad_request'],
    ] as const) {
      expect(await bench.gateway.connect(service, session)).toMatchObject({ error })
    }
    const answer = await bench.through(asked.session, { method: 'POST', path: '/x?y=1' }, 'hello')
    expect(JSON.parse(answer.body.toString())).toMatchObject({ method: 'POST', bytes: 5 })
  })

  it('cuts every stream in the moment of End, at the gateway and at the machine', async () => {
    const { session } = await bench.openSession()
    const { stream: bytes } = await bench.gateway.connect('plc', session)
    const { stream: web } = await bench.gateway.connect('hmi', session)
    web.write('GET /events HTTP/1.1\r\nHost: x\r\n\r\n')
    await new Promise((resolve) => web.once('data', resolve))
    await vi.waitFor(() => expect(bench.machine.open.size).toBe(2))
    const closed = [bytes, web].map(
      (stream) =>
        new Promise((resolve) =>
          stream
            .on('error', () => {})
            .resume()
            .once('close', resolve),
        ),
    )
    const began = performance.now()
    expect((await bench.panel.call('POST', '/api/session/end', { body: { operator: 'Omar' } })).status).toBe(200)
    await Promise.all(closed)
    await vi.waitFor(() => expect(bench.machine.open.size).toBe(0), { interval: 5 })
    expect(performance.now() - began).toBeLessThan(500)
    expect(await bench.gateway.connect('hmi', session)).toMatchObject({ error: 'no_approval' })
    await vi.waitFor(() =>
      expect(bench.events.at(-1)).toMatchObject({ type: 'session.ended', session, reason: 'ended_by_operator', by: 'Omar' }),
    )
    expect((await bench.panel.state()).history[0]).toMatchObject({ session, outcome: 'ended', reason: 'ended_by_operator', by: 'Omar' })
    expect((await bench.show(sessionRequest({ session }))).status).toBe(400)
  })

  it('ends a session for the gateway, and only answers when its streams are closed', async () => {
    const { session } = await bench.openSession()
    const { stream } = await bench.gateway.connect('plc', session)
    stream.on('error', () => {})
    const closed = new Promise((resolve) => stream.once('close', resolve))
    const answer = await bench.gateway.request('DELETE', `/v1/sessions/${session}`, {
      headers: { 'sallyport-reason': 'policy', 'sallyport-by': 'J%C3%B6rg' },
    })
    expect(answer.status).toBe(204)
    await closed
    expect((await bench.panel.state()).history[0]).toMatchObject({ outcome: 'ended', reason: 'policy', by: 'Jörg' })
    expect((await bench.gateway.request('DELETE', `/v1/sessions/ses_${'1'.repeat(32)}`)).status).toBe(204)
    expect(bench.events.map(({ type }) => type)).not.toContain('session.ended')
  })

  it('ends the session of a service that is switched off', async () => {
    const { session } = await bench.openSession({ services: ['plc'] })
    expect((await bench.panel.call('POST', '/api/switches/plc', { body: { enabled: false, operator: 'Olga' } })).status).toBe(200)
    await vi.waitFor(() =>
      expect(bench.events.map(({ type }) => type)).toEqual(expect.arrayContaining(['switch.changed', 'session.ended'])),
    )
    expect(bench.events.find(({ type }) => type === 'session.ended')).toMatchObject({ session, reason: 'switch_off' })
    const again = await bench.show(sessionRequest({ services: ['plc'] }))
    expect([again.status, JSON.parse(again.body)]).toEqual([409, expect.objectContaining({ code: 'switch_off' })])
  })

  it('keeps a session over a short gap of the tunnel, without its streams', async () => {
    const { session } = await bench.openSession()
    const { stream } = await bench.gateway.connect('plc', session)
    stream.on('error', () => {})
    await vi.waitFor(() => expect(bench.machine.open.size).toBe(1))
    bench.gateway.tunnel?.destroy()
    await vi.waitFor(() => expect(bench.machine.open.size).toBe(0))
    await vi.waitFor(() => expect(bench.gateway.connections).toBe(2), { timeout: 5_000 })
    await bench.connected()
    const snapshot = JSON.parse((await bench.gateway.request('GET', '/v1/sessions')).body) as AgentSnapshot
    expect(snapshot.live).toMatchObject([{ id: session, open_streams: 0 }])
    expect((await bench.through(session, { path: '/again' })).response.statusCode).toBe(200)
  })

  it('ends by End when the gateway is away, and tells it later', async () => {
    const { session } = await bench.openSession()
    const last = bench.events.at(-1)?.n ?? 0
    bench.gateway.refuseWith = 'expired'
    bench.gateway.tunnel?.destroy()
    await vi.waitFor(async () => expect((await bench.panel.state()).connection).toMatchObject({ state: 'refused', reason: 'expired' }), {
      timeout: 5_000,
    })
    expect((await bench.panel.call('POST', '/api/session/end', { body: { operator: null } })).status).toBe(200)
    expect((await bench.panel.state()).session).toBeNull()
    await bench.agent.close()
    bench.gateway.refuseWith = null
    await bench.restart()
    await bench.connected()
    await vi.waitFor(() =>
      expect(bench.events.filter(({ n }) => n > last)).toContainEqual(
        expect.objectContaining({ type: 'session.ended', session, reason: 'ended_by_operator', by: null }),
      ),
    )
  })

  it('ends its session when the gateway has taken the machine out of service', async () => {
    const { session } = await bench.openSession()
    bench.gateway.refuseWith = 'suspended'
    bench.gateway.tunnel?.destroy()
    await vi.waitFor(async () => expect(await bench.panel.state()).toMatchObject({ connection: { reason: 'suspended' }, session: null }), {
      timeout: 5_000,
    })
    expect((await bench.panel.state()).history[0]).toMatchObject({ session, outcome: 'ended', reason: 'suspended', by: null })
  })

  it('ends its session with the process, also one that an earlier process died over', async () => {
    const { session } = await bench.openSession()
    await bench.agent.close()
    await bench.restart()
    await bench.connected()
    await vi.waitFor(() =>
      expect(bench.events).toContainEqual(expect.objectContaining({ type: 'session.ended', session, reason: 'device_lost' })),
    )
    expect(await bench.gateway.connect('hmi', session)).toMatchObject({ error: 'no_approval' })
  })

  it('repeats events until they are acknowledged', async () => {
    await bench.openSession()
    await vi.waitFor(() => expect(bench.events.length).toBeGreaterThan(0))
    const again: AgentEvent[] = []
    bench.gateway.readEvents(0, again)
    await vi.waitFor(() => expect(again).toEqual(bench.events))
    const rest: AgentEvent[] = []
    bench.gateway.readEvents(bench.events.at(-1)!.n, rest)
    await bench.panel.call('POST', '/api/session/end', { body: { operator: null } })
    await vi.waitFor(() => expect(rest.map(({ type }) => type)).toEqual(['session.ended']))
  })

  it('refuses requests that are not what they should be, each with its reason', async () => {
    const stale = Math.floor(Date.now() / 1000) - 3600
    const changes: Record<string, object> = {
      'unknown member': { extra: 1 },
      device: { device: 'press-2' },
      gateway: { gateway: 'other.example' },
      requested_at: { requested_at: stale },
      expires_at: { expires_at: stale },
      'control character': { technician: { id: 'p', name: 'a\u0000b', organisation: 'x', photo_sha256: null } },
      'photo missing': { technician: { id: 'p', name: 'a', organisation: 'x', photo_sha256: 'A'.repeat(43) + '=' } },
      'no services': { services: [] },
      'extension of nothing': { kind: 'extend' },
      purpose: { purpose: 'x'.repeat(100_000) },
    }
    for (const [what, change] of Object.entries(changes))
      expect((await bench.show({ ...sessionRequest(), ...change })).status, what).toBe(400)
    expect((await bench.show(sessionRequest({ services: ['nope'] }))).status).toBe(404)
    for (const body of ['', 'null', '[]', '{', '\u0000', 'x'.repeat(200_000)])
      expect((await bench.gateway.request('PUT', `/v1/sessions/${sessionRequest().session}`, { body })).status).toBeGreaterThanOrEqual(400)
    expect((await bench.panel.state()).request).toBeNull()
    for (const [method, path, status] of [
      ['POST', '/v1/info', 405],
      ['GET', '/', 404],
      ['GET', '/v1/events', 400],
      ['GET', '/v1/events?after=x', 400],
      ['PATCH', '/v1/sessions', 405],
    ] as const)
      expect((await bench.gateway.request(method, path)).status).toBe(status)
  })

  it('shows one request at a time, the same twice, and none of a technician who was told not now', async () => {
    const asked = sessionRequest()
    expect([(await bench.show(asked)).status, (await bench.show(asked)).status]).toEqual([202, 202])
    expect(JSON.parse((await bench.show(sessionRequest())).body)).toMatchObject({ code: 'busy' })
    expect(
      (await bench.panel.call('POST', `/api/requests/${asked.session}/refuse`, { body: { operator: 'Olga', how: 'not_now' } })).status,
    ).toBe(200)
    await vi.waitFor(() => expect(bench.events.at(-1)).toMatchObject({ type: 'request.refused', how: 'not_now', by: 'Olga', kind: 'open' }))
    expect(JSON.parse((await bench.show(sessionRequest())).body)).toMatchObject({ code: 'not_now' })
    expect((await bench.panel.state()).quiet).toMatchObject([{ technician: { id: 'per_1' } }])
    await bench.panel.call('DELETE', '/api/quiet/per_1')
    expect((await bench.show(sessionRequest())).status).toBe(202)
  })

  it('shows no photo that would fill the memory of the panel', async () => {
    const show = (photo: Buffer) => {
      const photo_sha256 = createHash('sha256').update(photo).digest('base64')
      const technician = { id: 'per_1', name: 'Mia', organisation: 'Acme', photo_sha256 }
      return bench.show(sessionRequest({ technician }), photo.toString('base64'))
    }
    expect(JSON.parse((await show(jpegOf(65_500))).body)).toMatchObject({ code: 'bad_request', detail: expect.stringContaining('pixels') })
    expect((await show(jpegOf(4_096))).status).toBe(202)
  })

  it('shows no more than thirty requests at once to the operator: showing and withdrawing is no way to wear out people and disks', async () => {
    for (let shown = 0; shown < 30; shown += 1) {
      const asked = sessionRequest()
      expect((await bench.show(asked)).status).toBe(202)
      await bench.gateway.request('DELETE', `/v1/sessions/${asked.session}`)
    }
    const refused = await bench.show(sessionRequest())
    expect([refused.status, JSON.parse(refused.body)]).toEqual([409, expect.objectContaining({ code: 'busy' })])
    expect((await bench.panel.state()).request).toBeNull()
  })

  it('extends a session by the press, in a new approval under the new digest', async () => {
    const opened = await bench.openSession()
    const extension = sessionRequest({ kind: 'extend', session: opened.session, duration_s: 900 })
    expect((await bench.show({ ...extension, technician: { ...extension.technician, id: 'per_2' } })).status).toBe(400)
    expect((await bench.show(extension)).status).toBe(202)
    const before = (await bench.panel.state()).session!.expires_at
    const press = (digest: string) =>
      bench.panel.call('POST', `/api/requests/${opened.session}/approve`, { body: { digest, operator: 'Omar' } })
    // A press that was meant for another request of the same session approves nothing.
    expect((await press(requestDigest(opened))).status).toBe(404)
    expect((await press(requestDigest(extension))).status).toBe(200)
    expect((await bench.panel.state()).session).toMatchObject({ expires_at: before + 900, approved_by: 'Omar' })
    await vi.waitFor(() => expect(bench.events.filter(({ type }) => type === 'approval.given')).toHaveLength(2))
    expect((await bench.through(opened.session, { path: '/' })).response.statusCode).toBe(200)
  })
})
