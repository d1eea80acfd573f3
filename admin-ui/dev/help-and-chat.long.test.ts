import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { chatOf, helpOf, liveSessionOf, pairingCode, requestOf, rightPin } from './fake-agent.ts'
import { sessionIdOf } from './fake-data.ts'
import { helpCallOf } from './fake-help-call.ts'
import { lowTargets } from './low-targets.ts'
import { panelScenes } from './panel-scenes.ts'
import { faultsOf, looks, openPanel, startPages } from './start-pages.ts'
import type { StartedPages } from './start-pages.ts'

let started: StartedPages
beforeAll(async () => {
  started = await startPages()
}, 60_000)
afterAll(() => started.close())
beforeEach(() => {
  started.agent.set({ ...panelScenes[0]?.state(), pins: false })
  started.agent.calls.length = 0
})

const bodiesTo = (path: string): unknown[] => started.agent.calls.filter((call) => call.path === path).map(({ body }) => body)

describe('a call for help at the panel', () => {
  test.each(looks)(
    'is made in a dialog for gloves in $language and $colorScheme, without a fault',
    async ({ language: _, ...options }) => {
      const { page, faults } = await openPanel(started, pairingCode, options)
      await page.getByRole('button', { name: /^(I need help|Ich brauche Hilfe)/u }).click()
      const dialog = page.getByRole('dialog', { name: /^(I need help|Ich brauche Hilfe)$/u })
      await dialog.getByRole('radio', { name: /^(Whoever|Wen die)/u }).check()
      for (const viewport of [
        { width: 1024, height: 600 },
        { width: 360, height: 740 },
      ]) {
        await page.setViewportSize(viewport)
        expect(await dialog.locator('button, .choice-item, textarea, input[type=text]').count()).toBeGreaterThan(8)
        expect(await lowTargets(dialog)).toEqual([])
      }
      expect([...(await faultsOf(page)), ...faults]).toEqual([])
      await page.context().close()
    },
    30_000,
  )

  test('says what is missing, then calls without a PIN, shows that it waits, and is withdrawn', async () => {
    const { page } = await openPanel(started, pairingCode)
    started.agent.set({ pins: true })
    await page.getByRole('button', { name: /^I need help/u }).click()
    const dialog = page.getByRole('dialog', { name: 'I need help' })
    await dialog.getByRole('button', { name: 'Call', exact: true }).click()
    await dialog.getByText('Say in a few words what is wrong.').waitFor()
    await dialog.getByText('Choose your name first.').waitFor()
    await dialog.getByRole('textbox', { name: 'What is wrong?' }).fill('The feeder\nstops')
    await dialog.getByRole('radio', { name: 'Jonas Keller' }).check()
    await dialog.getByRole('button', { name: 'Call', exact: true }).click()
    const open = page.getByRole('complementary', { name: /^Jonas Keller called for help/u })
    await open.getByText('Waiting for a technician. Nobody gets in before you press.').waitFor()
    // A service that is off cannot be called for.
    expect(bodiesTo('/api/help')).toEqual([{ what: 'The feeder stops', ticket: null, services: ['hmi'], operator: 'Jonas Keller' }])
    await open.getByRole('button', { name: 'Withdraw the call' }).click()
    await page.getByRole('radio', { name: 'Olga Petrova' }).check()
    await page.getByRole('dialog').getByRole('button', { name: 'Withdraw the call' }).click()
    await page.getByRole('button', { name: /^I need help/u }).waitFor()
    expect(bodiesTo('/api/help/withdraw')).toEqual([{ operator: 'Olga Petrova' }])
    await page.context().close()
  })

  test('lets in whoever is sent by the PIN of who calls alone, and says so while it holds', async () => {
    const { page } = await openPanel(started, pairingCode)
    started.agent.set({ pins: true })
    await page.getByRole('button', { name: /^I need help/u }).click()
    const dialog = page.getByRole('dialog', { name: 'I need help' })
    await dialog.getByRole('textbox', { name: 'What is wrong?' }).fill('The feeder stops')
    await dialog.getByRole('radio', { name: 'Olga Petrova' }).check()
    await dialog.getByRole('radio', { name: /^Whoever the service organisation sends/u }).check()
    await dialog.getByRole('radio', { name: '30 min' }).check()
    await dialog.getByRole('button', { name: 'Call', exact: true }).click()
    const field = page.getByRole('dialog', { name: 'PIN of Olga Petrova' }).getByLabel('PIN', { exact: true })
    await expect.poll(() => field.evaluate((element) => element === document.activeElement)).toBe(true)
    await page.keyboard.type(rightPin)
    await page.keyboard.press('Enter')
    await page.getByText(/Whoever takes the call comes in without a press until/u).waitFor()
    expect(bodiesTo('/api/help')).toMatchObject([{ let_in_minutes: 30, operator: 'Olga Petrova', pin: rightPin }])
    await page.context().close()
  })

  test.each([
    ['by the call alone', { mode: 'planned', answers_call: true }, { taken: true }, 1],
    ['by a press', { mode: 'attended', answers_call: true }, { taken: true }, 0],
    ['for something else', { mode: 'attended', answers_call: false }, {}, 0],
  ] as const)('is withdrawn while somebody is in %s, and says whether that ends the session', async (_how, session, help, ends) => {
    const { page } = await openPanel(started, pairingCode)
    started.agent.set({ help: helpOf(help), session: liveSessionOf(session) })
    const open = page.getByRole('complementary', { name: /called for help/u })
    await open.getByRole('button', { name: 'Withdraw the call' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('radio', { name: 'Olga Petrova' }).check()
    expect(await dialog.getByText('withdrawing it ends the session at once').count()).toBe(ends)
    await dialog.getByRole('button', { name: 'Withdraw the call' }).click()
    await open.waitFor({ state: 'detached' })
    expect(bodiesTo('/api/help/withdraw')).toEqual([{ operator: 'Olga Petrova' }])
    await page.context().close()
  })

  test('says who took it, before the press and after', async () => {
    const { page } = await openPanel(started, pairingCode)
    started.agent.set({ help: helpOf(), request: requestOf({ answers_call: true }) })
    await page.getByText('Has taken your call').waitFor()
    started.agent.set({ help: helpOf({ taken: true }), request: null, session: liveSessionOf({ answers_call: true }) })
    await page.getByText('Mia Bauer is here for your call for help').waitFor()
    await page.context().close()
  })

  test('cannot be made while remote service is off', async () => {
    const { page } = await openPanel(started, pairingCode)
    started.agent.set(panelScenes.find(({ name }) => name === 'delivered')?.state() ?? {})
    await page.getByRole('heading', { name: 'Remote service is switched off' }).waitFor()
    expect(await page.getByRole('button', { name: /^I need help/u }).count()).toBe(0)
    await page.context().close()
  })
})

describe('a call for help at the portal', () => {
  test('comes up by itself on both pages, is taken for its services, and goes by itself', async () => {
    const call = helpCallOf()
    const press = started.gateway.world.machines.find(({ id }) => id === 'press-1')
    const { page } = await started.signedIn('mia')
    await page.goto(`${started.gateway.origin}/machines`)
    await page.getByRole('link', { name: 'Press 1' }).waitFor()
    const setHelp = (help: typeof call | null): void => {
      started.gateway.world.machines = started.gateway.world.machines.map((one) => (one.id === press?.id ? { ...one, help } : one))
      started.gateway.emit('machine', {})
    }
    setHelp(call)
    const card = page.getByRole('region', { name: 'Calls for help: Press 1' })
    await card.getByText(call.what).waitFor()
    await card.getByText('Olga Petrova at the machine calls for help').waitFor()
    expect(await faultsOf(page)).toEqual([])
    await page.goto(`${started.gateway.origin}/machines/press-1`)
    await card.waitFor()
    setHelp(null)
    await card.waitFor({ state: 'detached' })
    setHelp({ ...call, lets_in_until: call.called_at + 3_600 })
    await card.getByText(/^Whoever takes it comes in without a press/u).waitFor()
    await card.getByRole('link', { name: 'Take the call' }).click()
    expect(await page.getByRole('textbox', { name: 'Reason' }).inputValue()).toBe(call.what)
    await page.getByRole('button', { name: 'Take the call' }).click()
    await page.getByRole('heading', { name: 'Waiting for the operator at Press 1' }).waitFor()
    const asked = started.gateway.requests.findLast(({ method, path }) => method === 'POST' && path === '/sessions')
    expect(JSON.parse(asked?.body.toString() ?? '{}')).toMatchObject({
      machine: 'press-1',
      services: ['hmi'],
      help: call.id,
      ticket: 'INC-4711',
    })
    setHelp(null)
    await page.context().close()
  })
})

describe('the chat at the panel', () => {
  test('is written under a name of the list or none, shows the newest, and takes markup for text', async () => {
    const { page, faults } = await openPanel(started, pairingCode)
    const long = Array.from({ length: 30 }, (_, n) => ({ ...chatOf()[0]!, n: n + 21, text: `Message ${n + 21}` }))
    started.agent.set({ session: liveSessionOf({ chat: [...long, { ...chatOf()[0]!, n: 51, text: '<img src=x onerror=alert(1)>' }] }) })
    const log = page.getByRole('log', { name: 'Chat' })
    await log.getByText('<img src=x onerror=alert(1)>').waitFor()
    await log.getByText('Earlier messages are in the history.').waitFor()
    const seen = await log.evaluate((element) => element.scrollTop + element.clientHeight >= element.scrollHeight - 2)
    expect([seen, await log.locator('img').count()]).toEqual([true, 0])
    // What the technician wrote is said above everything else until it is answered.
    const note = page.getByRole('button', { name: /^Mia Bauer: /u })
    await note.click()
    await expect
      .poll(() => page.getByRole('textbox', { name: 'Write a message' }).evaluate((field) => field === document.activeElement))
      .toBe(true)
    await page.getByRole('textbox', { name: 'Write a message' }).fill('  On the\tleft  ')
    await page.keyboard.press('Enter')
    await expect.poll(() => bodiesTo('/api/session/chat')).toEqual([{ text: 'On the left', operator: null }])
    await expect.poll(() => page.getByRole('textbox', { name: 'Write a message' }).inputValue()).toBe('')
    await note.waitFor({ state: 'detached' })
    await page.getByRole('combobox', { name: 'Write as' }).selectOption('Jonas Keller')
    await page.getByRole('textbox', { name: 'Write a message' }).fill('I am back')
    await page.getByRole('button', { name: 'Send' }).click()
    await expect.poll(() => bodiesTo('/api/session/chat').at(-1)).toEqual({ text: 'I am back', operator: 'Jonas Keller' })
    const small = await page
      .locator('.chat-form :is(input, select, button)')
      .evaluateAll((all) => all.filter((one) => one.getBoundingClientRect().height < 60).length)
    expect([small, ...faults]).toEqual([0])
    await page.context().close()
  })

  test('keeps in the field what could not be said, and never stands in the way of End', async () => {
    const { page } = await openPanel(started, pairingCode)
    started.agent.set({ session: liveSessionOf() })
    await page.getByRole('log', { name: 'Chat' }).getByText('Nothing was written yet.').waitFor()
    await page.route('**/api/session/chat', (route) =>
      route.fulfill({
        status: 503,
        contentType: 'application/problem+json',
        body: JSON.stringify({ code: 'not_durable', message: '', title: '', status: 503 }),
      }),
    )
    await page.getByRole('textbox', { name: 'Write a message' }).fill('Hello')
    await page.getByRole('button', { name: 'Send' }).click()
    await page.getByRole('alert').getByText('The agent could not write it down').waitFor()
    expect(await page.getByRole('textbox', { name: 'Write a message' }).inputValue()).toBe('Hello')
    await page.getByRole('button', { name: 'End now' }).click()
    await page.getByRole('heading', { name: 'Nobody is in this machine' }).waitFor()
    await page.context().close()
  })

  test('is read again in the history', async () => {
    const { page } = await openPanel(started, pairingCode)
    await page.getByRole('button', { name: 'Chat: 2 messages' }).click()
    await page.getByRole('log', { name: 'Chat' }).getByText('A1, since this morning.').waitFor()
    expect(await faultsOf(page)).toEqual([])
    await page.context().close()
  })
})

describe('the chat at the portal', () => {
  test('is written by the technician, comes live, and is read along by others who may see the session', async () => {
    const session = sessionIdOf('2')
    const { page, faults } = await started.signedIn('mia')
    await page.goto(`${started.gateway.origin}/sessions/${session}`)
    await page.getByRole('textbox', { name: 'Write a message' }).fill('Which sheet size?')
    await page.getByRole('button', { name: 'Send' }).click()
    const log = page.getByRole('log', { name: 'Chat' })
    await log.getByText('Which sheet size?').waitFor()
    const before = started.gateway.world.sessions.find(({ id }) => id === session)?.messages ?? []
    started.gateway.change(session, {
      messages: [...before, { n: 2, time_ms: Date.now(), from: 'operator', name: 'Olga Petrova', text: 'A1 <b>now</b>' }],
    })
    await log.getByText('A1 <b>now</b>').waitFor()
    expect([...(await faultsOf(page)), ...faults]).toEqual([])
    await page.context().close()
    started.gateway.change(session, { mine: false })
    const { page: other } = await started.signedIn('ari')
    await other.goto(`${started.gateway.origin}/sessions/${session}`)
    await other.getByRole('log', { name: 'Chat' }).getByText('A1 <b>now</b>').waitFor()
    expect(await other.getByRole('textbox', { name: 'Write a message' }).count()).toBe(0)
    await other.context().close()
  })
})
