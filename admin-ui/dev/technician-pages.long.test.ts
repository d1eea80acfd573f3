import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { nowS, sessionIdOf } from './fake-data.ts'
import { tabTo } from './open-browser.ts'
import { startPages } from './start-pages.ts'
import type { StartedPages } from './start-pages.ts'

let started: StartedPages

beforeAll(async () => {
  started = await startPages()
}, 60_000)

afterAll(() => started.close())

const services = [{ name: 'hmi', title: 'Web interface', kind: 'http' as const, approved: true, open_streams: 0 }]

describe('the pages of a technician', () => {
  test('leads a technician from asking over waiting to an open service and its end', async () => {
    const { page } = await started.signedIn('mia')
    await page.goto(`${started.gateway.origin}/machines`)
    await page.getByRole('link', { name: 'Press 1' }).click()
    await page.getByRole('link', { name: 'Ask for Web interface' }).click()
    await page.getByRole('button', { name: 'Ask the operator' }).click()
    await page.getByText('At least 3 characters.').waitFor()
    await page.getByRole('textbox', { name: 'Reason' }).fill('Read the log of the feeder')
    await page.getByRole('region', { name: 'What the operator will see' }).getByText('Read the log of the feeder').waitFor()
    await page.getByRole('button', { name: 'Ask the operator' }).click()
    await page.getByRole('heading', { name: 'Waiting for the operator at Press 1' }).waitFor()
    const seconds = Math.floor(Date.now() / 1000)
    const services = [{ name: 'hmi', title: 'Web interface', kind: 'http' as const, approved: true, open_streams: 0 }]
    started.gateway.change(sessionIdOf('e'), {
      state: 'approved',
      approved_at: seconds,
      approved_by: 'Olga Petrova',
      expires_at: seconds + 290,
      services,
    })
    await page.getByText('by Olga Petrova').waitFor()
    await page.getByText('Less than 5 minutes left.').waitFor()
    const tab = page.context().waitForEvent('page')
    await page.getByRole('button', { name: 'Open Web interface' }).click()
    await (await tab).getByRole('heading', { name: 'The machine itself' }).waitFor()
    await page.getByRole('button', { name: 'End session' }).click()
    await page.getByRole('heading', { name: 'Mia Bauer ended the session.' }).waitFor()
    await page.context().close()
  })

  test('lets nobody past the undertaking before it is accepted', async () => {
    const { page } = await started.signedIn('noah')
    await page.goto(`${started.gateway.origin}/machines/press-1`)
    const accept = page.getByRole('button', { name: 'Accept the undertaking' })
    expect(await accept.isDisabled()).toBe(true)
    await page.getByRole('checkbox', { name: 'I have read it and accept it.' }).check()
    await accept.click()
    await page.getByRole('heading', { name: 'Press 1' }).waitFor()
    await page.context().close()
  })

  test('keeps filters in the address and finds them there again', async () => {
    const { page } = await started.signedIn('mia')
    await page.goto(`${started.gateway.origin}/machines`)
    await page.getByRole('searchbox', { name: 'Search machines' }).fill('press')
    await page.waitForURL(/\?search=press$/u)
    await page.getByRole('link', { name: 'Plate setter 2' }).waitFor({ state: 'detached' })
    await page.reload()
    expect(await page.getByRole('searchbox', { name: 'Search machines' }).inputValue()).toBe('press')
    await page.context().close()
  })

  test('holds one event stream for all tabs of a browser and shows the event in each', async () => {
    const { page } = await started.signedIn('mia')
    await page.goto(`${started.gateway.origin}/sessions/${sessionIdOf('2')}`)
    await vi.waitFor(() => expect(started.gateway.streamCount()).toBe(1), 5_000)
    const other = await page.context().newPage()
    await other.goto(`${started.gateway.origin}/sessions/${sessionIdOf('2')}`)
    await other.getByRole('button', { name: 'End session' }).waitFor()
    expect(started.gateway.streamCount()).toBe(1)
    started.gateway.change(sessionIdOf('2'), {
      state: 'ended',
      end_reason: 'ended_by_operator',
      ended_by: 'Olga Petrova',
      ended_at: Math.floor(Date.now() / 1000),
    })
    await Promise.all(
      [page, other].map((tab) => tab.getByRole('heading', { name: 'Olga Petrova ended the session at the machine.' }).waitFor()),
    )
    await page.close()
    await vi.waitFor(() => expect(started.gateway.streamCount()).toBe(1), 5_000)
    await page.context().close()
  })

  test('comes back with the id of the last event when the stream breaks off', async () => {
    const { page } = await started.signedIn('mia')
    await page.goto(`${started.gateway.origin}/sessions`)
    await vi.waitFor(() => expect(started.gateway.streamCount()).toBe(1), 5_000)
    const before = started.gateway.streamIds.length
    started.gateway.emit('machine', { id: 'press-1' })
    started.gateway.endStreams()
    await page.getByText('The connection to the gateway is lost.').waitFor()
    await vi.waitFor(() => expect(started.gateway.streamIds.slice(before)).toEqual([expect.stringMatching(/^fake-[1-9]/u)]), 8_000)
    await page.getByText('The connection to the gateway is lost.').waitFor({ state: 'detached' })
    await page.context().close()
  })

  test('says that what it shows may be old when the gateway falls silent, though no connection broke', async () => {
    const { page } = await started.signedIn('mia')
    await page.clock.install()
    await page.goto(`${started.gateway.origin}/sessions/${sessionIdOf('2')}`)
    await vi.waitFor(() => expect(started.gateway.streamCount()).toBe(1), 5_000)
    // The fake gateway never says a word by itself.
    await page.clock.fastForward(45_000)
    await page.getByText('The connection to the gateway is lost.').waitFor()
    await page.context().close()
  })

  test('signs in by leaving for the gateway with the way back, and out again', async () => {
    const { page } = await started.signedIn(null)
    await page.goto(`${started.gateway.origin}/machines/press-1`)
    await page.getByRole('link', { name: 'Sign in' }).click()
    await page.waitForURL(`${started.gateway.origin}/machines/press-1`)
    await page.getByRole('button', { name: 'Account of Mia Bauer' }).click()
    await page.getByRole('combobox', { name: 'Language' }).selectOption('de')
    await page.getByRole('button', { name: 'Abmelden' }).click()
    await page.getByRole('link', { name: 'Anmelden' }).waitFor()
    await page.context().close()
  })

  test('lead through the whole job without a mouse, with the focus in sight and where things go on', async () => {
    const { page } = await started.signedIn('mia')
    const heading = (name: RegExp | string) => page.getByRole('heading', { name })
    const focused = (): Promise<string> => page.evaluate(() => document.activeElement?.textContent ?? '')
    await page.goto(`${started.gateway.origin}/machines`)
    await page.getByRole('link', { name: 'Press 1' }).waitFor()
    await page.keyboard.press('Tab')
    expect(await focused()).toBe('Skip to content')
    await page.keyboard.press('Enter')
    await tabTo(page, page.getByRole('link', { name: 'Press 1' }))
    await page.keyboard.press('Enter')
    await heading('Press 1').waitFor()
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('content')
    await tabTo(page, page.getByRole('link', { name: 'Ask for Web interface' }))
    await page.keyboard.press('Enter')
    await tabTo(page, page.getByRole('textbox', { name: 'Reason' }))
    await page.keyboard.type('Read the log of the feeder')
    await tabTo(page, page.getByRole('button', { name: 'Ask the operator' }))
    await page.keyboard.press('Enter')
    await heading('Waiting for the operator at Press 1').waitFor()
    await tabTo(page, page.getByRole('button', { name: 'Withdraw the request' }))
    const approved = { state: 'open' as const, approved_at: nowS(), opened_at: nowS(), expires_at: nowS() + 3000, services }
    started.gateway.change(sessionIdOf('e'), approved)
    await vi.waitFor(async () => expect(await focused()).toBe('Services'), 5_000)
    await tabTo(page, page.getByRole('button', { name: 'Open Web interface' }))
    await tabTo(page, page.getByRole('button', { name: 'End session' }))
    await page.keyboard.press('Enter')
    await heading('Mia Bauer ended the session.').waitFor()
    await vi.waitFor(async () => expect(await focused()).toBe('Mia Bauer ended the session.'), 5_000)
    await page.context().close()
  })

  test('close the account menu with Escape and give the focus back', async () => {
    const { page } = await started.signedIn('mia')
    await page.goto(`${started.gateway.origin}/machines`)
    const menu = page.getByRole('button', { name: 'Account of Mia Bauer' })
    await menu.waitFor()
    await tabTo(page, menu)
    await page.keyboard.press('Enter')
    await tabTo(page, page.getByRole('button', { name: 'Sign out' }))
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Sign out' }).waitFor({ state: 'detached' })
    await vi.waitFor(async () => expect(await menu.evaluate((element) => element === document.activeElement)).toBe(true), 5_000)
    await page.context().close()
  })

  test('speak of the time that is left at 5 minutes and at 1, not with each second', async () => {
    const { page } = await started.signedIn('mia')
    await page.clock.install()
    const id = sessionIdOf('2')
    started.gateway.change(id, { state: 'open', expires_at: nowS() + 310, ended_at: null, end_reason: null, ended_by: null })
    await page.goto(`${started.gateway.origin}/sessions/${id}`)
    await page.getByRole('timer', { name: 'Time left' }).waitFor()
    await page.evaluate(() => {
      const said: string[] = []
      Object.assign(window, { said })
      const watch = new MutationObserver((changes) => said.push(...changes.map(({ target }) => target.textContent ?? '')))
      for (const region of document.querySelectorAll('[aria-live], [role=status], [role=alert]'))
        watch.observe(region, { subtree: true, childList: true, characterData: true })
    })
    await page.clock.runFor(305_000)
    await page.getByText(/^Less than 1 minute left/u).waitFor()
    const said = await page.evaluate(() => (window as unknown as { said: string[] }).said)
    // The rest is about the silent stream: the page's clock ran ahead of the gateway's words.
    const left = said.filter((text) => text !== '' && !text.startsWith('The connection to the gateway'))
    expect(left.map((text) => text.slice(0, 19))).toEqual(['Less than 5 minutes', 'Less than 1 minute '])
    await page.context().close()
  })

  test('say why nothing passes for a while, in the language of the reader', async () => {
    const free = { paused: false, view_only: false, held: null, why: null, by: null }
    for (const [locale, pin, enabling] of [
      ['en-GB', 'A PIN is being typed at the machine', 'somebody at the machine has to hold the enabling switch'],
      ['de-DE', 'An der Maschine wird gerade eine PIN eingegeben', 'muss jemand den Zustimmtaster halten'],
    ] as const) {
      const { page } = await started.signedIn('mia', { locale })
      await page.goto(`${started.gateway.origin}/sessions/${sessionIdOf('2')}`)
      await expect.poll(() => started.gateway.streamCount()).toBe(1)
      started.gateway.change(sessionIdOf('2'), { conduct: { ...free, held: 'pin' } })
      await page.getByText(pin).waitFor()
      started.gateway.change(sessionIdOf('2'), { conduct: { ...free, held: 'enabling' } })
      await page.getByText(enabling).waitFor()
      started.gateway.change(sessionIdOf('2'), { conduct: free })
      await page.getByText(enabling).waitFor({ state: 'detached' })
      await page.context().close()
    }
  })

  test('count down on the clock of the gateway in the list of sessions too', async () => {
    const { page } = await started.signedIn('mia')
    const ahead = nowS() + 7_200
    const sessions = started.gateway.world.sessions.filter(({ id }) => id === sessionIdOf('2'))
    started.gateway.failures.set('GET /sessions', {
      status: 200,
      body: { items: sessions.map((session) => ({ ...session, now: ahead, expires_at: ahead + 600 })), next: null },
    })
    await page.goto(`${started.gateway.origin}/sessions`)
    await page.getByText(/^(10:00|9:5\d) left$/u).waitFor()
    started.gateway.failures.clear()
    await page.context().close()
  })

  test('say when to ask again after "not now", in the language of the reader', async () => {
    const { page } = await started.signedIn('mia', { locale: 'de-DE' })
    const id = sessionIdOf('1')
    const ended = { state: 'ended' as const, end_reason: 'refused' as const, ended_at: nowS(), ended_by: null }
    started.gateway.change(id, { ...ended, end_denials: [{ code: 'not_now', message: 'not now' }] })
    await page.goto(`${started.gateway.origin}/sessions/${id}`)
    await page.getByRole('heading', { name: 'Der Bediener an der Maschine hat die Anfrage abgelehnt.' }).waitFor()
    await page.getByText('Der Bediener möchte jetzt nicht gefragt werden.').waitFor()
    expect(await page.getByText('not now').count()).toBe(0)
    await page.context().close()
  })

  test('stay usable with ten thousand machines, and empty the search with "Show all"', async () => {
    const { page } = await started.signedIn('mia')
    const [machine] = started.gateway.world.machines
    if (machine === undefined) throw new Error('The fake gateway has no machine')
    const before = started.gateway.world.machines
    started.gateway.world.machines = Array.from({ length: 10_000 }, (_, n) => ({ ...machine, id: `machine-${n}`, name: `Machine ${n}` }))
    await page.goto(`${started.gateway.origin}/machines`)
    await page.getByText('50 shown, there are more').waitFor()
    await page.getByRole('button', { name: 'Show more' }).click()
    await page.getByText('100 shown, there are more').waitFor()
    const search = page.getByRole('searchbox', { name: 'Search machines' })
    await search.fill('Machine 9876')
    await page.getByRole('link', { name: 'Machine 9876' }).waitFor()
    await search.fill('no such machine')
    await page.getByRole('button', { name: 'Show all' }).click()
    await page.getByText('100 shown, there are more').waitFor()
    expect(await search.inputValue()).toBe('')
    started.gateway.world.machines = before
    await page.context().close()
  })
})
