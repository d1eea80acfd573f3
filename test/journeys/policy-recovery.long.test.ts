import { execFile } from 'node:child_process'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { launchChromium } from '../support/chromium.ts'
import { policyPeople, SecurityTeam, withWeakRegion } from '../support/policy-at-work.ts'
import type { PortalClient } from '../support/portal-client.ts'
import { runInstallation, type RunningInstallation } from '../support/running-installation.ts'
import { ServiceAdministrator } from '../support/service-administrator.ts'
import { signedInPage } from '../support/signed-in-page.ts'
import { askFor, untilOnline } from '../support/technician-at-work.ts'

/** Pictures for whoever wants to look: `SALLYPORT_PICTURES=DIR`. */
const pictures = process.env['SALLYPORT_PICTURES']
const slow = 180_000
const run = promisify(execFile)
const isTooWide = 'document.documentElement.scrollWidth > document.documentElement.clientWidth'
const repository = fileURLToPath(new URL('../../', import.meta.url))

let installation: RunningInstallation
let browser: Browser
let ada: PortalClient
let mia: PortalClient
let page: Page
let second: Page
let own = ''

beforeAll(async () => {
  installation = await runInstallation({ gateway: { policy: { fourEyes: true } } })
  await policyPeople(installation)
  ada = await installation.signIn('ada')
  await new ServiceAdministrator(ada).change('kenji', { roles: ['service_administrator'] })
  mia = await installation.signIn('mia')
  await untilOnline(mia)
  browser = await launchChromium()
  page = await signedInPage(browser, ada)
  second = await signedInPage(browser, await installation.signIn('kenji'), 'de-DE')
  for (const one of [page, second]) one.setDefaultTimeout(30_000)
  await writeFile(at('passphrase'), 'a long enough sentence\n')
}, 180_000)
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await picture(page, 'recovery-failed')
})
afterAll(async () => {
  await browser.close()
  await installation[Symbol.asyncDispose]()
})

const at = (name: string): string => join(installation.dataDir, name)
const gatewayFile = (): string => at('gateway.json')
const picture = async (one: Page, name: string): Promise<void> => {
  if (pictures !== undefined) await one.screenshot({ path: join(pictures, `${name}.png`), fullPage: true })
}
const dataDir = async (): Promise<string> => (JSON.parse(await readFile(gatewayFile(), 'utf8')) as { dataDir: string }).dataDir
const sallyport = async (...args: string[]): Promise<string> => {
  const plain = ['--disable-warning=ExperimentalWarning', 'gateway/main.ts', ...args]
  return (await run(process.execPath, plain, { cwd: repository, timeout: 60_000 })).stdout
}
const health = async (): Promise<{ code: number; status: string; alarms: string[] }> => {
  const answer = await ada.browser.fetch(`${installation.portal}/health`)
  const { status, policy } = (await answer.json()) as { status: string; policy: { alarms: string[] } }
  return { code: answer.status, status, alarms: policy.alarms }
}

/** What no program of ours does, while the gateway stands still: the guards of the database are taken away first. */
async function behindItsBack(...changes: string[]): Promise<void> {
  await installation.gateway.stop()
  const database = new DatabaseSync(join(await dataDir(), 'gateway.sqlite'))
  for (const trigger of ['policy_revision_kept_as_it_is', 'policy_activation_kept_as_it_is', 'policy_activation_kept'])
    database.exec(`DROP TRIGGER IF EXISTS ${trigger}`)
  for (const change of changes) database.exec(change)
  database.close()
  await installation.startGateway()
}

