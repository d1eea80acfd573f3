import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { systemClock } from '../../agent/basics/clock.ts'
import { silentLogger } from '../../agent/basics/logger.ts'
import { systemRandom } from '../../agent/basics/random.ts'
import { readSettings } from '../../agent/settings/read-settings.ts'
import type { RunningAgent } from '../../agent/running-agent.ts'
import { startAgent } from '../../agent/start-agent.ts'
import { liveSessionOf, pairingCode, requestOf } from './fake-agent.ts'
import { lowTargets } from './low-targets.ts'
import { openPage } from './open-browser.ts'
import { panelScenes } from './panel-scenes.ts'
import { faultsOf, looks, openPanel, startPages } from './start-pages.ts'
import type { StartedPages } from './start-pages.ts'

let started: StartedPages
beforeAll(async () => {
  started = await startPages()
}, 60_000)
afterAll(() => started.close())

/** A machine's own page with the strip at its top. */
const hmiWith = async (strip: string): Promise<{ server: Server; origin: string }> => {
  const server = createServer((_request, response) =>
    response.setHeader('content-type', 'text/html').end(`<iframe title="remote service" src="${strip}" width="900" height="90"></iframe>`),
  )
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { server, origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

describe('the strip', () => {
  test.each(looks)(
    'says who is in and ends it, without a fault, in $language and $colorScheme',
    async ({ language, ...options }) => {
      const { page, faults } = await openPanel(started, pairingCode, options)
      await page.setViewportSize({ width: 900, height: 90 })
      started.agent.set({ session: null, request: null })
      await page.goto(`${started.agent.origin}/strip`)
      await page.getByText(language === 'en' ? 'Nobody is in this machine' : 'Niemand ist in dieser Maschine').waitFor()
      started.agent.set({ request: requestOf() })
      await page.getByText(/^Mia Bauer (asks|bittet|m\u00f6chte)/u).waitFor()
      // Nobody is let in from here.
      expect(await page.getByRole('button').allTextContents()).toEqual([language === 'en' ? 'DE: Deutsch' : 'EN: English'])
      started.agent.set({ request: null, session: liveSessionOf() })
      const end = page.getByRole('button', { name: language === 'en' ? 'End now' : 'Jetzt beenden' })
      await end.waitFor()
      await page
        .getByRole('timer', { name: language === 'en' ? 'Time left' : 'Restzeit' })
        .getByText(/^\d+:\d\d/u)
        .waitFor()
      for (const viewport of [
        { width: 900, height: 90 },
        { width: 360, height: 240 },
      ]) {
        await page.setViewportSize(viewport)
        const box = await end.boundingBox()
        expect([box?.height ?? 0, (box?.y ?? 0) + (box?.height ?? 0)]).toEqual([expect.any(Number), expect.any(Number)])
        expect(await lowTargets(page)).toEqual([])
        expect((box?.y ?? 0) + (box?.height ?? 0)).toBeLessThanOrEqual(viewport.height)
      }
      expect([...(await faultsOf(page)), ...faults]).toEqual([])
      await end.click()
      await end.waitFor({ state: 'detached' })
      await page.context().close()
    },
    40_000,
  )
})

describe('the strip, in its frame', () => {
  const stateOf = (name: string): object => panelScenes.find((scene) => scene.name === name)?.state() ?? {}

  test.each([
    [
      'en-GB',
      ['Not connected', 'Unattended: Web interface', 'Answer at the panel.', 'Asks for more time', 'Press the button', 'View only'],
    ],
    [
      'de-DE',
      ['Nicht verbunden', 'Unbeaufsichtigt: Web', 'Am Bedienfeld antworten.', 'Bittet um mehr Zeit', 'Jetzt die Taste', 'Nur ansehen'],
    ],
  ] as const)(
    'says the one thing that has to be known beside who is in, and cuts nothing off, in %s',
    async (locale, notes) => {
      const { page } = await openPanel(started, pairingCode, { locale })
      await page.goto(`${started.agent.origin}/strip`)
      const scenes = ['offline', 'unattended', 'request', 'extension', 'press-awaited', 'session-view-only'] as const
      for (const [place, scene] of scenes.entries()) {
        started.agent.set(stateOf(scene))
        await page
          .locator('.strip-note')
          .getByText(notes[place] ?? '')
          .waitFor()
        for (const viewport of [
          { width: 900, height: 90 },
          { width: 360, height: 240 },
        ]) {
          await page.setViewportSize(viewport)
          const [high, wide] = await page.evaluate(() => [
            document.documentElement.scrollHeight - innerHeight,
            Math.max(...[...document.querySelectorAll('.strip *')].map((one) => one.getBoundingClientRect().right)) - innerWidth,
          ])
          expect([scene, viewport.width, Math.max(0, high ?? 1), Math.max(0, wide ?? 1)]).toEqual([scene, viewport.width, 0, 0])
        }
      }
      await page.context().close()
    },
    40_000,
  )
})

describe('the agent', () => {
  let folder: string
  const agentWith = async (stripOrigins: readonly string[]): Promise<RunningAgent> => {
    const settings = readSettings({
      text: JSON.stringify({
        gateway: { tunnel: '127.0.0.1:1', est: 'https://127.0.0.1:1', caFile: 'none.pem', trustDomain: 'acme.example' },
        device: { id: 'press-1', name: 'Press 1', site: 'Hall 3' },
        stateDir: join(folder, 'state'),
        panel: { port: 0, pagesDir: started.pages.panel, stripOrigins },
        operators: ['Olga'],
        services: {},
      }),
      baseDir: folder,
      defaultPagesDir: folder,
    })
    return startAgent({ settings, clock: systemClock, random: systemRandom, logger: silentLogger })
  }
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'strip-'))
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  test.each([
    ['lets the strip be shown by the pages that its settings name', true],
    ['lets nobody else show it, and no other page of the panel', false],
  ])(
    '%s',
    async (_what, allowed) => {
      const hmi = await hmiWith('about:blank')
      const agent = await agentWith(allowed ? [hmi.origin] : ['http://127.0.0.1:9'])
      hmi.server.close()
      const { page } = await openPage(started.browser, { origin: agent.panelUrl.replace(/\/$/u, ''), locale: 'en-GB' })
      await page.goto(agent.pairingUrl)
      await page.getByRole('heading', { name: 'Remote service is switched off' }).waitFor()
      for (const path of allowed ? ['strip'] : ['strip', '']) {
        const server = createServer((_request, response) =>
          response.setHeader('content-type', 'text/html').end(`<iframe title="x" src="${agent.panelUrl}${path}"></iframe>`),
        )
        await new Promise<void>((resolve) => server.listen(Number(new URL(hmi.origin).port), '127.0.0.1', resolve))
        await page.goto(hmi.origin)
        const frame = page.frameLocator('iframe')
        if (allowed) await frame.getByText('Remote service is switched off').waitFor()
        else {
          await page.waitForTimeout(1_500)
          expect(await frame.getByText(/Remote service|not paired/u).count()).toBe(0)
        }
        server.closeAllConnections()
        server.close()
      }
      await page.context().close()
      await agent.close()
    },
    40_000,
  )
})
