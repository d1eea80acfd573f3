import type { Page } from 'playwright-core'
import { afterAll, beforeAll, it } from 'vitest'
import { patienceMs, startPortalInBrowser, type PortalInBrowser } from './portal-in-browser.ts'
import { expectRefused, spoiltCallbacks } from './spoilt-callbacks.ts'

let around: PortalInBrowser
let page: Page
beforeAll(async () => {
  around = await startPortalInBrowser()
  ;({ desk: page } = await around.signedIn('mia'))
}, patienceMs)
afterAll(() => around[Symbol.asyncDispose]())

it.each(spoiltCallbacks)('a callback %s signs nobody in, and uses the sign-in up', async (_what, spoil) => {
  await expectRefused(around, page, spoil)
})
