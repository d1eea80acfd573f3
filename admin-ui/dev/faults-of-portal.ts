import type { Page } from 'playwright-core'
import { portalScenes } from './portal-scenes.ts'
import { desktop, type looks, type StartedPages } from './start-pages.ts'

export const people = [null, 'mia', 'noah', 'ada', 'ari', 'sam', 'ines'] as const

/** Opens every page of the portal, as each of these people sees it, and asks `judge` what is wrong with it. */
export async function faultsOfPortal(
  started: StartedPages,
  { language, ...options }: (typeof looks)[number],
  seenBy: readonly (typeof people)[number][],
  judge: (page: Page) => Promise<readonly string[]>,
): Promise<string[]> {
  const faultsAs = async (who: (typeof people)[number]): Promise<string[]> => {
    const { page, faults } = await started.signedIn(who, options)
    const found: string[] = []
    for (const scene of portalScenes.filter((scene) => scene.who === who)) {
      await page.setViewportSize(desktop)
      await page.goto(started.gateway.origin + scene.path)
      await page.getByRole('heading', { name: scene.ready }).first().waitFor()
      await page.locator('.mantine-Skeleton-root').first().waitFor({ state: 'detached' })
      const spoken = await page.locator('html').getAttribute('lang')
      if (spoken !== language) found.push(`${scene.name}: is in ${spoken}`)
      found.push(...(await judge(page)).map((fault) => `${scene.name}: ${fault}`))
    }
    await page.context().close()
    return [...found, ...faults]
  }
  return (await Promise.all(seenBy.map(faultsAs))).flat()
}

/** What can be pressed or filled in and is lower than a finger needs. */
export const tooLow = (page: Page): Promise<string[]> =>
  page.locator('button, select, textarea:not([aria-hidden]), input:not([type=file]), nav a, .mantine-Button-root').evaluateAll((all) =>
    all
      .map((one) =>
        one.matches('button')
          ? one
          : (one.closest('.checks > *, .group > .mantine-Switch-root, .mantine-Checkbox-root, .mantine-TagsInput-input') ?? one),
      )
      .filter((one) => one.getBoundingClientRect().height > 0 && one.getBoundingClientRect().height < 43.5)
      .map((one) => `lower than 44 px: ${one.outerHTML.slice(0, 120)}`),
  )

/** Buttons that stand so close that a finger meets the other one. */
export const touching = (page: Page): Promise<string[]> =>
  page.locator('.mantine-Button-root').evaluateAll((all) => {
    const boxes = all
      .map((one) => ({ name: one.textContent, layer: one.closest('[role=dialog]'), box: one.getBoundingClientRect() }))
      .filter(({ box }) => box.height > 0)
    const apart = 6
    return boxes.flatMap(({ name, layer, box }, index) =>
      boxes
        .slice(index + 1)
        .filter(
          ({ layer: otherLayer, box: other }) =>
            layer === otherLayer &&
            box.left < other.right + apart &&
            other.left < box.right + apart &&
            box.top < other.bottom + apart &&
            other.top < box.bottom + apart,
        )
        .map((other) => `touch each other: ${name}, ${other.name}`),
    )
  })

/** Choices of a drawer or dialog whose text has no room in their field. */
export const cutOff = (page: Page): Promise<string[]> =>
  page.locator('[role=dialog] select').evaluateAll((all) =>
    all.flatMap((one) => {
      const { font, paddingLeft, paddingRight } = getComputedStyle(one)
      const ruler = document.createElement('canvas').getContext('2d')
      if (ruler === null) throw new Error('no canvas')
      ruler.font = font
      const room = one.clientWidth - Number.parseFloat(paddingLeft) - Number.parseFloat(paddingRight)
      return [...(one as HTMLSelectElement).options]
        .filter(({ text }) => ruler.measureText(text).width > room)
        .map(({ text }) => `is cut off: ${text}`)
    }),
  )
