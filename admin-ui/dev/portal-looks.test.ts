import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sessionIdOf } from './fake-data.ts'
import { axeFindings } from './open-browser.ts'
import { faultsOfPortal, tooLow } from './faults-of-portal.ts'
import { looks, movingParts, startPages } from './start-pages.ts'
import type { StartedPages } from './start-pages.ts'

let started: StartedPages

beforeAll(async () => {
  started = await startPages()
}, 60_000)

afterAll(() => started.close())

const gzippedBytes = async (paths: readonly string[]): Promise<number> => {
  const sizes = await Promise.all(paths.map(async (path) => gzipSync(await readFile(path)).length))
  return sizes.reduce((sum, size) => sum + size, 0)
}

const scriptsIn = async (dir: string): Promise<string[]> =>
  (await readdir(join(dir, 'assets'))).filter((name) => name.endsWith('.js')).map((name) => join(dir, 'assets', name))

/** What a browser needs before it shows anything. */
const firstScriptsIn = async (dir: string): Promise<string[]> => {
  const page = await readFile(join(dir, 'index.html'), 'utf8')
  const found = [...page.matchAll(/(?:src|href)="\/(?<path>assets\/[^"]+\.js)"/gu)]
  return found.map(({ groups }) => join(dir, groups?.['path'] ?? ''))
}

/** One language and theme, and whoever works at machines; `portal-looks.long.test.ts` looks at everything, as everybody, in both. */
const [english] = looks

describe('the portal', () => {
  test('passes axe-core in every page of a technician, and before he is signed in, has nothing lower than 44 px to press, and breaks no content security policy in English and light', async () => {
    const judge = async (page: Page): Promise<string[]> => [...(await axeFindings(page)), ...(await tooLow(page))]
    expect(await faultsOfPortal(started, english, [null, 'mia', 'noah'], judge)).toEqual([])
  }, 120_000)

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

  test('weighs less than 242 kB of script to begin with and 280 kB without the workbench, whose editor has 150 kB of its own; the panel less than 170 kB', async () => {
    const { portal, panel } = started.pages
    const first = await firstScriptsIn(portal)
    expect(first).not.toEqual([])
    expect(await gzippedBytes(first)).toBeLessThan(242_000)
    const all = await scriptsIn(portal)
    const [editor, bench] = ['code-editor-', 'policy-pages-'].map((chunk) => all.filter((path) => path.includes(`/${chunk}`)))
    expect([editor?.length, bench?.length]).toEqual([1, 1])
    expect(await gzippedBytes(editor ?? [])).toBeLessThan(150_000)
    expect(await gzippedBytes(bench ?? [])).toBeLessThan(60_000)
    const others = all.filter((path) => !/code-editor-|policy-pages-/u.test(path))
    expect(await gzippedBytes(others)).toBeLessThan(280_000)
    expect(await gzippedBytes(await scriptsIn(panel))).toBeLessThan(170_000)
  })
})
