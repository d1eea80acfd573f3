import { mkdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { pairingCode, startFakeAgent } from './fake-agent.ts'
import { startFakeGateway } from './fake-gateway.ts'
import { openBrowser, openPage } from './open-browser.ts'
import { recordMirrorScene } from './mirror-scenes.ts'
import { panelScenes } from './panel-scenes.ts'
import { portalScenes } from './portal-scenes.ts'

/** Pictures of every page from the built pages: `node admin-ui/dev/take-pictures.ts FOLDER [name...]`. */
const [folder = 'pictures', ...wanted] = process.argv.slice(2)
const pagesOf = (name: string): string => fileURLToPath(new URL(`../../dist/pages/${name}`, import.meta.url))
const sizes = [
  { name: 'desktop', viewport: { width: 1280, height: 800 }, colorScheme: 'light', locale: 'en-GB' },
  { name: 'phone', viewport: { width: 360, height: 740 }, colorScheme: 'light', locale: 'de-DE' },
  { name: 'dark', viewport: { width: 1280, height: 800 }, colorScheme: 'dark', locale: 'de-DE' },
] as const
const chosen = (name: string): boolean => wanted.length === 0 || wanted.includes(name)

await mkdir(folder, { recursive: true })
const gateway = await startFakeGateway({ pagesDir: pagesOf('portal') })
const agent = await startFakeAgent({ pagesDir: pagesOf('panel') })
const browser = await openBrowser()
agent.mirror.set(await recordMirrorScene(browser))
for (const { name: size, ...options } of sizes) {
  for (const scene of portalScenes.filter(({ name }) => chosen(name))) {
    const { page } = await openPage(browser, { ...options, origin: gateway.origin, ...(scene.who === null ? {} : { who: scene.who }) })
    await page.goto(gateway.origin + scene.path)
    await page.getByRole('heading', { name: scene.ready }).first().waitFor()
    await page.waitForLoadState('networkidle', { timeout: 1_000 }).catch(() => undefined)
    await page.screenshot({ path: `${folder}/ui-${scene.name}-${size}.png`, fullPage: size === 'phone' })
    await page.context().close()
  }
  const panelOptions = size === 'phone' ? options : { ...options, viewport: { width: 1024, height: 600 } }
  const { page } = await openPage(browser, { ...panelOptions, origin: agent.origin })
  await page.goto(agent.origin)
  if (chosen('pair')) await page.screenshot({ path: `${folder}/ui-panel-pair-${size}.png` })
  await page.goto(`${agent.origin}/?again#pair=${pairingCode}`)
  for (const scene of panelScenes.filter(({ name }) => chosen(`panel-${name}`) || chosen('panel'))) {
    agent.set(scene.state())
    await page.waitForTimeout(900)
    await page.screenshot({ path: `${folder}/ui-panel-${scene.name}-${size}.png`, fullPage: size === 'phone' })
  }
  await page.context().close()
}
await browser.close()
await gateway.close()
await agent.close()
