import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createBenchAuthority, exchange, sessionRequest } from '../testing/agent-bench.ts'
import type { AgentBench, BenchAuthority } from '../testing/agent-bench.ts'
import { requestDigest } from '../wire/session-request.ts'

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

const change = (body: object) => bench.panel.call('POST', '/api/session/conduct', { body: { operator: 'Olga', ...body } })
const after = (ms: number): Promise<string> => new Promise((resolve) => setTimeout(() => resolve('nothing'), ms))

describe('a session that the operator pauses', () => {
  it('carries no byte of bytes or pages, either way, and all of them afterwards', async () => {
    const { session } = await bench.openSession()
    const { stream } = await bench.gateway.connect('plc', session)
    let heard = ''
    stream.setEncoding('latin1').on('data', (chunk: string) => (heard += chunk))
    stream.write('before ')
    await expect.poll(() => heard).toBe('before ')
    expect((await change({ paused: true })).status).toBe(200)
    expect((await bench.panel.state()).session).toMatchObject({ paused: true, view_only: false })
    stream.write('while ')
    const asked = bench.through(session, { path: '/', method: 'POST' }, 'body')
    expect(await Promise.race([asked, after(400)])).toBe('nothing')
    expect(heard).toBe('before ')
    expect(bench.machine.seen).toEqual([])
    expect((await bench.gateway.request('GET', '/v1/sessions')).body).toContain('"paused":true')
    expect((await change({ paused: false })).status).toBe(200)
    expect((await asked).response.statusCode).toBe(200)
    await expect.poll(() => heard).toBe('before while ')
    stream.destroy()
    await expect
      .poll(() => bench.events.filter(({ type }) => type === 'session.conduct'))
      .toMatchObject([
        { session, paused: true, view_only: false, by: 'Olga' },
        { session, paused: false, view_only: false, by: 'Olga' },
      ])
  })

  it('still ends at once, and another session is not paused', async () => {
    const { session } = await bench.openSession()
    const { stream } = await bench.gateway.connect('plc', session)
    await change({ paused: true, operator: null })
    const closed = new Promise((resolve) => stream.on('error', () => {}).once('close', resolve))
    expect((await bench.panel.call('POST', '/api/session/end', { body: { operator: 'Olga' } })).status).toBe(200)
    await closed
    const next = await bench.openSession()
    expect((await bench.panel.state()).session).toMatchObject({ paused: false, view_only: false })
    expect((await bench.through(next.session, { path: '/' })).response.statusCode).toBe(200)
  })

  it('goes on only by the word of an operator; without a session there is nothing to pause', async () => {
    const none = await change({ paused: true })
    expect([none.status, none.body]).toEqual([404, expect.stringContaining('no_session')])
    await bench.openSession()
    expect((await change({ paused: true })).status).toBe(200)
    for (const operator of [null, '', 'Mallory']) expect((await change({ paused: false, operator })).status).toBe(400)
    expect((await change({})).status).toBe(400)
    expect((await bench.panel.state()).session?.paused).toBe(true)
  })
})

describe('a session that may only look', () => {
  it('reads pages and changes nothing: no other method, no bytes, no new stream of bytes', async () => {
    const { session } = await bench.openSession()
    const { stream } = await bench.gateway.connect('plc', session)
    const cut = new Promise((resolve) => stream.on('error', () => {}).once('close', resolve))
    expect((await change({ view_only: true })).status).toBe(200)
    await cut
    for (const method of ['GET', 'HEAD']) expect((await bench.through(session, { path: '/', method })).response.statusCode).toBe(200)
    const before = bench.machine.seen.length
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPPATCH', 'LOCK']) {
      const { response } = await bench.through(session, { path: '/', method })
      expect([method, response.statusCode, response.headers['sallyport-agent-error']]).toEqual([method, 403, 'view_only'])
    }
    expect(bench.machine.seen.length).toBe(before)
    expect(await bench.gateway.connect('plc', session)).toMatchObject({ status: 403, error: 'view_only' })
    expect((await change({ view_only: false })).status).toBe(200)
    expect((await bench.through(session, { path: '/', method: 'POST' }, 'x')).response.statusCode).toBe(200)
  })

  it('cuts what was about to change the machine when it becomes one', async () => {
    const { session } = await bench.openSession()
    const { stream } = await bench.gateway.connect('hmi', session)
    const torn = new Promise((resolve) => stream.on('error', () => {}).once('close', resolve))
    stream.write('POST /upload HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nhalf')
    await expect.poll(() => bench.machine.seen).toContain('POST /upload')
    expect((await change({ view_only: true })).status).toBe(200)
    await torn
  })

  it('stays one when the operator prolongs it', async () => {
    const asked = await bench.openSession()
    expect((await change({ view_only: true, paused: true })).status).toBe(200)
    const extension = sessionRequest({ kind: 'extend', session: asked.session })
    expect((await bench.show(extension)).status).toBe(202)
    const body = { digest: requestDigest(extension), operator: 'Omar' }
    expect((await bench.panel.call('POST', `/api/requests/${asked.session}/approve`, { body })).status).toBe(200)
    expect((await bench.panel.state()).session).toMatchObject({ view_only: true, paused: true })
    await change({ paused: false })
    const { stream } = await bench.gateway.connect('hmi', asked.session)
    expect((await exchange(stream, { path: '/', method: 'POST' })).response.statusCode).toBe(403)
  })
})
