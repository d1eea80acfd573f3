import { once } from 'node:events'
import { createServer } from 'node:http'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { WebSocket } from 'ws'
import { FakeClock } from '../../basics/fake-clock.ts'
import { proxyWorld, type ProxyWorld, type ProxyWorldOptions } from '../testing/proxy-world.ts'
import { createBytesInFlight } from './bytes-in-flight.ts'
import { wholeWithinMs } from './message-pace.ts'

const open: ProxyWorld[] = []
afterEach(async () => {
  for (const world of open.splice(0)) await world[Symbol.asyncDispose]()
})

const megabyte = 1024 * 1024

async function world(options: Pick<ProxyWorldOptions, 'clock' | 'limits'> = {}): Promise<ProxyWorld> {
  const limits = options.limits ?? { maxRecorderBytes: 3 * megabyte }
  const made = await proxyWorld({ ...options, machine: createServer(), recorder: Buffer.from('void 0'), limits })
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
  /** Who is given up, by name, in order. */
  const holders = (bounds: { most: number; mostOfPerson: number }) => {
    const gone: string[] = []
    const inFlight = createBytesInFlight(bounds)
    return { gone, open: (person: string, name: string) => inFlight.open(person, () => gone.push(name)) }
  }

  it('is counted for each; past the bound the largest of whoever holds most goes, not whoever grows', () => {
    const { gone, open: openFor } = holders({ most: 100, mostOfPerson: 1_000 })
    const hoard = Array.from({ length: 9 }, (_, at) => openFor('hoarder', `hoard ${at}`))
    for (const share of hoard) share.holds(10)
    const honest = openFor('honest', 'honest')
    honest.holds(10)
    expect(gone).toEqual([])
    honest.holds(11)
    expect(gone).toEqual(['hoard 0'])
    // It counts no more, whatever it says on its way out.
    hoard[0]!.holds(1_000)
    honest.holds(20)
    expect(gone).toEqual(['hoard 0'])
    hoard[5]!.holds(11)
    expect(gone).toEqual(['hoard 0', 'hoard 5'])
    for (const share of [...hoard, honest]) share.close()
    const next = openFor('honest', 'next')
    next.holds(100)
    expect(gone).toHaveLength(2)
    next.holds(101)
    expect(gone.at(-1)).toBe('next')
  })

  it('of one person is bounded too, and that bound takes from nobody else', () => {
    const { gone, open: openFor } = holders({ most: 100, mostOfPerson: 30 })
    const [one, other, foreign] = [openFor('mia', 'one'), openFor('mia', 'other'), openFor('tom', 'foreign')]
    foreign.holds(30)
    one.holds(20)
    other.holds(10)
    expect(gone).toEqual([])
    other.holds(11)
    expect(gone).toEqual(['one'])
    other.holds(30)
    expect(gone).toEqual(['one'])
  })

  it('up to the bound goes on; one byte of a message too many, and the largest recorder is told to come back, and the operator why', async () => {
    const from = await world()
    const [one, other] = [await recording(from), await recording(from)]
    one.socket.send(text(2 * megabyte), { fin: false })
    other.socket.send(text(megabyte / 2), { fin: false })
    await new Promise((resolve) => setTimeout(resolve, 200))
    expect([one.socket.readyState, other.socket.readyState]).toEqual([WebSocket.OPEN, WebSocket.OPEN])
    other.socket.send('x'.repeat(megabyte), { fin: false })
    expect((await one.closed)[0]).toBe(1013)
    await vi.waitUntil(() => from.authority.pages[2]?.batches.length === 1)
    expect(from.authority.pages[2]!.batches[0]!.events).toMatchObject([{ data: { payload: { reason: 'busy' } } }])
    // The other one goes on, and there is room again.
    other.socket.send('"]}')
    await vi.waitUntil(() => other.shown.lines.length === 2)
    const back = await recording(from)
    await vi.waitUntil(() => from.authority.pages[2]!.ended)
    back.socket.send(`${text(2 * megabyte)}"]}`)
    await vi.waitUntil(() => back.shown.lines.length === 2)
    for (const { socket } of [other, back]) socket.close()
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

  it('is not kept by a message that never becomes whole, though its browser answers', async () => {
    const clock = new FakeClock()
    const from = await world({ clock })
    const { socket, closed } = await recording(from)
    let over = false
    void closed.then(() => (over = true))
    socket.send(text(megabyte), { fin: false })
    await new Promise((resolve) => setTimeout(resolve, 100))
    clock.advance(1_000)
    // 64 s for a MiB, beside what each message has.
    for (let ms = 0; ms < wholeWithinMs + 62_000; ms += 1_000) {
      clock.advance(1_000)
      socket.pong()
      await new Promise((resolve) => setImmediate(resolve))
    }
    expect([over, socket.readyState]).toEqual([false, WebSocket.OPEN])
    clock.advance(4_000)
    expect((await closed)[0]).toBe(1013)
  })
})
