import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openStateDatabase } from '../state/state-database.ts'
import { createChatStore } from '../state/chat-store.ts'
import { createBenchAuthority } from '../testing/agent-bench.ts'
import type { AgentBench, BenchAuthority } from '../testing/agent-bench.ts'
import type { AgentSnapshot } from '../wire/agent-api.ts'
import type { ChatMessage } from '../wire/chat.ts'

let authority: BenchAuthority
let bench: AgentBench
beforeAll(async () => {
  authority = await createBenchAuthority()
})
afterAll(() => authority.close())
beforeEach(async () => {
  bench = await authority.open()
})
afterEach(() => bench.close())

const say = async (text: unknown, operator: string | null = 'Olga') => {
  const { status, body } = await bench.panel.call('POST', '/api/session/chat', { body: { text, operator } })
  return status === 200 ? 'said' : (JSON.parse(body) as { code: string }).code
}
const hear = async (session: string, body: string | Buffer) => {
  const answer = await bench.gateway.request('POST', `/v1/sessions/${session}/chat`, { body })
  return { status: answer.status, body: JSON.parse(answer.body) as { code?: string; n?: number } }
}
const tell = (session: string, text: unknown) => hear(session, JSON.stringify({ text }))
const shown = async (): Promise<readonly ChatMessage[] | undefined> => (await bench.panel.state()).session?.chat

describe('the chat of a session', () => {
  it('carries plain text both ways, numbered, and is kept for the history', async () => {
    expect(await say('Hello?')).toBe('no_session')
    const { session } = await bench.openSession()
    expect(await say('The feeder is on the left')).toBe('said')
    expect(await tell(session, '<b>I see</b> it')).toMatchObject({ status: 200, body: { n: 2 } })
    expect(await say('ok', null)).toBe('said')
    expect(await shown()).toMatchObject([
      { n: 1, from: 'operator', name: 'Olga', text: 'The feeder is on the left' },
      { n: 2, from: 'technician', name: 'Mia Maier', text: '<b>I see</b> it' },
      { n: 3, from: 'operator', name: null, text: 'ok' },
    ])
    // The gateway hears what it does not know already.
    await expect
      .poll(() => bench.events.filter(({ type }) => type === 'chat.said'))
      .toMatchObject([
        { session, message: { n: 1, name: 'Olga' } },
        { session, message: { n: 3, name: null } },
      ])
    const snapshot = JSON.parse((await bench.gateway.request('GET', '/v1/sessions')).body) as AgentSnapshot
    expect(snapshot.live[0]?.chat?.map(({ n }) => n)).toEqual([1, 2, 3])
    await bench.panel.call('POST', '/api/session/end', { body: { operator: 'Olga' } })
    expect((await tell(session, 'still there?')).body.code).toBe('no_session')
    await bench.agent.close()
    await bench.restart()
    expect((await bench.panel.state()).history[0]).toMatchObject({ session, messages: 3 })
    const { body } = await bench.panel.call('GET', `/api/chat/${session}`)
    expect((JSON.parse(body) as { messages: ChatMessage[] }).messages.map(({ text }) => text)).toEqual([
      'The feeder is on the left',
      '<b>I see</b> it',
      'ok',
    ])
  })

  it('takes nothing that is not plain text of the live session', async () => {
    const { session } = await bench.openSession()
    for (const text of ['', '   ', 'two\nlines', 'a\u202eb', '\ud800', 'x'.repeat(1_001), 7, null, ['a']]) {
      expect([text, (await tell(session, text)).status]).toEqual([text, 400])
      expect([text, await say(text)]).toEqual([text, 'bad_request'])
    }
    for (const body of ['', 'no JSON', '{"text":"a","html":"<b>"}', Buffer.from([0xff]), '[]'])
      expect((await hear(session, body)).status).toBe(400)
    expect((await bench.gateway.request('POST', `/v1/sessions/${session}/chat`, { body: 'x'.repeat(20_000) })).status).toBe(413)
    expect(await say('hi', 'Nobody')).toBe('unknown_operator')
    expect((await tell(`ses_${'0'.repeat(32)}`, 'hi')).body.code).toBe('no_session')
    expect((await bench.gateway.request('GET', `/v1/sessions/${session}/chat`)).status).toBe(405)
    expect(await shown()).toEqual([])
  })

  it('is no way to fill the machine: a gateway that writes without end is slowed down', async () => {
    const { session } = await bench.openSession()
    const statuses: number[] = []
    for (let n = 0; n < 60; n += 1) statuses.push((await tell(session, `message ${n}`)).status)
    expect(statuses.slice(0, 30)).toEqual(Array.from({ length: 30 }, () => 200))
    expect(statuses.filter((status) => status === 429).length).toBeGreaterThan(20)
    // The operator's word and End do not wait for it.
    expect(await say('Stop that')).toBe('said')
    expect((await shown())?.length).toBeLessThanOrEqual(50)
  })

  it('keeps the newest 500 of each session', async () => {
    await bench.agent.close()
    const database = openStateDatabase(bench.stateDir)
    const chat = createChatStore(database)
    database.transaction(() => {
      for (let n = 1; n <= 620; n += 1) chat.put('ses_a', { at: n, from: 'operator', name: null, text: `t${n}` })
      chat.put('ses_b', { at: 1, from: 'technician', name: 'Mia', text: 'b' })
    })
    expect([chat.count('ses_a'), chat.count('ses_b')]).toEqual([500, 1])
    expect(chat.newest('ses_a', 2)).toMatchObject([{ n: 619 }, { n: 620 }])
    expect(chat.newest('ses_a', 1_000)[0]).toMatchObject({ n: 121 })
    database.close()
    await bench.restart()
  })
})
