import { once } from 'node:events'
import type { Duplex } from 'node:stream'
import { describe, expect, it, vi } from 'vitest'
import { tunnelSettings } from '../../agent/wire/tunnel-settings.ts'
import { openTestDoor } from '../../test/support/test-door.ts'
import { FakeClock } from '../basics/fake-clock.ts'
import type { DeviceId, ServiceName, SessionId } from '../basics/ids.ts'
import type { DeviceLink } from '../devices/device-link.ts'
import { createCancelBudget } from './cancel-budget.ts'
import { defaultTunnelLimits } from './tunnel-limits.ts'

describe('the budget of cancels', () => {
  it('is spent, and comes back with time, up to where it was', () => {
    const clock = new FakeClock()
    const budget = createCancelBudget(clock, { cancelBurst: 3, cancelsPerSecond: 2 })
    for (let spent = 0; spent < 3; spent += 1) {
      expect(budget.left).toBe(true)
      budget.spend()
    }
    expect(budget.left).toBe(false)
    // One that was open all the same is paid for later.
    budget.spend()
    clock.advance(999)
    expect(budget.left).toBe(false)
    clock.advance(1)
    expect(budget.left).toBe(true)
    clock.advance(60_000)
    for (let spent = 0; spent < 3; spent += 1) budget.spend()
    expect(budget.left).toBe(false)
  })

  it('is smaller than what an agent bears, with all streams of a tunnel on top', () => {
    const { cancelBurst, cancelsPerSecond } = defaultTunnelLimits
    const { streamResetBurst, streamResetRate, maxConcurrentStreams } = tunnelSettings
    expect(cancelBurst + maxConcurrentStreams).toBeLessThan(streamResetBurst)
    expect(cancelsPerSecond).toBeLessThan(streamResetRate)
  })
})

describe('whoever opens streams and breaks them off', () => {
  const press = 'press-1' as DeviceId
  const open = (link: DeviceLink): Promise<Duplex> => link.openStream(`ses_${'1'.repeat(32)}` as SessionId, 'plc' as ServiceName)
  const cut = async (stream: Duplex): Promise<void> => {
    const closed = once(stream, 'close')
    stream.destroy()
    await closed
  }

  it('is told to wait, and the tunnel lives; who ends them well is not', async () => {
    await using door = await openTestDoor({ limits: { cancelBurst: 20, cancelsPerSecond: 5 } })
    await door.dial(await door.enrol())
    const link = await vi.waitUntil(() => door.listener.links.get(press), { interval: 5 })
    for (let round = 0; round < 100; round += 1) {
      const stream = await open(link)
      stream.resume().end('whole')
      await once(stream, 'close')
    }
    for (let round = 0; round < 20; round += 1) await cut(await open(link))
    await expect(open(link)).rejects.toMatchObject({ code: 'too_many_streams' })
    expect((await link.info()).device).toBe(press)
    const again = await vi.waitUntil(() => open(link).catch(() => undefined), { interval: 50 })
    again?.destroy()
  })
})
