import { duplexPair, type Duplex } from 'node:stream'
import { expect, test, vi } from 'vitest'
import { FakeClock } from '../basics/fake-clock.ts'
import type { AnswerTo, MachineRequest } from './machine-connection.ts'
import { createMachineConnections } from './machine-connections.ts'
import type { RequestBody } from './request-body.ts'

const okay = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok'
const plain: MachineRequest = { method: 'GET', target: '/', headers: ['host', 'a'], body: undefined }

/** Connections to a machine whose end of each stream is in `machines`. */
function world(openStream?: () => Promise<Duplex>) {
  const clock = new FakeClock()
  const machines: { readonly stream: Duplex; readonly received: () => string; readonly ended: () => boolean }[] = []
  const open = async (): Promise<Duplex> => {
    const [ours, theirs] = duplexPair()
    let received = ''
    let ended = false
    theirs.on('data', (chunk: Buffer) => (received += chunk.toString('latin1'))).on('end', () => (ended = true))
    machines.push({ stream: theirs, received: () => received, ended: () => ended })
    return ours
  }
  const connections = createMachineConnections({ openStream: openStream ?? open, maxHeadBytes: 1_000, clock })
  const send = (request: MachineRequest) => {
    const told = { status: 0, body: '', ended: false, error: undefined as unknown }
    const answer: AnswerTo = {
      onInterim: () => {},
      onHead: (status) => (told.status = status),
      onData: (chunk) => (told.body += chunk.toString()),
      onEnd: () => (told.ended = true),
      onError: (error) => (told.error = error),
    }
    return { told, sent: connections.send(request, answer) }
  }
  return { clock, connections, machines, send }
}

/** What a browser uploads. */
function upload(chunks: readonly string[], failure?: Error): RequestBody {
  return {
    bytes: 0,
    stalledSinceMs: () => null,
    completeAtMs: () => null,
    stop: () => {},
    async *[Symbol.asyncIterator]() {
      for (const chunk of chunks) yield Buffer.from(chunk)
      if (failure !== undefined) throw failure
    },
  }
}

test('one connection carries requests one after the other, two carry two at once', async () => {
  const { machines, send } = world()
  const first = send(plain)
  const second = send({ ...plain, target: '/b' })
  await vi.waitFor(() => expect(machines[1]?.received()).toBe('GET /b HTTP/1.1\r\nhost: a\r\n\r\n'))
  machines[0]?.stream.write(okay)
  await vi.waitFor(() => expect(first.told).toMatchObject({ status: 200, body: 'ok', ended: true }))
  const third = send({ ...plain, target: '/c' })
  await vi.waitFor(() => expect(machines[0]?.received()).toContain('GET /c'))
  machines[0]?.stream.write(okay)
  machines[1]?.stream.write(okay)
  await vi.waitFor(() => expect([second.told.ended, third.told.ended]).toEqual([true, true]))
  expect(machines).toHaveLength(2)
})

test('an idle connection ends after four seconds, whole; one that is used does not', async () => {
  const { clock, machines, send } = world()
  const [busy, idle] = [send(plain), send(plain)]
  await vi.waitFor(() => expect(machines[1]?.received()).toContain('GET'))
  machines[1]?.stream.write(okay)
  await vi.waitFor(() => expect(idle.told.ended).toBe(true))
  clock.advance(3_999)
  expect(machines[1]?.ended()).toBe(false)
  clock.advance(1)
  await vi.waitFor(() => expect(machines[1]?.ended()).toBe(true))
  expect(machines[0]?.ended()).toBe(false)
  machines[0]?.stream.write(okay)
  await vi.waitFor(() => expect(busy.told.ended).toBe(true))
})

test('a connection that the machine has ended is not used again', async () => {
  const { machines, send } = world()
  const first = send(plain)
  await vi.waitFor(() => expect(machines[0]?.received()).toContain('GET'))
  machines[0]?.stream.end(okay)
  await vi.waitFor(() => expect(first.told.ended).toBe(true))
  await vi.waitFor(() => expect(machines[0]?.ended()).toBe(true))
  send(plain)
  await vi.waitFor(() => expect(machines[1]?.received()).toContain('GET'))
})

