import { afterAll, beforeAll, expect, test } from 'vitest'
import { faultsOfPanel } from './faults-of-panel.ts'
import { looks, startPages, type StartedPages } from './start-pages.ts'

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
