import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { MachinePage } from '../../gateway/http-api/contract/machines.ts'
import type { SessionHistory } from '../../gateway/http-api/contract/sessions.ts'
import type { PanelClient } from '../support/panel-client.ts'
import type { PortalClient } from '../support/portal-client.ts'
import { runInstallation, type RunningInstallation } from '../support/running-installation.ts'
import { approvedSession, askFor, openService, untilOnline } from '../support/technician-at-work.ts'

const operator = 'Olga Neumann'
let installation: RunningInstallation
let mia: PortalClient
let panel: PanelClient

beforeAll(async () => {
  installation = await runInstallation()
  mia = await installation.signIn('mia')
  panel = await installation.panel()
  await untilOnline(mia)
}, 60_000)
afterAll(() => installation[Symbol.asyncDispose]())

/** Asks until somebody calls, or nobody does any more. */
async function calls(technician: PortalClient, count: number): Promise<MachinePage['items']> {
  await expect
    .poll(async () => (await technician.api<MachinePage>('GET', '/api/v1/machines?calling=true')).body.items?.length, { timeout: 20_000 })
    .toBe(count)
  return (await technician.api<MachinePage>('GET', '/api/v1/machines?calling=true')).body.items
}

describe('an operator who needs help', () => {
  it('calls, and the technician who takes it is let in by a press and works', async () => {
    expect((await panel.callForHelp({ what: 'The ink runs out too early', operator })).status).toBe(200)
    const [press] = await calls(mia, 1)
    expect(press).toMatchObject({ id: 'press-7', help: { what: 'The ink runs out too early', by: operator, lets_in_until: null } })
    const help = press?.help?.id ?? ''
    const session = await approvedSession({ technician: mia, panel, operator, asking: { help } })
    expect(session).toMatchObject({ help, approved_by: operator })
    expect((await panel.state()).help).toMatchObject({ taken: true })
    const work = await openService(mia, session.id)
    expect((await work.get('/')).status).toBe(200)
    const write = (text: string) => mia.api('POST', `/api/v1/sessions/${session.id}/messages`, { text })
    expect((await write('Which sheet size?')).status).toBe(200)
    expect((await panel.say('A1 <b>now</b>', operator)).status).toBe(200)
    const talk = [
      ['technician', 'Mia Brandt', 'Which sheet size?'],
      ['operator', operator, 'A1 <b>now</b>'],
    ]
    expect((await panel.state()).session?.chat.map(({ from, name, text }) => [from, name, text])).toEqual(talk)
    const seen = await mia.waitForSession(session.id, ({ messages }) => messages.length === 2)
    expect(seen.messages.map(({ from, name, text }) => [from, name, text])).toEqual(talk)
    for (const text of ['', 'a\u202eb', 'x'.repeat(1_001)]) expect([text, (await write(text)).status]).toEqual([text, 400])
    await mia.api('POST', `/api/v1/sessions/${session.id}/end`)
    expect(await write('Too late')).toMatchObject({ status: 410, body: { code: 'session_over' } })
    await calls(mia, 0)
    expect((await panel.state()).help).toBeNull()
    await expect
      .poll(async () => {
        const { body } = await mia.api<SessionHistory>('GET', `/api/v1/sessions/${session.id}/history`)
        return body.items
          .filter(({ type }) => type === 'chat.said' || type === 'help.done')
          .map(({ type, detail }) => detail['text'] ?? type)
      })
      .toEqual(['help.done', 'A1 <b>now</b>', 'Which sheet size?'])
    expect((await panel.chatOf(session.id)).messages.map(({ from, name, text }) => [from, name, text])).toEqual(talk)
  }, 60_000)

  it('is seen after the gateway was killed as well, until she withdraws', async () => {
    expect((await panel.callForHelp({ what: 'It does it again', operator })).status).toBe(200)
    await calls(mia, 1)
    installation.gateway.process.kill('SIGKILL')
    await installation.gateway.ended
    await installation.startGateway()
    await untilOnline(mia)
    expect((await calls(mia, 1))[0]?.help).toMatchObject({ what: 'It does it again' })
    expect((await panel.withdrawCall(operator)).status).toBe(200)
    await calls(mia, 0)
    expect((await askFor(mia, { help: `hlp_${'0'.repeat(32)}` })).body).toMatchObject({ code: 'help_over' })
  }, 90_000)

  it('may let in whoever is sent for this call: he is in without a press, and no longer than she chose', async () => {
    expect((await panel.callForHelp({ what: 'Come in at once', operator, let_in_minutes: 2 })).status).toBe(200)
    const [press] = await calls(mia, 1)
    const asked = await askFor(mia, { help: press?.help?.id ?? '', duration_s: 3_600 })
    expect(asked.status).toBe(201)
    const session = await mia.waitForSession(asked.body.id, ({ state }) => state === 'approved')
    expect(session).toMatchObject({ state: 'approved', approved_by: operator })
    expect((session.expires_at ?? 0) - (session.approved_at ?? 0)).toBeLessThanOrEqual(120)
    expect((await (await openService(mia, session.id)).get('/')).status).toBe(200)
    expect((await panel.state()).session).toMatchObject({ mode: 'planned', answers_call: true })
    await panel.end(operator)
    await mia.waitForSession(session.id, ({ state }) => state === 'ended')
    await calls(mia, 0)
  }, 60_000)
})