test.each([
  ['says that it closes', 'HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\nok'],
  ['says more than its answer', `${okay}${okay}`],
])('a machine that %s gets no further request on this connection, which ends whole', async (_, answer) => {
  const { machines, send } = world()
  const first = send(plain)
  await vi.waitFor(() => expect(machines[0]?.received()).toContain('GET'))
  machines[0]?.stream.write(answer)
  await vi.waitFor(() => expect(first.told).toMatchObject({ body: 'ok', ended: true }))
  await vi.waitFor(() => expect(machines[0]?.ended()).toBe(true))
  send(plain)
  await vi.waitFor(() => expect(machines[1]?.received()).toContain('GET'))
})

test.each([
  [10, ['four', 'five'], 'POST / HTTP/1.1\r\ncontent-length: 10\r\n\r\nfourfive'],
  [3, ['four'], 'POST / HTTP/1.1\r\ncontent-length: 3\r\n\r\n'],
])('an upload of %i bytes that has not as many tears its connection', async (bytes, chunks, received) => {
  const { machines, send } = world()
  const { told } = send({ method: 'POST', target: '/', headers: [], body: { chunks: upload(chunks), bytes } })
  await vi.waitFor(() => expect(told.error).toBeDefined())
  // What was not on its way yet is not sent any more.
  expect(received.startsWith(machines[0]?.received() ?? 'nothing')).toBe(true)
  expect(machines[0]?.ended()).toBe(false)
})

test('a chunked upload has an end, and a torn one has none', async () => {
  const { machines, send } = world()
  const post = { method: 'POST', target: '/', headers: [] }
  send({ ...post, body: { chunks: upload(['0123456789abcdef', 'x']), bytes: null } })
  const head = 'POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n'
  await vi.waitFor(() => expect(machines[0]?.received()).toBe(`${head}10\r\n0123456789abcdef\r\n1\r\nx\r\n0\r\n\r\n`))
  const { told } = send({ ...post, body: { chunks: upload(['x'], new Error('left')), bytes: null } })
  await vi.waitFor(() => expect(told.error).toEqual(new Error('left')))
  expect(`${head}1\r\nx\r\n`.startsWith(machines[1]?.received() ?? 'nothing')).toBe(true)
  expect(machines[1]?.ended()).toBe(false)
})

test('an answer that is complete before its request was is passed on, and its connection given up', async () => {
  const { machines, send } = world()
  let wake = (): void => {}
  const chunks: RequestBody = {
    ...upload([]),
    async *[Symbol.asyncIterator]() {
      yield Buffer.from('x')
      await new Promise<void>((resolve) => (wake = resolve))
      yield Buffer.from('y')
    },
  }
  const { told } = send({ method: 'POST', target: '/', headers: [], body: { chunks, bytes: 2 } })
  await vi.waitFor(() => expect(machines[0]?.received()).toMatch(/x$/))
  machines[0]?.stream.write(okay)
  await vi.waitFor(() => expect(told).toMatchObject({ body: 'ok', ended: true, error: undefined }))
  wake()
  send(plain)
  await vi.waitFor(() => expect(machines[1]?.received()).toContain('GET'))
  expect(machines[0]?.received()).toMatch(/x$/)
})

test('a request that was given up before its connection was there leaves it to the next', async () => {
  const { machines, send } = world()
  const given = send(plain)
  given.sent.abort()
  await vi.waitFor(() => expect(machines).toHaveLength(1))
  const { told } = send(plain)
  await vi.waitFor(() => expect(machines.some(({ received }) => received().includes('GET'))).toBe(true))
  for (const { stream, received } of machines) if (received() !== '') stream.write(okay)
  await vi.waitFor(() => expect(told.ended).toBe(true))
  expect(
    machines
      .map(({ received }) => received())
      .join('')
      .match(/GET/g),
  ).toHaveLength(1)
  expect(given.told).toMatchObject({ ended: false, error: undefined })
})

