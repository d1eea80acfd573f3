import { describe, expect, it } from 'vitest'
import { isCodedError } from '../basics/coded-error.ts'
import type { SessionId } from '../basics/ids.ts'
import { wholeInstallation } from '../basics/scope.ts'
import { sayInSession } from './chat.ts'
import { sessionsWorld, type SessionsWorld } from './testing/sessions-world.ts'

const codeOf = (saying: Promise<unknown>): Promise<unknown> =>
  saying.then(
    () => 'said',
    (error: unknown) => (isCodedError(error) ? error.code : error),
  )
const texts = (world: SessionsWorld, id: SessionId) => world.room.get(id)?.chat.map(({ n, from, text }) => [n, from, text])
const recorded = async (world: SessionsWorld, id: SessionId) => {
  const { items } = await world.storage.events.list(wholeInstallation, { session: id }, { limit: 200, after: null })
  return items.filter(({ type }) => type === 'chat.said').toReversed()
}

describe('the chat of a session', () => {
  it('is recorded from both sides, each by its own word, and told as it is said', async () => {
    await using world = await sessionsWorld()
    const id = await world.approved()
    let told = 0
    world.room.onChange(() => (told += 1))
    world.machine.say('The feeder is on the left')
    await world.settle()
    await sayInSession(world.room, id, 'I see it')
    expect(told).toBe(2)
    expect(texts(world, id)).toEqual([
      [1, 'operator', 'The feeder is on the left'],
      [2, 'technician', 'I see it'],
    ])
    expect(await recorded(world, id)).toMatchObject([
      { actor: { kind: 'operator', id: 'Olga' }, detail: { n: 1, text: 'The feeder is on the left' } },
      { actor: { kind: 'technician' }, detail: { n: 2, text: 'I see it' } },
    ])
  })

  it('takes from a machine neither its technician’s words nor another machine’s session, nor the same twice', async () => {
    await using world = await sessionsWorld()
    const id = await world.approved()
    const message = world.machine.say('once')
    const said = { type: 'chat.said', session: id, message } as const
    world.machine.append(said)
    world.machine.append({ ...said, message: { ...message, n: 9, from: 'technician' } })
    world.machine.append({ ...said, session: `ses_${'0'.repeat(32)}` })
    await world.settle()
    expect(texts(world, id)).toEqual([[1, 'operator', 'once']])
    expect(await recorded(world, id)).toHaveLength(1)
  })

  it('is there again after a restart of the gateway, and in the history after the end', async () => {
    await using world = await sessionsWorld()
    const id = await world.approved()
    world.machine.say('before')
    await world.settle()
    await sayInSession(world.room, id, 'me too')
    await world.restart()
    expect(texts(world, id)).toEqual([])
    world.connect()
    await world.settle()
    expect(texts(world, id)).toHaveLength(2)
    world.machine.say('goodbye')
    world.machine.end('ended_by_operator', 'Olga')
    await world.settle()
    expect((await recorded(world, id)).map(({ detail }) => detail['text'])).toEqual(['before', 'me too', 'goodbye'])
    expect(await codeOf(sayInSession(world.room, id, 'late'))).toBe('session_over')
  })

  it('waits for the press, and for the tunnel', async () => {
    await using world = await sessionsWorld()
    const { id } = await world.ask()
    expect(await codeOf(sayInSession(world.room, id, 'Let me in'))).toBe('wrong_state')
    await world.machine.press()
    await world.settle()
    await world.lose()
    expect(await codeOf(sayInSession(world.room, id, 'Hello?'))).toBe('machine_offline')
    expect(await recorded(world, id)).toEqual([])
  })
})
