import { describe, expect, it } from 'vitest'
import { FakeClock } from '../basics/fake-clock.ts'
import { createPanelConnection } from './panel-connection.ts'

describe('the connection as the panel shows it', () => {
  it('still says why there is none while it is tried again, until it is there', () => {
    const connection = createPanelConnection(new FakeClock())
    connection.set({ state: 'offline', reason: 'dead', nextAttemptAtMs: 5_000 })
    connection.set({ state: 'connecting' })
    expect(connection.get()).toMatchObject({ state: 'connecting', reason: 'dead', next_attempt_at: null })
    connection.set({ state: 'connected' })
    connection.set({ state: 'connecting' })
    expect(connection.get()).toMatchObject({ state: 'connecting', reason: null })
  })

  it('counts the time of a state from its first moment', () => {
    const clock = new FakeClock()
    const connection = createPanelConnection(clock)
    connection.set({ state: 'offline', reason: 'dead', nextAttemptAtMs: 5_000 })
    const { since } = connection.get()
    clock.advance(5_000)
    connection.set({ state: 'offline', reason: 'dead', nextAttemptAtMs: 15_000 })
    expect(connection.get()).toMatchObject({ since, next_attempt_at: 15_000 })
    connection.set({ state: 'offline', reason: 'ECONNREFUSED', nextAttemptAtMs: 15_000 })
    expect(connection.get().since).toBe(since + 5_000)
  })
})
