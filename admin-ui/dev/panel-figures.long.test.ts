import { once } from 'node:events'
import { request as httpRequest } from 'node:http'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import type { PanelState } from '../../agent/panel/panel-api.ts'
import { createBenchAuthority } from '../../agent/testing/agent-bench.ts'
import type { AgentBench, BenchAuthority } from '../../agent/testing/agent-bench.ts'
import { buildPages } from './build-pages.ts'
import { openBrowser, openPage } from './open-browser.ts'

let pages: Awaited<ReturnType<typeof buildPages>>
let browser: Browser
let authority: BenchAuthority
let bench: AgentBench
beforeAll(async () => {
  ;[pages, browser] = await Promise.all([buildPages(), openBrowser()])
  authority = await createBenchAuthority({ settings: { panel: { port: 0, pagesDir: pages.panel } } })
}, 60_000)
afterAll(async () => {
  authority.close()
  await browser.close()
  await pages.remove()
})
beforeEach(async () => {
  bench = await authority.open()
})
afterEach(() => bench.close())

/** The figures of `plc` in each state that the agent tells by itself, as `open_streams bytes_up bytes_down`, without repetitions. */
const figuresTold = async (): Promise<{ readonly told: readonly string[]; close(): void }> => {
  const asked = httpRequest(new URL('/api/events', bench.agent.panelUrl), { headers: { 'sallyport-panel': bench.panel.secret } })
  asked.end()
  const [response] = (await once(asked, 'response')) as [IncomingMessage]
  const told: string[] = []
  let rest = ''
  response.setEncoding('utf8').on('error', () => undefined)
  response.on('data', (chunk: string) => {
    const events = (rest + chunk).split('\n\n')
    rest = events.pop() ?? ''
    for (const event of events) {
      const state = JSON.parse(event.slice(event.indexOf('data: ') + 6)) as PanelState
      const plc = state.session?.services.find(({ name }) => name === 'plc')
      if (plc === undefined) continue
      const line = `${plc.open_streams} ${plc.bytes_up} ${plc.bytes_down}`
      if (told.at(-1) !== line) told.push(line)
    }
  })
  return { told, close: () => void asked.destroy() }
}

const exchange = async (stream: Duplex, bytes: number): Promise<void> => {
  let left = bytes
  const back = new Promise<void>((resolve) =>
    stream.on('data', function take(chunk: Buffer) {
      left -= chunk.length
      if (left > 0) return
      stream.off('data', take)
      resolve()
    }),
  )
  stream.write(Buffer.alloc(bytes, 'p'))
  await back
}

test('the figures of a TCP service rise on the panel while its connections carry bytes', async () => {
  const { session } = await bench.openSession()
  const events = await figuresTold()
  const { page, faults } = await openPage(browser, {
    origin: bench.agent.panelUrl,
    viewport: { width: 1024, height: 600 },
    locale: 'en-GB',
  })
  await page.goto(bench.agent.newPairingUrl())
  const shown = page.getByRole('list', { name: 'Services' }).getByRole('listitem').nth(1)
  await shown.getByText('not in use').waitFor()
  const first = await bench.gateway.connect('plc', session)
  await exchange(first.stream, 1_000)
  await shown.getByText('1 connection open').waitFor()
  await shown.getByText('1 kB to the machine, 1 kB from the machine').waitFor()
  const second = await bench.gateway.connect('plc', session)
  await shown.getByText('2 connections open').waitFor()
  await exchange(second.stream, 2_500)
  await shown.getByText('3.5 kB to the machine, 3.5 kB from the machine').waitFor()
  second.stream.destroy()
  await shown.getByText('1 connection open').waitFor()
  first.stream.destroy()
  await shown.getByText('not in use').waitFor()
  const lines = ['0 0 0', '1 1000 1000', '2 1000 1000', '2 3500 3500', '1 3500 3500', '0 3500 3500']
  // States in between may be told as well, in this order.
  expect(events.told.filter((line) => lines.includes(line))).toEqual(lines)
  events.close()
  expect(faults).toEqual([])
  await page.context().close()
}, 60_000)
