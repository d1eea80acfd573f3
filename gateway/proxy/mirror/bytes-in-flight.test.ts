import { once } from 'node:events'
import { createServer } from 'node:http'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { WebSocket } from 'ws'
import { proxyWorld, type ProxyWorld } from '../testing/proxy-world.ts'
import { createBytesInFlight } from './bytes-in-flight.ts'

const open: ProxyWorld[] = []
afterEach(async () => {
  for (const world of open.splice(0)) await world[Symbol.asyncDispose]()
})

const megabyte = 1024 * 1024

async function world(): Promise<ProxyWorld> {
  const made = await proxyWorld({ machine: createServer(), recorder: Buffer.from('void 0'), limits: { maxRecorderBytes: 3 * megabyte } })
  open.push(made)
  return made
}

/** A recorder that has said that it runs. */
async function recording({ port, host, origin, cookie, authority }: ProxyWorld, perMessageDeflate = false) {
  const before = authority.pages.length
  const socket = new WebSocket(`ws://127.0.0.1:${port}/.sallyport/record`, { headers: { host, origin, cookie }, perMessageDeflate })
  const closed = once(socket, 'close') as Promise<[number, Buffer]>
  await once(socket, 'open')
  socket.send('{"events":[]}')
  await vi.waitUntil(() => authority.pages[before] !== undefined && authority.pages[before].lines.length > 0)
  return { socket, closed, shown: authority.pages[before]! }
}

const text = (bytes: number): string => `{"events":["${'x'.repeat(bytes)}`

describe('what all recorders together have the gateway hold', () => {
  it('is counted for each, and refused to whoever grows past it', () => {
    const inFlight = createBytesInFlight(100)
    const [first, second] = [inFlight.open(), inFlight.open()]
    expect([first.holds(60), second.holds(40), second.holds(41), first.holds(59), second.holds(42)]).toEqual([
      true,
      true,
      false,
      true,
      false,
    ])
    second.close()
    expect([first.holds(100), first.holds(101)]).toEqual([true, false])
    first.close()
    expect(inFlight.open().holds(100)).toBe(true)
  })

  it('up to the bound goes on; one byte of a message too many, and its recorder is told to come back, and the operator why', async () => {
    const from = await world()
    const [one, other] = [await recording(from), await recording(from)]
    one.socket.send(text(2 * megabyte), { fin: false })
    other.socket.send(text(megabyte / 2), { fin: false })
    await new Promise((resolve) => setTimeout(resolve, 200))
    expect([one.socket.readyState, other.socket.readyState]).toEqual([WebSocket.OPEN, WebSocket.OPEN])
    other.socket.send('x'.repeat(megabyte), { fin: false })
    expect((await other.closed)[0]).toBe(1013)
    await vi.waitUntil(() => from.authority.pages[2]?.batches.length === 1)
    expect(from.authority.pages[2]!.batches[0]!.events).toMatchObject([{ data: { payload: { reason: 'busy' } } }])
    // The other one goes on, and there is room again.
    one.socket.send('"]}')
    await vi.waitUntil(() => one.shown.lines.length === 2)
    const back = await recording(from)
    await vi.waitUntil(() => from.authority.pages[2]!.ended)
    back.socket.send(`${text(2 * megabyte)}"]}`)
    await vi.waitUntil(() => back.shown.lines.length === 2)
    for (const { socket } of [one, back]) socket.close()
  })

  it('counts what is inflated of a message that is not complete', async () => {
    const from = await world()
    const { socket, closed } = await recording(from, true)
    // Some kilobytes on the wire.
    socket.send(text(4 * megabyte), { fin: false })
    socket.send('more', { fin: false })
    expect((await closed)[0]).toBe(1013)
  })

  it('counts what a machine does not take', async () => {
    const from = await world()
    const { socket, closed, shown } = await recording(from)
    const go = shown.hold()
    socket.send(`${text(2 * megabyte)}"]}`)
    socket.send(`${text(2 * megabyte)}"]}`)
    const other = await recording(from)
    other.socket.send(text(2 * megabyte), { fin: false })
    expect((await Promise.race([closed, other.closed]))[0]).toBe(1013)
    go()
    for (const one of [socket, other.socket]) one.close()
  })
})