it(
  'two administrators register their recovery keys, each at a page',
  async () => {
    await page.goto(`${installation.portal}/policy?part=recovery`)
    await page.getByText('No key is registered. Without two of them nobody can bring a policy back.').waitFor()
    await page.setViewportSize({ width: 360, height: 800 })
    await picture(page, 'recovery-none-360')
    expect(await page.evaluate(isTooWide)).toBe(false)
    await page.setViewportSize({ width: 1440, height: 900 })
    const adas = await sallyport('recovery-key', 'create', '--out', at('ada.pem'), '--passphrase-file', at('passphrase'))
    // By keyboard alone.
    await page.getByLabel('Public half of your key').focus()
    await page.keyboard.insertText('no key')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await page.getByRole('alert').waitFor()
    await page.getByLabel('Public half of your key').fill(adas)
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await page.getByText('One key is registered. Two different administrators are needed.').waitFor()
    await picture(page, 'recovery-one')

    const kenjis = await sallyport('recovery-key', 'create', '--out', at('kenji.pem'), '--passphrase-file', at('passphrase'))
    await second.goto(`${installation.portal}/policy?part=recovery`)
    await second.getByLabel('Öffentliche Hälfte Ihres Schlüssels').fill(kenjis)
    await second.getByRole('button', { name: 'Schlüssel hinterlegen' }).click()
    await second.getByText('2 Schlüssel sind hinterlegt: Je zwei dieser Verwalter können Regeln zurückbringen.').waitFor()
    await second.setViewportSize({ width: 360, height: 800 })
    await picture(second, 'recovery-two-360-de')
    expect(await second.evaluate(isTooWide)).toBe(false)
    await second.setViewportSize({ width: 1440, height: 900 })
  },
  slow,
)

it(
  'a step that waits for a second person is seen by both, and carried out by the second',
  async () => {
    const sam = new SecurityTeam(await installation.signIn('sam'))
    const author = await signedInPage(browser, sam.client)
    const reviewer = await signedInPage(browser, await installation.signIn('lena'), 'de-DE')
    await author.goto(`${installation.portal}/policy?part=settings`)
    await author.getByLabel('Coverage of what decides, in percent').fill('10')
    await author.getByLabel('Comment').fill('Tests follow next week')
    await author.getByRole('button', { name: 'Save' }).click()
    await author.getByText('Looser than before: it waits for a second person who asks for the same.').waitFor()
    await author.getByText('You asked for it: somebody else has to.').waitFor()
    await picture(author, 'waiting-own')
    await reviewer.setViewportSize({ width: 360, height: 800 })
    await reviewer.goto(`${installation.portal}/policy`)
    const waits = reviewer.getByRole('region', { name: 'Wartet auf eine zweite Person' })
    await waits.getByText('Tests follow next week').waitFor()
    await picture(reviewer, 'waiting-second-360-de')
    expect(await reviewer.evaluate(isTooWide)).toBe(false)
    await waits.getByRole('button').focus()
    await reviewer.keyboard.press('Enter')
    await waits.waitFor({ state: 'detached' })
    await Promise.all([author.context().close(), reviewer.context().close()])
  },
  slow,
)

it(
  'a policy that was changed behind the gateway’s back is not used: the last good one decides, and the alarm is seen in the portal and from outside',
  async () => {
    const sam = new SecurityTeam(await installation.signIn('sam'))
    const submitted = await sam.submit(withWeakRegion(await sam.sourcesOf(await sam.active())), 'Asia helps out')
    own = submitted.body.revision
    const lena = new SecurityTeam(await installation.signIn('lena'))
    expect((await lena.approve(own)).status).toBeLessThan(300)
    const activated = await lena.activate(own, 100)
    expect(activated.status, JSON.stringify(activated.body)).toBe(200)
    expect(await health()).toEqual({ code: 200, status: 'ok', alarms: [] })

    const broken = [
      ['policy_unsigned', `UPDATE policy_revisions SET signature = '' WHERE revision = '${own}'`],
      ['policy_corrupt', `UPDATE policy_revisions SET sources = '[1]' WHERE revision = '${own}'`],
      ['policy_oversized', `UPDATE policy_revisions SET wasm = zeroblob(16 * 1024 * 1024 + 1) WHERE revision = '${own}'`],
      ['policy_older', `DELETE FROM policy_activations WHERE sequence > 1`],
    ] as const
    for (const [code, change] of broken) {
      await behindItsBack(change)
      expect(await health(), code).toMatchObject({ code: 200, status: 'degraded', alarms: [code] })
      // The copy beside the database decides.
      expect(await sam.active()).toBe(own)
    }
    await page.goto(installation.portal)
    await page.getByText('Something is wrong with the stored access rules. The last good ones decide.').waitFor()
    await picture(page, 'alarm-everywhere')
    await page.getByRole('link', { name: 'Look at the alarm' }).click()
    const alarm = page.getByRole('alert')
    await alarm.getByText('The store names an older policy than this gateway has seen already.').waitFor()
    await picture(page, 'alarm-older')
    await second.setViewportSize({ width: 360, height: 800 })
    await second.goto(`${installation.portal}/policy`)
    await second.getByRole('alert').first().waitFor()
    await picture(second, 'alarm-older-360-de')
    expect(await second.evaluate(isTooWide)).toBe(false)
  },
  slow,
)

