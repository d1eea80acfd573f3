import { once } from 'node:events'
import type { Http2Stream } from 'node:http2'
import { duplexPair } from 'node:stream'
import type { Duplex } from 'node:stream'
import type { TLSSocket } from 'node:tls'
import { beforeEach, describe, expect, it } from 'vitest'
import { FakeClock } from '../basics/fake-clock.ts'
import { createLane } from './lane.ts'

/** Over real connections: gateway/tunnels/admit-lane.test.ts and agent/link/lanes.test.ts. Here the order of two connections is ours to choose. */
describe('a lane that waits', () => {
  it('is closed by whoever ends it, and not when it was taken a moment before', async () => {
    for (const taken of [false, true]) {
      const [near, far] = duplexPair()
      const lane = createLane(near as TLSSocket, new FakeClock())
      if (taken) lane.take()
      near.read(0)
      far.end()
      await new Promise(setImmediate)
      expect(near.destroyed).toBe(!taken)
      lane.giveBack()
      expect(near.destroyed).toBe(true)
    }
  })
})

describe('the two ends of a lane and its stream', () => {
  let clock: FakeClock
  let stream: Duplex
  let lane: Duplex
  let far: { readonly stream: Duplex; readonly lane: Duplex }
  let heard: string[]

  beforeEach(() => {
    clock = new FakeClock()
    const [nearStream, farStream] = duplexPair()
    const [nearLane, farLane] = duplexPair()
    ;[stream, lane, far] = [nearStream, nearLane, { stream: farStream, lane: farLane }]
    createLane(lane as TLSSocket, clock).tie(stream as Http2Stream)
    heard = []
    lane.on('data', (chunk) => heard.push(String(chunk))).on('end', () => heard.push('end'))
  })

  it.each([
    ['the lane ends first', ['lane', 'stream']],
    ['the word comes first', ['stream', 'lane']],
  ] as const)('end a direction together: %s', async (_name, order) => {
    far.lane.write('all of it')
    await once(lane, 'data')
    far[order[0]].end()
    await new Promise(setImmediate)
    expect(heard).toEqual(['all of it'])
    far[order[1]].end()
    await once(lane, 'end')
    expect([lane.destroyed, stream.destroyed]).toEqual([false, false])
  })

  it('wait ten seconds for the word, and then it is torn', async () => {
    far.lane.end('half')
    await once(lane, 'data')
    await new Promise(setImmediate)
    clock.advance(9_999)
    expect(lane.destroyed).toBe(false)
    clock.advance(1)
    await once(lane, 'close')
    expect([heard, stream.destroyed]).toEqual([['half'], true])
  })

  it('pass the end of the other direction on', async () => {
    lane.end('answer')
    far.lane.resume()
    await once(far.stream.resume(), 'end')
    expect(stream.writableFinished).toBe(true)
  })

  it('keep what a slow reader has not read when both directions have ended', async () => {
    lane.pause()
    lane.end()
    far.lane.resume().end('the last words')
    far.stream.resume().end()
    // Node closes a stream whose both sides have ended.
    await expect.poll(() => stream.closed).toBe(true)
    expect(lane.destroyed).toBe(false)
    lane.resume()
    await once(lane, 'end')
    expect(heard).toEqual(['the last words', 'end'])
  })
})
