import type { Frame, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startMirroredSession, type MirroredSession } from '../support/mirrored-session.ts'

describe('what the operator sees of a technician', () => {
  let session: MirroredSession
  let panel: Page
  let technician: Page
  const drawn = (): Promise<Frame> => session.drawn()

  beforeAll(async () => {
    session = await startMirroredSession()
    ;({ panel, technician } = session)
  }, 120_000)
  afterAll(() => session[Symbol.asyncDispose]())

  it('is the page as it is, and each click on it soon after', async () => {
    await expect.poll(async () => (await drawn()).locator('h1').textContent({ timeout: 2_000 }), { timeout: 30_000 }).toBe('Press 7')
    const tookMs: number[] = []
    for (let click = 1; click <= 20; click += 1) {
      const startedAtMs = performance.now()
      await technician.getByRole('button', { name: 'One more' }).click()
      await (await drawn()).locator('#count', { hasText: new RegExp(`^${click}$`, 'u') }).waitFor({ state: 'attached' })
      tookMs.push(performance.now() - startedAtMs)
    }
    tookMs.sort((one, other) => one - other)
    process.stdout.write(`from a click to the operator's picture: median ${tookMs[10]?.toFixed(0)} ms, p95 ${tookMs[18]?.toFixed(0)} ms\n`)
    await expect.poll(() => panel.getByText('One more').count()).toBeGreaterThan(0)
    if (process.env['SALLYPORT_PICTURES'] !== undefined)
      await panel.screenshot({ path: `${process.env['SALLYPORT_PICTURES']}/panel-mirror.png` })
  }, 60_000)

  it('hides a password as it is typed, shows other words as the customer wants them, and follows to the next page', async () => {
    await technician.getByLabel('Password').fill('top-secret-7')
    await technician.getByLabel('Speed').fill('12')
    await expect
      .poll(async () => (await drawn()).locator('#password').inputValue({ timeout: 2_000 }), { timeout: 10_000 })
      .toMatch(/^[•*]+$/u)
    await technician.getByRole('button', { name: 'Set' }).click()
    await technician.getByRole('heading', { name: 'The second page' }).waitFor()
    await expect
      .poll(async () => (await drawn()).locator('h1').textContent({ timeout: 2_000 }), { timeout: 15_000 })
      .toBe('The second page')
    const everything = await panel.content()
    expect(everything).not.toContain('top-secret-7')
    await expect.poll(() => panel.getByText('/set').count(), { timeout: 10_000 }).toBeGreaterThan(0)
  }, 60_000)

  it('ends with the session', async () => {
    await panel.getByRole('button', { name: 'End now' }).click()
    await panel.getByRole('heading', { name: 'Nobody is in this machine' }).waitFor()
    expect(panel.frames()).toHaveLength(1)
  }, 30_000)
})
