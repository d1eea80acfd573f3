import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createSignInLimits, signInLimitSettings } from './sign-in-limits.ts'

const fail = async (limits: ReturnType<typeof createSignInLimits>, times: number, name = 'mia', ip = '192.0.2.1'): Promise<number> => {
  let wait = 0
  for (let n = 0; n < times; n++) wait = await limits.admit(name, ip)
  return wait
}

describe('limits on failed sign-ins', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('let five attempts pass, then make each further failure wait twice as long, up to a quarter of an hour', async () => {
    const limits = createSignInLimits()
    expect(await fail(limits, 5)).toBe(0)
    const waits: number[] = []
    for (let round = 0; round < 10; round++) {
      const wait = await limits.admit('mia', '192.0.2.1')
      waits.push(wait)
      vi.advanceTimersByTime(wait * 1000)
      expect(await limits.admit('mia', '192.0.2.1')).toBe(0)
    }
    expect(waits).toEqual([5, 10, 20, 40, 80, 160, 320, 640, 900, 900])
  })

  it('count attempts that come at the same moment', async () => {
    const limits = createSignInLimits()
    const waits = await Promise.all(Array.from({ length: 50 }, () => limits.admit('mia', '192.0.2.1')))
    expect(waits.filter((wait) => wait === 0)).toHaveLength(5)
  })

  it('hold back neither the same person elsewhere nor another person here', async () => {
    const limits = createSignInLimits()
    await fail(limits, 6)
    expect(await limits.admit('mia', '192.0.2.2')).toBe(0)
    expect(await limits.admit('olga', '192.0.2.1')).toBe(0)
  })

  it('forget the failures when the password was right', async () => {
    const limits = createSignInLimits()
    await fail(limits, 4)
    await limits.succeeded('mia', '192.0.2.1')
    expect(await fail(limits, 5)).toBe(0)
  })

  it('count one name in all its spellings, and an IPv6 household as one address', async () => {
    const limits = createSignInLimits()
    await fail(limits, 5, 'Mia', '2001:db8::1')
    expect(await limits.admit('mIA', '2001:db8:0:0:ffff::2')).toBeGreaterThan(0)
    expect(await limits.admit('mia', '2001:db8:0:1::1')).toBe(0)
  })

  it('hold back an address that tries many names', async () => {
    const limits = createSignInLimits({ ...signInLimitSettings, perIpAttempts: 10 })
    for (let n = 0; n < 10; n++) expect(await limits.admit(`name-${n}`, '192.0.2.1')).toBe(0)
    expect(await limits.admit('one-more', '192.0.2.1')).toBeGreaterThan(0)
    expect(await limits.admit('one-more', '192.0.2.2')).toBe(0)
  })

  it('under a flood from everywhere hold back addresses that have failed, and let a clean one in', async () => {
    const limits = createSignInLimits({ ...signInLimitSettings, globalAttempts: 10 })
    for (let n = 0; n < 10; n++) await limits.admit(`name-${n}`, `198.51.100.${n}`)
    expect(await limits.admit('mia', '198.51.100.3')).toBeGreaterThan(0)
    expect(await limits.admit('mia', '203.0.113.9')).toBe(0)
  })
})
