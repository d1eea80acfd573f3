import type { Browser } from 'playwright-core'
import type { PanelMirrorRequest } from '../../agent/panel/panel-api.ts'
import type { FakeMirrorScene } from './fake-mirror.ts'
import { machineHtml } from './mirror-pages.ts'
import { openTechnicianPage } from './technician-page.ts'

const requestOf = (n: number, members: Partial<PanelMirrorRequest>): PanelMirrorRequest => ({
  n,
  at: Date.now() - 20_000 + n * 1_000,
  service: 'Web interface',
  method: 'GET',
  path: '/',
  status: 200,
  bytes_up: 0,
  bytes_down: 12_400,
  done: true,
  verdict: 'reads',
  ...members,
})

const requests = [
  requestOf(1, {}),
  requestOf(2, { path: '/api/state' }),
  requestOf(5, { path: '/api/log', bytes_down: 2_000_000, file: 'log.zip' }),
  requestOf(3, { method: 'POST', path: '/api/calibration', bytes_up: 64, bytes_down: 18, verdict: 'explained' }),
  requestOf(4, { method: 'DELETE', path: '/api/jobs/4711?and=everything-behind-it', status: null, done: false, verdict: 'unexplained' }),
]

/** Two pages that a browser really recorded, one of them used, and requests of which nothing explains one. */
export const recordMirrorScene = async (browser: Browser): Promise<FakeMirrorScene> => {
  const technician = await openTechnicianPage(browser, 'http://press-1.example/setup', machineHtml)
  const { page } = technician
  await page.getByRole('button', { name: 'Start calibration' }).click()
  await page.getByLabel('Speed').fill('12')
  await page.getByLabel('Password').fill('hunter2')
  await page.mouse.move(420, 260)
  await page.waitForTimeout(700)
  const events = technician.take()
  await page.context().close()
  const told = { url: 'http://press-1.example/setup', title: 'Press 1', width: 900, height: 600 }
  const at = Date.now() - 15_000
  return {
    pages: [
      {
        id: 'a'.repeat(32),
        service: 'hmi',
        opened_at: at - 60_000,
        hole: null,
        told: { ...told, title: 'Alarms of the feeder and of everything behind it, since the shift began' },
      },
      { id: 'b'.repeat(32), service: 'hmi', opened_at: at, told, hole: null },
    ],
    batches: ['a', 'b'].map((page) => ({ page: page.repeat(32), n: 1, at, fresh: true, batch: { events } })),
    requests,
  }
}
