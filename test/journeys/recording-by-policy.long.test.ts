import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Session } from '../../gateway/http-api/contract/sessions.ts'
import { recorderGraceMs } from '../../gateway/proxy/mirror/recorder-duty.ts'
import { buildPolicies } from '../../policies/build.ts'
import { projectOpa } from '../../policies/project-opa.ts'
import { startMirroredSession } from '../support/mirrored-session.ts'
import type { MirroredSession } from '../support/mirrored-session.ts'

const shipped = fileURLToPath(new URL('../../policies', import.meta.url))

/** The shipped policy with one line of its data changed, compiled as a customer would. */
async function policyThatDemands(dir: string): Promise<void> {
  await cp(shipped, dir, { recursive: true })
  const path = join(dir, 'data/recording.json')
  const data = JSON.parse(await readFile(path, 'utf8')) as { recording: { demanded: { service_kind: { http: boolean } } } }
  data.recording.demanded.service_kind.http = true
  await writeFile(path, JSON.stringify(data))
  await buildPolicies(dir, projectOpa())
}

describe('an installation whose policy demands a recording', () => {
  let dir: string
  let session: MirroredSession
  const state = async (): Promise<Session> => (await session.mia.api<Session>('GET', `/api/v1/sessions/${session.id}`)).body

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'demands-'))
    await policyThatDemands(dir)
    session = await startMirroredSession(null, { policiesDir: dir })
  }, 120_000)
  afterAll(async () => {
    await session?.[Symbol.asyncDispose]()
    await rm(dir, { recursive: true, force: true })
  })

  it('lets a technician work for as long as his pages are recorded', async () => {
    const { technician } = session
    // Longer than a session without a recorder lives.
    const until = performance.now() + recorderGraceMs + 10_000
    for (let clicks = 1; performance.now() < until; clicks += 1) {
      await technician.getByRole('button', { name: 'One more' }).click()
      await (await session.drawn()).locator('#count', { hasText: new RegExp(`^${clicks}$`, 'u') }).waitFor({ state: 'attached' })
      await technician.waitForTimeout(2_000)
    }
    await technician.getByRole('button', { name: 'Set' }).click()
    await technician.getByRole('heading', { name: 'The second page' }).waitFor()
    expect(await state()).toMatchObject({ state: 'open' })
  }, 120_000)

  it('lets nothing be changed by a browser that runs no recorder, and ends its session', async () => {
    const { technician, panel } = session
    await technician.route(/\/\.sallyport\/recorder/u, (route) => route.abort())
    const origin = new URL(technician.url()).origin
    await technician.goto(`${origin}/`)
    await technician.getByRole('heading', { name: 'Press 7' }).waitFor()
    const answer = await technician.evaluate(async () => (await fetch('/set', { method: 'POST' })).status)
    expect(answer).toBe(403)
    await expect.poll(async () => (await state()).state, { timeout: 2 * recorderGraceMs, interval: 500 }).toBe('ended')
    expect(await state()).toMatchObject({ state: 'ended', end_reason: 'recorder_lost' })
    await panel.getByRole('heading', { name: 'Nobody is in this machine' }).waitFor()
    await panel.getByText('See what happened').first().waitFor()
  }, 120_000)
})
