import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { Duplex } from 'node:stream'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { systemClock } from '../../basics/clock.ts'
import { FakeClock } from '../../basics/fake-clock.ts'
import { carryBytes, closeCodes } from './carry-bytes.ts'

/** A TCP connection whose other end is in the test's hand. */
async function tcpPair(): Promise<readonly [near: Socket, far: Socket]> {
  const server = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const accepted = once(server, 'connection') as Promise<[Socket]>
  const far = connect({ port: (server.address() as AddressInfo).port, host: '127.0.0.1', allowHalfOpen: true })
  const [near] = await accepted
  server.close()
  for (const socket of [near, far]) socket.on('error', () => {})
  return [near, far]
}

describe('bytes between two TCP connections over a WebSocket', () => {
  let server: WebSocketServer
  let left: { far: Socket; socket: WebSocket }
  let right: { far: Socket; socket: WebSocket }
  const clock = new FakeClock()
  const outcomes: { sent: number; received: number }[] = []

  beforeEach(async () => {
    outcomes.length = 0
    server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false })
    await once(server, 'listening')
    const accepted = once(server, 'connection') as Promise<[WebSocket]>
    const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`)
    const [[serverSide]] = await Promise.all([accepted, once(client, 'open')])
    const [[nearLeft, farLeft], [nearRight, farRight]] = await Promise.all([tcpPair(), tcpPair()])
    carryBytes({ socket: client, stream: nearLeft, clock: systemClock })
    carryBytes({ socket: serverSide, stream: nearRight, clock, settle: (outcome) => outcomes.push(outcome) })
    left = { far: farLeft, socket: client }
    right = { far: farRight, socket: serverSide }
  })
  afterEach(() => {
    left.far.destroy()
    right.far.destroy()
    left.socket.terminate()
    server.close()
  })

  const all = async (socket: Socket): Promise<Buffer> => {
    const chunks: Buffer[] = []
    socket.on('data', (chunk) => chunks.push(chunk))
    await once(socket, 'end')
    return Buffer.concat(chunks)
  }

  it('arrive whole in both directions, and each direction ends alone', async () => {
    const up = Buffer.alloc(3_000_000, 'up')
    const down = Buffer.alloc(2_000_000, 'down')
    // It may close before the reader has seen the end of what came.
    const closed = once(right.socket, 'close') as Promise<[number]>
    left.far.end(up)
    expect((await all(right.far)).equals(up)).toBe(true)
    // The half that ended does not end the other half.
    right.far.end(down)
    expect((await all(left.far)).equals(down)).toBe(true)
    const [code] = await closed
    expect(code).toBe(closeCodes.done)
    expect(outcomes).toEqual([{ sent: down.length, received: up.length }])
  })

  it('stay in small buffers while nobody reads them, and flow again when somebody does', async () => {
    const big = Buffer.alloc(64 * 1024 * 1024, 'x')
    right.far.pause()
    left.far.end(big)
    let taken = -1
    // Until nothing more is taken: what the sender could hand over lies in the buffers of the way.
    await expect
      .poll(
        () =>
          left.far.bytesWritten - left.far.writableLength === taken || ((taken = left.far.bytesWritten - left.far.writableLength), false),
        { interval: 300 },
      )
      .toBe(true)
    expect(taken).toBeLessThan(32 * 1024 * 1024)
    expect(right.socket.bufferedAmount).toBeLessThan(1024 * 1024)
    right.far.resume()
    expect((await all(right.far)).length).toBe(big.length)
  })

  it('of a connection that is torn tear the other one: half of them never look whole', async () => {
    left.far.write('half')
    await once(right.far, 'data')
    const how = new Promise((resolve) => right.far.once('end', () => resolve('end')).once('close', () => resolve('torn')))
    left.far.resetAndDestroy()
    const [code] = (await once(right.socket, 'close')) as [number]
    expect(code).toBe(closeCodes.broken)
    expect(await how).toBe('torn')
  })

  it('that nobody takes for a minute are given up', async () => {
    right.far.pause()
    left.far.write(Buffer.alloc(32 * 1024 * 1024))
    await expect.poll(() => right.socket.isPaused).toBe(true)
    clock.advance(60_000)
    const [code] = (await once(left.socket, 'close')) as [number]
    expect(code).toBe(closeCodes.stalled)
  })

  it('of a peer that speaks another protocol are refused', async () => {
    left.socket.send('hello')
    const [code] = (await once(left.socket, 'close')) as [number]
    expect(code).toBe(1002)
  })
})

describe('a side that takes bytes slowly', () => {
  let server: WebSocketServer
  let peer: WebSocket
  let carried: WebSocket
  const clock = new FakeClock()
  const outcomes: unknown[] = []

  beforeEach(async () => {
    outcomes.length = 0
    server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false })
    await once(server, 'listening')
    const accepted = once(server, 'connection') as Promise<[WebSocket]>
    peer = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`)
    ;[[carried]] = await Promise.all([accepted, once(peer, 'open')])
  })
  afterEach(() => {
    peer.terminate()
    server.close()
  })

  /** Takes a chunk when it is told to, and ends its own bytes when it is told to. */
  const slowStream = (highWaterMark: number): { stream: Duplex; taken: Buffer[]; take: () => boolean } => {
    const taken: Buffer[] = []
    const waiting: (() => void)[] = []
    const stream = new Duplex({
      writableHighWaterMark: highWaterMark,
      read: () => {},
      write: (chunk: Buffer, _encoding, done) => void waiting.push(() => (taken.push(chunk), done())),
    })
    return { stream, taken, take: () => (waiting.shift()?.(), waiting.length > 0) }
  }
  const carry = (stream: Duplex): void => carryBytes({ socket: carried, stream, clock, settle: (outcome) => outcomes.push(outcome) })

  it('gets the last of them too, when both sides have ended and the connection between them has closed', async () => {
    const { stream, taken, take } = slowStream(1024)
    carry(stream)
    stream.push(null)
    peer.send(Buffer.from('the last words'))
    peer.send('end')
    peer.close(closeCodes.done)
    await once(carried, 'close')
    expect([stream.destroyed, outcomes]).toEqual([false, []])
    const closed = once(stream, 'close')
    take()
    await closed
    expect(Buffer.concat(taken).toString()).toBe('the last words')
    expect(outcomes).toEqual([{ sent: 0, received: 14 }])
  })

  it('is torn when it takes none of them for a minute after that', async () => {
    const { stream } = slowStream(1024)
    carry(stream)
    stream.push(null)
    peer.send(Buffer.from('the last words'))
    peer.send('end')
    peer.close(closeCodes.done)
    await once(carried, 'close')
    const torn = once(stream, 'close')
    clock.advance(60_000)
    await torn
    expect([stream.writableFinished, outcomes.length]).toEqual([false, 1])
  })

  it('goes on sending after the other direction ended while it was full', async () => {
    const { stream, take } = slowStream(16)
    carry(stream)
    // Both in one packet: the end is read although the socket is paused.
    const { _socket: wire } = peer as unknown as { _socket: Socket }
    wire.cork()
    peer.send(Buffer.alloc(64, 'x'))
    peer.send('end')
    wire.uncork()
    await expect.poll(() => stream.writableEnded).toBe(true)
    const finished = once(stream, 'finish')
    take()
    await finished
    expect(carried.isPaused).toBe(false)
    clock.advance(120_000)
    stream.push('answer')
    const [answer] = (await once(peer, 'message')) as [Buffer]
    expect(answer.toString()).toBe('answer')
  })

  it('breaks off the connection when it breaks off before it took the last of them', async () => {
    const { stream } = slowStream(1024)
    carry(stream)
    stream.push(null)
    peer.send(Buffer.from('the last words'))
    peer.send('end')
    await expect.poll(() => stream.writableEnded && stream.readableEnded).toBe(true)
    stream.destroy()
    const [code] = (await once(peer, 'close')) as [number]
    expect(code).toBe(closeCodes.broken)
  })
})
