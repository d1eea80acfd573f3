import type { Locator, Page } from 'playwright-core'

/** What a glove needs, in px of 1024x600. */
const targetPx = 60

/**
 * Whatever can be pressed within `where` and is lower than `targetPx`, as `element name height` lines. A tick or a radio button is as high
 * as the label around it, which takes the press as well.
 */
export const lowTargets = (where: Page | Locator): Promise<string[]> =>
  where.locator('button, a[href], input, select, textarea, summary, [role=button], [role=switch]').evaluateAll(
    (all, least) =>
      all
        .filter(
          (one) =>
            one.checkVisibility({ visibilityProperty: true, contentVisibilityAuto: true }) && one.closest('.visually-hidden') === null,
        )
        .map((one) => {
          const pressed = one.matches('input[type=radio], input[type=checkbox]') ? (one.closest('label') ?? one) : one
          const name = one.getAttribute('aria-label') ?? pressed.textContent.replaceAll(/\s+/gu, ' ').trim().slice(0, 40)
          return { name: `${one.tagName.toLowerCase()} ${one.className} "${name}"`, height: pressed.getBoundingClientRect().height }
        })
        // Half a pixel is what the layout rounds.
        .filter(({ height }) => height < least - 0.5)
        .map(({ name, height }) => `${name} ${Math.round(height)} px`),
    targetPx,
  )
