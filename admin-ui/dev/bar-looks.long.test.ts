import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { axeFindings, tabTo, widerThanWindow } from './open-browser.ts'
import type { BarFacts } from '../../gateway/proxy/bar/bar-sessions.ts'
import { barInBrowser, type BarInBrowser } from '../../test/support/bar-in-browser.ts'

let around: BarInBrowser
beforeAll(async () => {
  around = await barInBrowser({
    machine: (_, response) =>
      void response.setHeader('content-type', 'text/html').end('<!doctype html><html lang="en"><title>M</title><main><h1>M</h1></main>'),
  })
}, 300_000)
afterAll(() => around?.[Symbol.asyncDispose]())

const freely = { paused: false, view_only: false, held: null, by: null } as const
const good: Partial<BarFacts> = {
  state: 'open',
  panel: true,
  watched: true,
  recorded: true,
  conduct: freely,
  messages: [],
  tunnel_lost_at: null,
  end_reason: null,
  ended_by: null,
}
const long = 'Rotationsdruckmaschine mit dem längsten Namen von allen 7'
const said = { n: 1, time_ms: 1_790_000_000_000, from: 'operator', name: 'Olga Neumann', text: 'x'.repeat(300) } as const
const scenes: readonly (readonly [name: string, facts: Partial<BarFacts>])[] = [
  ['live', {}],
  ['no panel', { panel: false, watched: false, recorded: false }],
  ['approved', { state: 'approved', panel: null, machine: { name: long, site: '', online: true } }],
  ['paused', { conduct: { ...freely, paused: true, by: 'Olga Neumann' } }],
  ['view only', { conduct: { ...freely, view_only: true, by: null } }],
  ['held', { conduct: { ...freely, held: 'enabling' } }],
  ['offline', { tunnel_lost_at: 1 }],
  ['soon over', { expires_at: Math.floor(Date.now() / 1000) + 200 }],
  ['written to', { messages: [said] }],
  ['over', { state: 'ended', end_reason: 'time_limit' }],
]

/** Every control of ours is 44 px high at least. */
const lowControls = (page: Page): Promise<string[]> =>
  page.evaluate(
    `[...document.querySelectorAll('button, summary, a:not(.skip), input')].filter((each) => each.offsetParent !== null && each.getBoundingClientRect().height < 44).map((each) => each.outerHTML)`,
  )

it.each([
  { locale: 'en-GB', colorScheme: 'light', width: 1024, height: 600 },
  { locale: 'de-DE', colorScheme: 'dark', width: 1024, height: 600 },
  { locale: 'de-DE', colorScheme: 'light', width: 360, height: 640 },
  { locale: 'en-GB', colorScheme: 'dark', width: 320, height: 256 },
] as const)(
  'every state of the bar passes axe-core, fits, and breaks no policy in $locale, $colorScheme, $width px',
  async ({ locale, colorScheme, width, height }) => {
    const faults: string[] = []
    for (const [name, facts] of scenes) {
      around.sessions.change({
        ...good,
        machine: { name: 'Press 7', site: 'Ulm', online: true },
        expires_at: Math.floor(Date.now() / 1000) + 1_800,
        ...facts,
      })
      const context = await around.browser.newContext({ locale, colorScheme, viewport: { width, height }, reducedMotion: 'reduce' })
      const page = await context.newPage()
      page.on('console', (message) => {
        if (/Content Security Policy|Refused to|Trusted/u.test(message.text())) faults.push(`${name}: ${message.text()}`)
      })
      page.on('pageerror', (error) => faults.push(`${name}: ${error.message}`))
      const bar = await around.open({}, context, page)
      await bar
        .locator(facts.state === 'ended' ? 'h1' : 'header.bar .sign')
        .first()
        .waitFor()
      const look = async (what: string): Promise<void> => {
        for (const finding of [...(await axeFindings(bar)), ...(await lowControls(bar))]) faults.push(`${name}, ${what}: ${finding}`)
        if (await widerThanWindow(bar)) faults.push(`${name}, ${what}: wider than its window`)
        expect(await bar.locator('html').getAttribute('lang')).toBe(locale.slice(0, 2))
      }
      await look('as it comes')
      if (facts.state !== 'ended') {
        await bar.locator('summary').click()
        await look('menu')
        await bar.keyboard.press('Escape')
        await bar.locator('[aria-controls=chat]').click()
        await look('chat')
      }
      await context.close()
    }
    expect(faults).toEqual([])
  },
)

it('everything is reached by keyboard, in front of the machine’s page, and Escape closes what is open', async () => {
  around.sessions.change(good)
  const bar = await around.open()
  await around.frameOf(bar)
  await tabTo(bar, bar.getByRole('link', { name: 'To the machine’s page' }))
  await tabTo(bar, bar.getByRole('button', { name: 'Chat' }))
  await bar.keyboard.press('Enter')
  expect(await bar.getByRole('textbox').evaluate('document.activeElement.tagName')).toBe('INPUT')
  await bar.keyboard.press('Escape')
  expect(await bar.evaluate('document.activeElement.getAttribute("aria-controls")')).toBe('chat')
  await tabTo(bar, bar.getByRole('button', { name: 'End session' }))
  await tabTo(bar, bar.locator('summary'))
  await bar.keyboard.press('Enter')
  await tabTo(bar, bar.getByRole('button', { name: 'Open without the bar' }))
  await tabTo(bar, bar.getByRole('button', { name: 'Deutsch' }))
  await bar.keyboard.press('Enter')
  await bar.getByRole('button', { name: 'Sitzung beenden' }).waitFor()
  await bar.reload()
  await bar.getByRole('button', { name: 'Sitzung beenden' }).waitFor()
})
