import { expect, it } from 'vitest'
import type { LiveSession, PendingRequest } from '../approvals/approval-state.ts'
import { AgentError } from '../basics/agent-error.ts'
import { FakeClock } from '../basics/fake-clock.ts'
import { silentLogger } from '../basics/logger.ts'
import { createOperatorList } from '../operators/operator-list.ts'
import { awaitedMs, createButtonPress, readMs } from './press-button.ts'
import type { PressOptions } from './press-button.ts'

const operators = createOperatorList([{ name: 'Olga', pinHash: null, mayLoosen: true }], silentLogger)

function bench(settings: Partial<PressOptions['settings']> = {}) {
  const clock = new FakeClock()
  const acts: unknown[] = []
  let fails: AgentError | null = null
  const desk = {
    pending: null as PendingRequest | null,
    live: null as LiveSession | null,
    approve: (session: string, { operator }: { readonly operator: object }) => {
      if (fails !== null) throw fails
      acts.push({ let: session, ...operator })
    },
    endByOperator: (by: unknown) => void acts.push({ end: by }),
  }
  const button = createButtonPress({
    settings: { operator: 'Button', whenLive: 'end', ...settings },
    desk,
    operators,
    clock,
    logger: silentLogger,
    onChange: () => {},
  })
  const show = (digest: string): void => {
    desk.pending = { digest, request: { session: digest } } as PendingRequest
    button.follow()
  }
  return { clock, acts, desk, button, show, fail: (code: string) => (fails = new AgentError({ code, message: code })) }
}

it('lets in whom it shows, once he has been shown for long enough to be read', () => {
  const { clock, acts, button, show } = bench()
  show('ses_1')
  clock.advance(readMs - 1)
  button.press()
  show('ses_2')
  clock.advance(1)
  button.press()
  expect(acts).toEqual([])
  clock.advance(readMs)
  button.press()
  expect(acts).toEqual([{ let: 'ses_2', name: 'Button', proof: 'hardware', mayLoosen: false }])
})

it('is about the request and not about the session while both are there, and ends only where the settings say so', () => {
  for (const whenLive of ['end', 'nothing'] as const) {
    const { clock, acts, desk, button, show } = bench({ whenLive, operator: 'Olga' })
    desk.live = { id: 'ses_1' } as LiveSession
    show('ses_1')
    button.press()
    expect(acts).toEqual([])
    clock.advance(readMs)
    button.press()
    expect(acts).toMatchObject([{ let: 'ses_1', name: 'Olga' }])
    desk.pending = null
    button.follow()
    button.press()
    expect(acts.slice(1)).toMatchObject(whenLive === 'end' ? [{ end: { name: 'Olga', proof: 'hardware' } }] : [])
  }
})

it('says why nothing came of a press, until the next one', () => {
  const { clock, acts, button, show, fail } = bench()
  show('ses_1')
  clock.advance(readMs)
  fail('switch_off')
  button.press()
  expect(button.refused).toEqual({ code: 'switch_off', atMs: clock.nowMs() })
  const gone = bench({ operator: 'Mallory' })
  gone.show('ses_1')
  gone.clock.advance(readMs)
  gone.button.press()
  expect([gone.acts, gone.button.refused?.code, acts]).toEqual([[], 'unknown_operator', []])
})

it('is for what was chosen at the panel while that waits, and for nothing that comes after it', async () => {
  const { clock, acts, desk, button, show } = bench()
  desk.live = { id: 'ses_1' } as LiveSession
  const first = button.awaitPress()
  await expect(button.awaitPress()).rejects.toMatchObject({ code: 'needs_proof' })
  show('ses_1')
  clock.advance(readMs - 1)
  button.press()
  expect(button.awaiting).toBe(true)
  clock.advance(1)
  button.press()
  await expect(first).resolves.toEqual({ name: 'Button', proof: 'hardware', mayLoosen: false })
  expect([button.awaiting, acts]).toEqual([false, []])
  const second = button.awaitPress()
  clock.advance(awaitedMs)
  await expect(second).rejects.toMatchObject({ code: 'needs_proof' })
  button.press()
  expect(acts).toMatchObject([{ let: 'ses_1' }])
})