it(
  'with none left everything is denied, and everybody reads why; two signatures at the gateway itself bring one back',
  async () => {
    await untilOnline(mia)
    await rm(join(await dataDir(), 'policy', 'last-good.json'))
    await behindItsBack(`UPDATE policy_revisions SET signature = ''`)
    expect(await health()).toMatchObject({ code: 503, status: 'closed' })
    expect((await health()).alarms).toContain('policy_closed')
    expect((await askFor(mia)).status).toBe(404)
    const technician = await signedInPage(browser, mia)
    await technician.goto(installation.portal)
    await technician.getByText('No access rules are left that can be trusted: everything is denied.').waitFor()
    await technician.getByText('Nothing is wrong with your rights.', { exact: false }).waitFor()
    // What she signed before is not asked for again.
    await technician.getByRole('heading', { name: 'Machines', level: 1 }).waitFor()
    await picture(technician, 'closed-technician')
    await page.goto(`${installation.portal}/policy`)
    await page.getByText('Nothing decides: everything is denied.').waitFor()
    await picture(page, 'closed-administrator')
    await second.goto(`${installation.portal}/policy`)
    await second.getByText('Es gibt keine guten Regeln.', { exact: false }).first().waitFor()
    await picture(second, 'closed-administrator-360-de')

    const recover = (...args: string[]) => sallyport('recover-policy', ...args)
    const config = ['--config', gatewayFile()]
    const order = ['request', 'policies', ...config, '--reason', 'Restored from a broken disk', '--out', at('request.json')]
    // The gateway runs: its database is its own.
    await expect(recover(...order)).rejects.toMatchObject({ stderr: expect.stringMatching(/in use|stop/iu) as string })
    await installation.gateway.stop()
    await recover(...order)
    await expect(recover('apply', at('request.json'), 'policies', ...config)).rejects.toMatchObject({
      stderr: expect.stringContaining('needs 2 signatures') as string,
    })
    for (const name of ['ada', 'kenji'])
      await recover('sign', at('request.json'), '--key', at(`${name}.pem`), '--passphrase-file', at('passphrase'))
    await recover('apply', at('request.json'), 'policies', ...config)
    await installation.startGateway()
    // The damaged row of that very revision cannot be written again: the copy beside the database decides, which the alarm says until the next activation.
    expect(await health()).toEqual({ code: 200, status: 'degraded', alarms: ['policy_unsigned'] })
    await untilOnline(mia)
    expect((await askFor(mia)).status).toBe(201)
    await page.goto(`${installation.portal}/policy?part=activations`)
    const newest = page.getByRole('listitem').filter({ hasText: 'Recovered at the machine' }).first()
    await newest.waitFor()
    expect(await newest.innerText()).toContain('Restored from a broken disk')
    expect(await newest.innerText()).toMatch(/Ada Lindqvist[\s\S]*Kenji Sato|Kenji Sato[\s\S]*Ada Lindqvist/u)
    await picture(page, 'recovered')
    await technician.reload()
    await technician.getByRole('link', { name: 'Press 7' }).waitFor()
    expect(await technician.getByText('everything is denied').count()).toBe(0)
    await technician.context().close()
  },
  slow,
)
