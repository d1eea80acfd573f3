import { afterAll, beforeAll, expect, test } from 'vitest'
import { faultsOfPortal, tooLow } from './faults-of-portal.ts'
import { faultsOf, looks, startPages, type StartedPages } from './start-pages.ts'

let started: StartedPages

beforeAll(async () => {
  started = await startPages()
}, 60_000)
afterAll(() => started.close())

test.each(looks)(
  'every page of the portal passes axe-core, has nothing low to press, fits 360 px and a zoom of 400 % in $language and $colorScheme',
  async (look) => {
    expect(await faultsOfPortal(started, look, async (page) => [...(await tooLow(page)), ...(await faultsOf(page))])).toEqual([])
  },
)
