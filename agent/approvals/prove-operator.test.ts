import { expect, it } from 'vitest'
import { silentLogger } from '../basics/logger.ts'
import { hardwareOperator } from '../hardware/hardware-operator.ts'
import { createOperatorList } from '../operators/operator-list.ts'
import type { IdentifiedOperator } from '../operators/operator.ts'
import type { LiveSession } from './approval-state.ts'
import { createProveOperator } from './prove-operator.ts'

const operators = createOperatorList([{ name: 'Olga', pinHash: null, mayLoosen: false }], silentLogger)
const olga = { name: 'Olga', proof: 'none', mayLoosen: false } as IdentifiedOperator
const liveWith = (id: string, ...services: string[]): LiveSession => ({ id, services }) as unknown as LiveSession

function bench(onThisMachine: boolean) {
  const state = { live: null as LiveSession | null, press: (_by: IdentifiedOperator): void => {}, asked: 0 }
  const prove = createProveOperator({
    identify: async () => olga,
    operators,
    live: () => state.live,
    actsOnMachine: (service) => service !== 'log',
    onThisMachine,
    awaitPress: () => {
      state.asked += 1
      return new Promise((resolve) => (state.press = resolve))
    },
  })
  return { state, prove: () => prove('Olga', null) }
}

it('asks for the button only where the technician may be the one who presses', async () => {
  const elsewhere = bench(false)
  elsewhere.state.live = liveWith('ses_1', 'shell')
  expect(await elsewhere.prove()).toBe(olga)
  const here = bench(true)
  expect(await here.prove()).toBe(olga)
  here.state.live = liveWith('ses_1', 'log')
  expect(await here.prove()).toBe(olga)
  expect(here.state.asked).toBe(0)
  here.state.live = liveWith('ses_1', 'log', 'shell')
  const proven = here.prove()
  await expect.poll(() => here.state.asked).toBe(1)
  const button = hardwareOperator('Button', operators)
  here.state.press(button)
  expect(await proven).toBe(button)
})

it('takes no press for a session that came after the one on the screen', async () => {
  const { state, prove } = bench(true)
  state.live = liveWith('ses_1', 'shell')
  const proven = prove()
  await expect.poll(() => state.asked).toBe(1)
  state.live = liveWith('ses_2', 'shell')
  state.press(hardwareOperator('Button', operators))
  await expect(proven).rejects.toMatchObject({ code: 'no_session' })
})