test('a stream that is refused is told with its reason; what is under way is told when all is given up', async () => {
  const refusal = new Error('refused')
  const { send } = world(() => Promise.reject(refusal))
  const refused = send(plain)
  await vi.waitFor(() => expect(refused.told.error).toBe(refusal))
  const open = world()
  const live = open.send(plain)
  await vi.waitFor(() => expect(open.machines[0]?.received()).toContain('GET'))
  open.connections.destroy()
  await vi.waitFor(() => expect(live.told.error).toBeInstanceOf(Error))
})

test('nothing is told of an answer that was given up, not even what came in the same piece', async () => {
  const { connections, machines } = world()
  const told: string[] = []
  const sent = connections.send(plain, {
    onInterim: () => (told.push('interim'), sent.abort()),
    onHead: () => void told.push('head'),
    onData: () => void told.push('data'),
    onEnd: () => void told.push('end'),
    onError: () => void told.push('error'),
  })
  await vi.waitFor(() => expect(machines[0]?.received()).toContain('GET'))
  machines[0]?.stream.write(`HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n${okay}`)
  await vi.waitFor(() => expect(machines[0]?.stream.destroyed).toBe(true))
  expect(told).toEqual(['interim'])
})

test('a machine that answers and reads nothing gets no request behind what it has not read', async () => {
  const opened: { readonly ours: Duplex; readonly theirs: Duplex }[] = []
  const { connections, send } = world(async () => {
    const [ours, theirs] = duplexPair({ highWaterMark: 1_024 })
    opened.push({ ours, theirs })
    return ours
  })
  for (let n = 0; n < 5; n++) {
    const { told } = send({ ...plain, headers: ['x', 'y'.repeat(900)] })
    await new Promise(setImmediate)
    opened.at(-1)?.theirs.write(okay)
    await vi.waitFor(() => expect(told.ended).toBe(true))
  }
  expect(Math.max(...opened.map(({ ours }) => ours.writableLength))).toBeLessThan(3_000)
  connections.destroy()
})

test('a machine that ends an idle connection without having read its request does not keep it open', async () => {
  const { clock, connections, machines, send } = world(async () => ours)
  const [ours, theirs] = duplexPair({ highWaterMark: 10 })
  const { told } = send({ ...plain, method: 'POST', body: { chunks: upload(['x'.repeat(100)]), bytes: 100 } })
  theirs.end(okay)
  await vi.waitFor(() => expect(told.ended).toBe(true))
  await vi.waitFor(() => expect(ours.readableEnded).toBe(true))
  expect(ours.destroyed).toBe(false)
  clock.advance(2_000)
  expect(ours.destroyed).toBe(true)
  expect(machines).toEqual([])
  connections.destroy()
})

test('a stream that was lost before anything was sent on it is told of', async () => {
  const [ours] = duplexPair()
  ours.destroy()
  await new Promise((resolve) => ours.once('close', resolve))
  const { send } = world(async () => ours)
  const { told } = send(plain)
  await vi.waitFor(() => expect(told.error).toBeInstanceOf(Error))
  const { told: upload_ } = send({ ...plain, method: 'POST', body: { chunks: upload(['x']), bytes: 1 } })
  await vi.waitFor(() => expect(upload_.error).toBeInstanceOf(Error))
})

test.each([
  ['a line of its own', { headers: ['x', 'y\r\nHost: b'] }],
  ['a character whose low byte is LF', { headers: ['x', 'y\u{10A}Host: b'] }],
  ['a target of two words', { target: '/ HTTP/1.1' }],
  ['a method in small letters', { method: 'get' }],
])('%s is never sent', async (_, wrong) => {
  const { machines, send } = world()
  const first = send(plain)
  await vi.waitFor(() => expect(machines[0]?.received()).toContain('GET'))
  machines[0]?.stream.write(okay)
  await vi.waitFor(() => expect(first.told.ended).toBe(true))
  expect(() => send({ ...plain, ...wrong })).toThrow(/cannot be sent|that is none/)
  expect(() => world().send({ ...plain, ...wrong })).toThrow(/cannot be sent|that is none/)
})
