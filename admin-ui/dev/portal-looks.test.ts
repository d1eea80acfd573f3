import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sessionIdOf } from './fake-data.ts'
import { axeFindings } from './open-browser.ts'
import { portalScenes } from './portal-scenes.ts'
import { desktop, faultsOf, looks, movingParts, startPages } from './start-pages.ts'
import type { StartedPages } from './start-pages.ts'

const people = [null, 'mia', 'noah', 'ada', 'ari'] as const

let started: StartedPages

beforeAll(async () => {
  started = await startPages()
}, 60_000)

afterAll(() => started.close())

const gzippedScriptBytes = async (dir: string): Promise<number> => {
  const scripts = (await readdir(join(dir, 'assets'))).filter((name) => name.endsWith('.js'))
  const sizes = await Promise.all(scripts.map(async (name) => gzipSync(await readFile(join(dir, 'assets', name))).length))
  return sizes.reduce((sum, size) => sum + size, 0)
}

describe('every page of the portal', () => {
  test.each(looks)(
    'passes axe-core, fits 360 px and a zoom of 400 %, and breaks no content security policy in $language and $colorScheme',
    async ({ language, ...options }) => {
      const faultsAs = async (who: (typeof people)[number]): Promise<string[]> => {
        const { page, faults } = await started.signedIn(who, options)
        const found: string[] = []
        for (const scene of portalScenes.filter((scene) => scene.who === who)) {
          await page.setViewportSize(desktop)
          await page.goto(started.gateway.origin + scene.path)
          await page.getByRole('heading', { name: scene.ready }).first().waitFor()
          await page.locator('.mantine-Skeleton-root').first().waitFor({ state: 'detached' })
          expect(await page.locator('html').getAttribute('lang')).toBe(language)
          found.push(...(await faultsOf(page)).map((fault) => `${scene.name}: ${fault}`))
        }
        await page.context().close()
        return [...found, ...faults]
      }
      const faults = await Promise.all(people.map(faultsAs))
      expect(faults.flat()).toEqual([])
    },
    // Fifteen seconds on two free cores; much more beside other tests.
    120_000,
  )

  test('has nothing that moves for whoever asked for less motion, and says what it shows without its own colours', async () => {
    const { page, faults } = await started.signedIn('mia', { reducedMotion: 'reduce', forcedColors: 'active' })
    for (const path of ['/machines', '/machines/press-1', `/sessions/${sessionIdOf('2')}`]) {
      await page.goto(started.gateway.origin + path)
      await page.getByRole('heading', { level: 1 }).waitFor()
      await page.locator('.mantine-Skeleton-root').first().waitFor({ state: 'detached' })
      faults.push(...(await movingParts(page)), ...(await axeFindings(page)))
    }
    await page.context().close()
    expect(faults).toEqual([])
  })

  test('has no button, field or choice lower than 44 px', async () => {
    const found: string[] = []
    for (const who of ['mia', 'ada'] as const) {
      const { page } = await started.signedIn(who)
      for (const scene of portalScenes.filter((scene) => scene.who === who)) {
        await page.goto(started.gateway.origin + scene.path)
        await page.getByRole('heading', { name: scene.ready }).first().waitFor()
        await page.locator('.mantine-Skeleton-root').first().waitFor({ state: 'detached' })
        const low = await page
          .locator('button, select, textarea:not([aria-hidden]), input:not([type=file]), nav a, .mantine-Button-root')
          .evaluateAll((all) =>
            all
              .map((one) =>
                one.matches('button')
                  ? one
                  : (one.closest('.checks > *, .group > .mantine-Switch-root, .mantine-Checkbox-root, .mantine-TagsInput-input') ?? one),
              )
              .filter((one) => one.getBoundingClientRect().height > 0 && one.getBoundingClientRect().height < 43.5)
              .map((one) => one.outerHTML.slice(0, 120)),
          )
        found.push(...low.map((one) => `${scene.name}: ${one}`))
      }
      await page.context().close()
    }
    expect(found).toEqual([])
  }, 60_000)

  test('weighs less than 250 kB of script, the panel less than 160 kB', async () => {
    expect(await gzippedScriptBytes(started.pages.portal)).toBeLessThan(250_000)
    expect(await gzippedScriptBytes(started.pages.panel)).toBeLessThan(160_000)
  })
})
