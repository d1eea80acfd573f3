import { pairingCode } from './fake-agent.ts'
import { lowTargets } from './low-targets.ts'
import { panelScenes, type PanelScene } from './panel-scenes.ts'
import { faultsOf, openPanel, type looks, type StartedPages } from './start-pages.ts'

/** What is wrong with these states of the panel in that look: axe-core, 360 px, a zoom of 400 %, targets for gloves, the content security policy. */
export async function faultsOfPanel(
  started: StartedPages,
  { language: _, ...options }: (typeof looks)[number],
  scenes: readonly PanelScene[] = panelScenes,
): Promise<string[]> {
  const { page, faults } = await openPanel(started, pairingCode, options)
  const found: string[] = []
  for (const scene of scenes) {
    await page.setViewportSize({ width: 1024, height: 600 })
    started.agent.set(scene.state())
    if (scene.name === 'request' || scene.name === 'extension')
      await page
        .getByRole('button', { name: /^(Remote service|Fernservice)/u })
        .and(page.locator(':enabled'))
        .waitFor()
    found.push(...(await lowTargets(page)).map((target) => `${scene.name}: ${target}`))
    found.push(...(await faultsOf(page)).map((fault) => `${scene.name}: ${fault}`))
  }
  started.agent.set({ request: null, session: null })
  await page.context().close()
  return [...found, ...faults]
}
