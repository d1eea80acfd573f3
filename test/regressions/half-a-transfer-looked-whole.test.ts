import { once } from 'node:events'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { createBenchAuthority, type AgentBench, type BenchAuthority } from '../../agent/testing/agent-bench.ts'
import type { DeviceId, ServiceName, SessionId } from '../../gateway/basics/ids.ts'
import type { StreamHandler, TestDevice } from '../support/test-device.ts'
import { answerLikeAnAgent } from '../support/test-device.ts'
import { openTestDoor, type TestDoor } from '../support/test-door.ts'

/*
 * Node ends the readable side of an HTTP/2 stream also when it was reset or its connection was lost, and `close(code)` sends END_STREAM ahead of
 * RST_STREAM. Bytes of a tcp service that were cut in the middle ended with a FIN at the technician's tool and at the machine: a dump, a program for a
 * PLC, looked whole. Found when lanes were built (issue 4).
 */

const session = `ses_${'1'.repeat(32)}` as SessionId

const outcomeOf = (stream: Duplex): Promise<string> => {
  const heard: string[] = []
  stream.on('error', () => {})
  stream.on('data', (chunk) => heard.push(String(chunk))).on('end', () => heard.push('END'))
  return new Promise((resolve) => stream.once('close', () => resolve(heard.join(' '))))
}

describe('a download that was cut does not end like one that is whole: seen by the gateway', () => {
  let door: TestDoor
  let devices = 0
  beforeAll(async () => {
    door = await openTestDoor()
  })
  afterAll(() => door[Symbol.asyncDispose]())

  it.each<readonly [string, (stream: Parameters<StreamHandler>[0], device: TestDevice) => void, string]>([
    ['the connection is lost', (_stream, device) => device.socket.destroy(), 'half'],
    ['the process is killed and its system says FIN', (_stream, device) => device.socket.end(), 'half'],
    ['the machine resets the stream without an error', (stream) => stream.destroy(), 'half'],
    ['the machine resets the stream with an error', (stream) => stream.destroy(new Error('torn')), 'half'],
    ['the machine ends it', (stream) => stream.end(), 'half END'],
  ])('when %s', async (_how, cut, expected) => {
    const name = `press-${(devices += 1)}` as DeviceId
    const answer = answerLikeAnAgent({ device: name })
    const device = await door.dial(await door.enrol(name), {
      onStream: (stream, headers) => {
        if (headers[':method'] !== 'CONNECT') return answer(stream, headers)
        stream.respond({ ':status': 200 })
        stream.write('half', () => setImmediate(() => cut(stream, device)))
      },
    })
    const link = await vi.waitUntil(() => door.listener.links.get(name), { interval: 5 })
    const stream = await link.openStream(session, 'plc' as ServiceName)
    const outcome = outcomeOf(stream)
    // Our own direction ends when theirs has, as a tool's would.
    stream.once('end', () => stream.end())
    expect(await outcome).toBe(expected)
  })
})

describe('what was cut does not end like what is whole: seen by the machine, and by whoever is at the other end of the tunnel', () => {
  let authority: BenchAuthority
  let bench: AgentBench
  const arrived: Socket[] = []
  const machine = createServer({ allowHalfOpen: true }, (socket) => void arrived.push(socket))

  beforeAll(async () => {
    machine.listen(0, '127.0.0.1')
    await once(machine, 'listening')
    authority = await createBenchAuthority({
      services: { plc: { kind: 'tcp', target: `127.0.0.1:${(machine.address() as AddressInfo).port}` } },
    })
    bench = await authority.open()
  })
  afterAll(async () => {
    for (const socket of arrived) socket.destroy()
    machine.close()
    await bench.close()
    authority.close()
  })

  /** An upload of which the machine has read the first half. */
  async function upload() {
    const { session } = await bench.openSession({ services: ['plc'] })
    const { stream } = await bench.gateway.connect('plc', session)
    stream.on('error', () => {})
    stream.write('half')
    const socket = await vi.waitUntil(() => arrived.at(-1))
    const heard: string[] = []
    socket.on('data', (chunk) => heard.push(String(chunk))).on('end', () => heard.push('END'))
    const outcome = new Promise<string>((resolve) => {
      socket
        .on('error', (error) => heard.push('code' in error ? String(error.code) : 'error'))
        .once('close', () => resolve(heard.join(' ')))
    })
    await vi.waitFor(() => expect(heard).toEqual(['half']))
    return { session, stream, socket, outcome }
  }
  const afterwards = async (session: string): Promise<void> => {
    arrived.length = 0
    await vi.waitFor(async () => expect((await bench.panel.state()).connection.state).toBe('connected'), { timeout: 8_000 })
    await bench.gateway.request('DELETE', `/v1/sessions/${session}`)
  }

  it('an upload that the gateway resets without an error', async () => {
    const { session, stream, outcome } = await upload()
    stream.destroy()
    expect(await outcome).toBe('half ECONNRESET')
    await afterwards(session)
  })

  it('an upload that the operator ends', async () => {
    const { session, stream, outcome } = await upload()
    const atGateway = outcomeOf(stream)
    await bench.panel.call('POST', '/api/session/end', { body: { operator: 'Olga' } })
    expect(await outcome).toBe('half ECONNRESET')
    expect(await atGateway).toBe('')
    await afterwards(session)
  })

  it('an upload whose tunnel is lost', async () => {
    const { session, outcome } = await upload()
    bench.gateway.tunnel?.destroy()
    expect(await outcome).toBe('half ECONNRESET')
    await afterwards(session)
  })

  it('a download that the machine resets', async () => {
    const { session, stream, socket } = await upload()
    const atGateway = outcomeOf(stream)
    socket.write('their half')
    await once(stream, 'data')
    socket.resetAndDestroy()
    expect(await atGateway).toBe('their half')
    await afterwards(session)
  })

  it('an upload that is whole', async () => {
    const { session, stream, socket, outcome } = await upload()
    stream.end()
    await once(socket, 'end')
    socket.end()
    expect(await outcome).toBe('half END')
    await afterwards(session)
  })
})
