import type { Http2Stream } from 'node:http2'
import { Duplex } from 'node:stream'
import { expect, it } from 'vitest'
import { createOverheadBudget } from './overhead-budget.ts'
import { tunnelSettings } from './tunnel-settings.ts'

const { overheadBurstBytes: burst, overheadBytesPerSecond: perSecond, streamWindow, connectionWindow } = tunnelSettings

/** As much of a stream as the budget looks at. */
function fakeStream() {
  const stream = Object.assign(new Duplex({ read() {} }), { close() {} })
  Object.defineProperty(stream, 'closed', { value: false, writable: true })
  return stream as typeof stream & { closed: boolean }
}

function tunnel() {
  const connection = { bytesRead: 0, bytesWritten: 0 }
  let nowMs = 0
  const budget = createOverheadBudget(connection, { monotonicMs: () => nowMs })
  const receive = (bytes: number): boolean => {
    connection.bytesRead += bytes
    return budget.holds()
  }
  return {
    receive,
    send: (bytes: number) => void (connection.bytesWritten += bytes),
    wait: (ms: number) => void (nowMs += ms),
    open(inFlight = streamWindow) {
      const stream = fakeStream()
      budget.follow(stream as unknown as Http2Stream, () => inFlight)
      return {
        stream,
        carry(bytes: number) {
          stream.push(Buffer.alloc(bytes))
          return receive(bytes + 9)
        },
      }
    },
  }
}

it('bears a burst, then so much a second, and not a byte more', () => {
  const { receive, wait } = tunnel()
  expect(receive(burst)).toBe(true)
  wait(1_000)
  expect(receive(perSecond)).toBe(true)
  expect(receive(1)).toBe(false)
})

it('saves nothing up beyond the burst', () => {
  const { receive, wait } = tunnel()
  wait(86_400_000)
  expect(receive(burst)).toBe(true)
  expect(receive(1)).toBe(false)
})

it('counts no byte that a stream carries, in pieces of any size', () => {
  const { open, receive } = tunnel()
  const { carry } = open()
  for (const bytes of [64 * 1024 * 1024, ...Array.from({ length: 10_000 }, () => 1)]) expect(carry(bytes)).toBe(true)
  expect(receive(burst)).toBe(true)
  expect(receive(1_024)).toBe(false)
})

it('counts empty pieces', () => {
  const { open, receive } = tunnel()
  open()
  expect(receive(9 * 100_000)).toBe(false)
})

it('lets whoever is sent much acknowledge it in small steps, on the stream and on the connection', () => {
  const { send, receive } = tunnel()
  for (let mebibyte = 0; mebibyte < 1_000; mebibyte += 1) {
    send(1024 * 1024)
    expect(receive(256 * 26)).toBe(true)
  }
})

it.each(['destroy', 'close'] as const)('bears what was on its way for a stream that we cut by %s', (how) => {
  const { open, receive } = tunnel()
  for (let cut = 0; cut < 16; cut += 1) open().stream[how]()
  expect(receive(16 * streamWindow)).toBe(true)
  expect(receive(burst + 16 * 512 + 1)).toBe(false)
})

it('bears no more for cut streams than a peer may have on its way, however many there were', () => {
  const { open, receive } = tunnel()
  for (let cut = 0; cut < 1_000; cut += 1) open().stream.destroy()
  expect(receive(connectionWindow + burst + 1_000 * 512 + 1)).toBe(false)
})

it('bears nothing for a stream that the peer ended, or that it had no leave to send on', () => {
  const { open, receive } = tunnel()
  const ended = open()
  ended.stream.closed = true
  ended.stream.destroy()
  open(0).stream.destroy()
  expect(receive(burst + 2 * 512 + 1)).toBe(false)
})

it('knows the bytes that came before it was told of their stream', () => {
  const { receive } = tunnel()
  const connection = { bytesRead: 2 * burst, bytesWritten: 0 }
  const stream = fakeStream()
  stream.push(Buffer.alloc(2 * burst))
  const budget = createOverheadBudget(connection, { monotonicMs: () => 0 })
  budget.follow(stream as unknown as Http2Stream, () => 0)
  expect(budget.holds()).toBe(true)
  expect(receive(2 * burst)).toBe(false)
})
