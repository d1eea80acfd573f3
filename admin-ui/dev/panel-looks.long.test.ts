import { afterAll, beforeAll, expect, test } from 'vitest'
import { pairingCode } from './fake-agent.ts'
import { faultsOfPanel } from './faults-of-panel.ts'
import { lowTargets } from './low-targets.ts'
import { openPage } from './open-browser.ts'
import { panelScenes } from './panel-scenes.ts'
import { looks, openPanel, startPages, type StartedPages } from './start-pages.ts'

let started: StartedPages

beforeAll(async () => {
  started = await startPages()
}, 60_000)
afterAll(() => started.close())

test.each(looks)(
  'every state of the panel passes axe-core, fits 360 px and a zoom of 400 %, and breaks no policy in $language and $colorScheme',
  async (look) => {
    expect(await faultsOfPanel(started, look)).toEqual([])
  },
)

const sizes = [
  { width: 1024, height: 600 },
  { width: 360, height: 740 },
] as const

test.each([
  ['Change: Entering Web interface', 'dialog'],
  ['Plan a time', 'dialog'],
  ['Web interface', 'dialog'],
  ['I need help', 'dialog'],
  ['Chat: 2 messages', 'main'],
] as const)('what %s opens has targets for gloves', async (name, role) => {
  const { page } = await openPanel(started, pairingCode)
  started.agent.set(panelScenes[0]?.state() ?? {})
  const opens = name === 'Web interface' ? page.getByRole('switch', { name: /^Web interface/u }) : page.getByRole('button', { name })
  await opens.first().click()
  await page.getByRole(role).waitFor()
  for (const size of sizes) {
    await page.setViewportSize(size)
    expect(await lowTargets(page.getByRole(role))).toEqual([])
  }
  await page.context().close()
})

test('the page that pairs has targets for gloves', async () => {
  const { page } = await openPage(started.browser, { origin: started.agent.origin, locale: 'en-GB' })
  await page.goto(started.agent.origin)
  await page.getByRole('button', { name: 'Pair' }).waitFor()
  for (const size of sizes) {
    await page.setViewportSize(size)
    expect(await lowTargets(page)).toEqual([])
  }
  await page.context().close()
})
