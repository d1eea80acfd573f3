import { createHash } from 'node:crypto'
import { buffer, json, text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { startEchoMachine, TestBytes, type EchoAnswer, type EchoMachine } from '../support/echo-machine.ts'
import { machineClient, type MachineClient } from '../support/machine-client.ts'
import { digestOf } from '../support/digest-of.ts'
import { startOwnMachine, type OwnMachine } from '../support/own-machine.ts'
import { PortalClient } from '../support/portal-client.ts'
import { runDemo, type RunningDemoProcess } from '../support/running-demo.ts'
import { approvedSession, openService } from '../support/technician-at-work.ts'
import { watchMemory } from '../support/watch-memory.ts'

const bigMb = 200
/** Far more than the windows of a tunnel, far less than what is carried. */
const mostGrowthMb = 120

describe('the way of bytes: browser, gateway, tunnel, agent, machine', () => {
  const bytes = new TestBytes(bigMb)
  const closing = new AsyncDisposableStack()
  let demo: RunningDemoProcess
  let echo: EchoMachine
  let machine: OwnMachine
  let client: MachineClient
  let origin: string

  beforeAll(async () => {
    demo = closing.use(await runDemo())
    echo = closing.use(await startEchoMachine(bytes))
    machine = closing.use(
      await startOwnMachine({ demo, id: 'echo-1', name: 'Echo 1', services: { echo: { port: echo.port, title: 'Echo' } } }),
    )
    const technician = new PortalClient(demo.description.portal)
    await technician.signUndertaking(await technician.signIn(demo.account('mia')))
    const { panel, operator } = machine
    const asking = { machine: machine.id, services: ['echo'], duration_s: 3600 }
    const session = await approvedSession({ technician, panel, operator, asking })
    const work = await openService(technician, session.id, 'echo')
    client = machineClient(work)
    closing.defer(() => client.close())
    ;({ origin } = work.url)
  }, 90_000)
  afterAll(async () => {
    await closing.disposeAsync()
  })

  const openStreams = async (): Promise<number> => (await machine.panel.state()).session?.services[0]?.open_streams ?? -1
  const echoed = async (path: string, ...rest: [Parameters<MachineClient['send']>[1]?]): Promise<EchoAnswer> =>
    (await json(await client.send(path, ...rest))) as EchoAnswer

  it(`carries ${bigMb} MB down and up, every byte right, in bounded memory`, async () => {
    await client.send('/').then((answer) => answer.resume())
    const digest = bytes.sha256()
    const watched = watchMemory({ gateway: demo.process.pid ?? 0, agent: machine.agentPid })
    const started = performance.now()
    expect(await digestOf(await client.send('/bytes'))).toEqual({ sha256: digest, length: bytes.length })
    const downMs = performance.now() - started
    expect(await digestOf(await client.send('/bytes?chunked'))).toEqual({ sha256: digest, length: bytes.length })
    const upStarted = performance.now()
    const up = await echoed('/up', { method: 'POST', headers: { 'content-length': String(bytes.length) }, body: bytes })
    expect(up).toMatchObject({ bodyBytes: bytes.length, bodySha256: digest })
    const upMs = performance.now() - upStarted
    expect(await echoed('/up', { method: 'PUT', body: bytes })).toMatchObject({ bodyBytes: bytes.length, bodySha256: digest })
    const memory = watched.stop()
    process.stdout.write(`${JSON.stringify({ downMs: Math.round(downMs), upMs: Math.round(upMs), ...memory })}\n`)
    expect(memory.gateway.growthMb).toBeLessThan(mostGrowthMb)
    expect(memory.agent.growthMb).toBeLessThan(mostGrowthMb)
  }, 120_000)

  it('passes each event on when it comes', async () => {
    const answer = await client.send('/events', { headers: { accept: 'text/event-stream' } })
    expect(answer.headers['content-type']).toBe('text/event-stream')
    const events = answer[Symbol.asyncIterator]()
    for (let n = 0; n < 50; n += 1) {
      const sentAt = performance.now()
      echo.emit(`event ${n}`)
      const { value } = await events.next()
      expect(String(value)).toBe(`data: event ${n}\n\n`)
      expect(performance.now() - sentAt).toBeLessThan(1_000)
    }
    answer.destroy()
  })

  it('echoes 10,000 messages over a WebSocket in order', async () => {
    const socket = new WebSocket(`${origin.replace('http', 'ws')}/socket`, {
      origin,
      headers: { cookie: client.cookie },
      createConnection: client.connect,
    })
    const count = 10_000
    const got: string[] = []
    const all = new Promise<void>((resolve, reject) => {
      socket.on('message', (data: Buffer) => {
        got.push(data.toString())
        if (got.length === count) resolve()
      })
      socket.once('close', (code) => reject(new Error(`closed with ${code} after ${got.length}`)))
      socket.once('error', reject)
    })
    await new Promise((resolve) => socket.once('open', resolve))
    const sent = Array.from({ length: count }, (_, n) => `${n} `.padEnd(n % 700, 'ü'))
    for (const message of sent) socket.send(message)
    await all
    expect(got).toEqual(sent)
    socket.close()
    await new Promise((resolve) => socket.once('close', resolve))
  }, 60_000)

  it('answers HEAD, ranges and conditions as the machine does', async () => {
    const whole = bytes.block(0)
    const head = await client.send('/bytes', { method: 'HEAD' })
    expect([head.statusCode, head.headers['content-length'], (await buffer(head)).length]).toEqual([200, String(bytes.length), 0])
    const part = await client.send('/part', { headers: { range: 'bytes=1000-1999' } })
    expect([part.statusCode, part.headers['content-range']]).toEqual([206, `bytes 1000-1999/${whole.length}`])
    expect((await buffer(part)).equals(whole.subarray(1000, 2000))).toBe(true)
    const beyond = await client.send('/part', { headers: { range: 'bytes=2000000-2000001' } })
    expect([beyond.statusCode, beyond.headers['content-range'], (await buffer(beyond)).length]).toEqual([416, `bytes */${whole.length}`, 0])
    const same = await client.send('/part', { headers: { 'if-none-match': '"block"' } })
    expect([same.statusCode, same.headers.etag, (await buffer(same)).length]).toEqual([304, '"block"', 0])
    const nothing = await client.send('/status?code=204')
    expect([nothing.statusCode, nothing.headers['content-length'], (await buffer(nothing)).length]).toEqual([204, undefined, 0])
  })

  it('passes every method, with and without a body', async () => {
    for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND']) {
      expect(await echoed(`/method?${method}`, { method })).toMatchObject({ method, url: `/method?${method}`, bodyBytes: 0 })
    }
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
      const headers = { 'transfer-encoding': 'chunked' }
      expect(await echoed('/method', { method, headers, body: [Buffer.from('one'), Buffer.from('two')] })).toMatchObject({
        method,
        bodyBytes: 6,
        bodySha256: createHash('sha256').update('onetwo').digest('hex'),
      })
    }
    expect((await client.send('/method', { method: 'TRACE' })).statusCode).toBe(405)
  })

  it('keeps every byte of answers that end in an empty chunk', async () => {
    for (let n = 0; n < 500; n += 1) {
      const answer = await client.send(`/empty-tail?n=${n}`)
      expect(await text(answer)).toBe(`tail ${n} `.padEnd(64, '.'))
    }
  }, 60_000)

  describe('lets nobody hide a request in another one', () => {
    const smuggled = 'GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n'
    const head = (method: string, ...lines: string[]): string =>
      [`${method} /outer HTTP/1.1`, `Host: ${client.host}`, `Cookie: ${client.cookie}`, ...lines, '', ''].join('\r\n')
    const reached = async (attempt: string): Promise<{ answer: string; urls: string[] }> => {
      const before = echo.seen.length
      const answer = await client.sendRaw(attempt)
      // Another request over the same pooled connection to the machine: what was left on it would be answered in its place.
      await echoed('/after')
      return { answer, urls: echo.seen.slice(before).map(({ url }) => url) }
    }

    it('in the chunked body of a DELETE or a GET', async () => {
      for (const method of ['DELETE', 'GET', 'OPTIONS']) {
        const chunk = `${smuggled.length.toString(16)}\r\n${smuggled}\r\n0\r\n\r\n`
        const { urls } = await reached(head(method, 'Transfer-Encoding: chunked', 'Connection: close') + chunk)
        expect(
          urls.filter((url) => url === '/smuggled'),
          method,
        ).toEqual([])
        expect(urls.at(-1)).toBe('/after')
      }
    })

    it('behind two lengths, odd codings, or a body that its head does not name', async () => {
      const chunked = '0\r\n\r\n'
      const attempts: readonly (readonly [string, string])[] = [
        [head('POST', 'Content-Length: 5', 'Transfer-Encoding: chunked'), chunked + smuggled],
        [head('POST', 'Transfer-Encoding: chunked', 'Content-Length: 5'), chunked + smuggled],
        [head('POST', 'Content-Length: 0', `Content-Length: ${smuggled.length}`), smuggled],
        [head('POST', 'Content-Length: +5'), chunked + smuggled],
        [head('POST', 'Content-Length: 0x5'), chunked + smuggled],
        [head('POST', 'Transfer-Encoding: xchunked'), chunked + smuggled],
        [head('POST', 'Transfer-Encoding: chunked, identity'), chunked + smuggled],
        [head('POST', 'Transfer-Encoding : chunked'), chunked + smuggled],
        [head('POST', 'Transfer-Encoding:\x0bchunked'), chunked + smuggled],
        [head('POST', 'X: y\nTransfer-Encoding: chunked'), chunked + smuggled],
        [head('POST', 'Transfer-Encoding: chunked'), `0;\n\r\n\r\n${smuggled}`],
        [head('POST', 'Transfer-Encoding: chunked'), `5;x\nabcde\r\n0\r\n\r\n${smuggled}`],
      ]
      for (const [lines, body] of attempts) {
        const { urls } = await reached(lines + body)
        expect(
          urls.filter((url) => url === '/smuggled'),
          lines,
        ).toEqual([])
        expect(urls.at(-1)).toBe('/after')
      }
    }, 60_000)
  })

  it('does not let a slow reader hold up others', async () => {
    const slow = await client.send('/bytes')
    slow.pause()
    const trickle = setInterval(() => slow.read(1), 1_000)
    try {
      const started = performance.now()
      for (let n = 0; n < 20; n += 1) await echoed(`/quick?${n}`)
      expect(await digestOf(await client.send('/bytes'))).toMatchObject({ length: bytes.length })
      process.stdout.write(`beside a slow reader: ${Math.round(performance.now() - started)} ms\n`)
    } finally {
      clearInterval(trickle)
      slow.destroy()
    }
  }, 60_000)

  it('carries 64 requests at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 64 }, (_, n) => echoed(`/many?${n}`, { method: 'POST', body: [Buffer.alloc(1000 + n)] })),
    )
    expect(answers.map(({ url, bodyBytes }) => [url, bodyBytes])).toEqual(answers.map((_, n) => [`/many?${n}`, 1000 + n]))
  }, 30_000)

  it('frees everything when the browser leaves in the middle', async () => {
    const down = await client.send('/bytes')
    const never = Array.from({ length: 10 }, () => client.start('/never').on('error', () => {}))
    const up = client.start('/up', { method: 'POST', body: bytes })
    await expect.poll(openStreams, { timeout: 10_000 }).toBeGreaterThanOrEqual(12)
    down.destroy()
    up.destroy()
    for (const request of never) request.destroy()
    // Idle connections go too, after the keep-alive time of the gateway's pool.
    await expect.poll(openStreams, { timeout: 20_000 }).toBe(0)
    await expect.poll(echo.connections, { timeout: 20_000 }).toBe(0)
  }, 60_000)

  it('gives addresses and cookies the right names on both sides', async () => {
    const machineOrigin = `http://127.0.0.1:${echo.port}`
    const seen = await echoed('/names', {
      method: 'POST',
      headers: {
        origin,
        referer: `${origin}/page?x=1`,
        cookie: `${client.cookie}; sid=7`,
        forwarded: 'for=1.2.3.4',
        'x-forwarded-for': '1.2.3.4',
      },
    })
    expect(seen.headers).toMatchObject({
      host: `127.0.0.1:${echo.port}`,
      origin: machineOrigin,
      referer: `${machineOrigin}/page?x=1`,
      cookie: 'sid=7',
    })
    expect(Object.keys(seen.headers).filter((name) => /forwarded|sallyport/.test(name))).toEqual([])

    const redirect = await client.send('/redirect')
    redirect.resume()
    expect(redirect.statusCode).toBe(302)
    expect(new URL(redirect.headers.location ?? '', origin).href).toBe(`${origin}/landed?from=redirect`)

    const cookies = await client.send('/cookies')
    cookies.resume()
    const lines = cookies.headers['set-cookie'] ?? []
    expect(lines.map((line) => line.split(';')[0])).toEqual(['sid=1', 'wide=2', 'third=3'])
    expect(lines.filter((line) => /domain/i.test(line))).toEqual([])
  })
})
