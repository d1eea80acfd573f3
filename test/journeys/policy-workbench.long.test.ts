import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { launchChromium } from '../support/chromium.ts'
import { allowAtPanel } from '../support/people-at-pages.ts'
import { policyPeople, SecurityTeam, weakRegion, withShutdown } from '../support/policy-at-work.ts'
import type { PortalClient } from '../support/portal-client.ts'
import { runInstallation, type RunningInstallation } from '../support/running-installation.ts'
import { firstSeenMs, signedInPage } from '../support/signed-in-page.ts'
import { askFor, untilOnline } from '../support/technician-at-work.ts'

/** Pictures for whoever wants to look: `SALLYPORT_PICTURES=DIR`. */
const pictures = process.env['SALLYPORT_PICTURES']
const slow = 120_000

/** Sam writes, Lena reviews, Mia and Noah work, Olga is at the machine: each before a page of the real thing. */
describe('a change of the policy, through the pages', () => {
  let installation: RunningInstallation
  let browser: Browser
  let sam: SecurityTeam
  let lena: SecurityTeam
  let mia: PortalClient
  let noah: PortalClient
  let author: Page
  let reviewer: Page
  let revision = ''

  beforeAll(async () => {
    installation = await runInstallation({ gateway: { policy: { fourEyes: true } } })
    await policyPeople(installation)
    sam = new SecurityTeam(await installation.signIn('sam'))
    lena = new SecurityTeam(await installation.signIn('lena'))
    mia = await installation.signIn('mia')
    noah = await installation.signIn('noah')
    browser = await launchChromium()
    author = await signedInPage(browser, sam.client)
    reviewer = await signedInPage(browser, lena.client)
    for (const page of [author, reviewer]) page.setDefaultTimeout(60_000)
    await untilOnline(mia)
    // What the replay has to find: he was told that there is no such machine.
    expect((await askFor(noah)).status).toBe(404)
  }, 180_000)
  afterEach(async ({ task }) => {
    if (task.result?.state !== 'fail') return
    await picture(author, 'policy-author-failed')
    await picture(reviewer, 'policy-reviewer-failed')
  })
  afterAll(async () => {
    await browser.close()
    await installation[Symbol.asyncDispose]()
  })

  const picture = async (page: Page, name: string): Promise<void> => {
    if (pictures !== undefined) await page.screenshot({ path: join(pictures, `${name}.png`) })
  }
  const files = (page: Page) => page.getByRole('region', { name: 'Files' })
  const pane = (page: Page) => page.getByRole('region', { name: 'Pane', exact: true })
  const show = (page: Page, name: string) => pane(page).getByRole('group').getByRole('button', { name, exact: true }).click()
  const text = (page: Page, path: string) => page.getByRole('textbox', { name: `Text of ${path}` })
  const openFile = async (page: Page, path: string): Promise<void> => {
    await files(page).getByRole('button', { name: path }).click()
    await text(page, path).waitFor()
  }
  /** Writes, and waits until it is stored: *Saved* alone may still be of the text before. */
  const write = async (page: Page, typing: () => Promise<void>): Promise<void> => {
    const stored = page.waitForResponse((response) => response.request().method() === 'PUT' && response.url().includes('/policy/drafts/'))
    await typing()
    expect((await stored).status()).toBe(200)
    await page.locator('.bench-text .save-state', { hasText: 'Saved' }).waitFor()
  }
  const noahAtPress = 'Noah Okafor and Press 7: can open it if its operator agrees, newly gets in'
  const seesPress = async (page: Page): Promise<boolean> => {
    await page.goto(installation.portal)
    await page.getByRole('heading', { name: 'Machines', level: 1 }).waitFor()
    await page.getByText('Workflow server 1').first().waitFor()
    return (await page.getByText('Press 7').count()) > 0
  }

  it(
    'shows an error in the line in which it is',
    async () => {
      await author.goto(`${installation.portal}/policy`)
      await author.getByRole('button', { name: 'New draft' }).click()
      await author.getByLabel('Name of the draft').fill('Asia helps out')
      await author.getByRole('button', { name: 'Begin the draft' }).click()
      await openFile(author, 'rules/region.rego')
      await pane(author)
        .getByText(/^\d+ tests pass\.$/u)
        .waitFor()
      const line = author.locator('.cm-line', { hasText: 'satisfied if input.device.region in' })
      await line.click()
      await author.keyboard.press('End')
      await author.keyboard.type('_of')
      await pane(author).getByText('Error', { exact: true }).first().waitFor()
      await author.locator('.cm-line', { hasText: 'in responsible_for_of' }).locator('.cm-lintRange-error').first().waitFor()
      await pane(author).getByText('var responsible_for_of is unsafe').first().waitFor()
      await pane(author).getByRole('button', { name: 'rules/region.rego, line 8' }).first().waitFor()
      await picture(author, 'policy-error')
      for (let key = 0; key < 3; key += 1) await author.keyboard.press('Backspace')
      await pane(author)
        .getByText(/^\d+ tests pass\.$/u)
        .waitFor()
      expect(await author.locator('.cm-lintRange-error').count()).toBe(0)
    },
    slow,
  )

  it(
    'shows who would newly come in, in matrix and replay, before anything is live',
    async () => {
      const [, , added = ''] = weakRegion.rule.split('\n')
      await author.keyboard.press('End')
      await write(author, async () => {
        await author.keyboard.press('Enter')
        await author.keyboard.press('Enter')
        await author.keyboard.type(added)
      })
      await openFile(author, 'rules/region_test.rego')
      await text(author, 'rules/region_test.rego').click()
      await author.keyboard.press('Control+End')
      await write(author, () => author.keyboard.insertText(`\n${weakRegion.test}`))
      await show(author, 'Matrix')
      await pane(author).getByRole('button', { name: noahAtPress }).waitFor()
      expect(await pane(author).getByText('The draft has changed since this was worked out.').count()).toBe(0)
      await picture(author, 'policy-matrix')

      await show(author, 'Replay')
      await author.locator('.pane-body').getByRole('button', { name: 'Replay' }).click()
      await author.getByLabel('Show names and addresses').check()
      const changes = pane(author).getByRole('list', { name: 'Decisions that change' })
      await changes
        .getByRole('button', { name: /^Noah Okafor: .*Press 7/u })
        .first()
        .click()
      const why = author.getByRole('dialog', { name: 'Noah Okafor and Press 7' })
      await why.getByText("The machine's region is not one of the technician's: europe.").first().waitFor()
      await picture(author, 'policy-replay')
      await author.keyboard.press('Escape')
      await why.waitFor({ state: 'hidden' })
      expect((await askFor(noah)).status).toBe(404)
      expect((await sam.status()).active?.sequence).toBe(1)
    },
    slow,
  )

  it(
    'is submitted by its author, who cannot approve it',
    async () => {
      await show(author, 'Submit')
      await pane(author).getByText('No errors, and every test passes.').waitFor()
      await pane(author).getByLabel('What changes, and why').fill('Asia helps out everywhere')
      await pane(author).getByRole('button', { name: 'Submit for review' }).click()
      await author.waitForURL(/\/policy\/revisions\//u)
      revision = decodeURIComponent(new URL(author.url()).pathname.split('/').at(-1) ?? '')
      await author.getByText('You wrote this revision: somebody else has to review it.').waitFor()
      await author.getByText('It can be activated when somebody else has approved it.').waitFor()
      expect(await author.getByRole('button', { name: 'Approve', exact: true }).count()).toBe(0)
      expect(await author.getByRole('button', { name: /activate/iu }).count()).toBe(0)
      await picture(author, 'policy-own')
      expect(await sam.approve(revision)).toMatchObject({ status: 403, body: { code: 'author_cannot_review' } })
      expect(await sam.activate(revision)).toMatchObject({ status: 403, body: { code: 'second_person_needed' } })
    },
    slow,
  )

  it(
    'is looked at, approved and activated by somebody else, and opens what it opens from then on',
    async () => {
      const technician = await signedInPage(browser, noah)
      expect(await seesPress(technician)).toBe(false)
      await reviewer.goto(`${installation.portal}/policy/revisions/${revision}`)
      await show(reviewer, 'Tests')
      await pane(reviewer)
        .getByText(/^\d+ tests pass$/u)
        .waitFor()
      await show(reviewer, 'Replay')
      await reviewer.locator('.pane-body').getByRole('button', { name: 'Replay' }).click()
      await reviewer.getByLabel('Show names and addresses').check()
      await pane(reviewer)
        .getByRole('button', { name: /^Noah Okafor: .*Press 7/u })
        .first()
        .waitFor()
      await show(reviewer, 'Impact')
      await pane(reviewer).getByText('No open session would end.').waitFor()

      await show(reviewer, 'Review')
      await pane(reviewer).getByRole('button', { name: 'rules/region.rego' }).first().click()
      await reviewer.locator('.cm-line', { hasText: '"asia" in' }).click()
      await pane(reviewer).getByRole('button', { name: 'Comment on the line of the cursor' }).click()
      await pane(reviewer).getByLabel('Comment on rules/region.rego, line 10').fill('Until the end of the year?')
      await pane(reviewer).getByRole('button', { name: 'Add the comment' }).click()
      await reviewer.locator('.cm-line-comment', { hasText: 'Lena Fischer: Until the end of the year?' }).waitFor()
      await picture(reviewer, 'policy-comment')

      await pane(reviewer).getByLabel('Reason').fill('Agreed with the service')
      await pane(reviewer).getByRole('button', { name: 'Approve', exact: true }).click()
      await pane(reviewer).getByText('Lena Fischer approved it').waitFor()
      expect(await seesPress(technician)).toBe(false)
      await activateAtPage()
      await pane(reviewer).getByText('Activation 2: it decides now. No session ended.').waitFor()
      await picture(reviewer, 'policy-activated')
      await expect.poll(() => seesPress(technician)).toBe(true)
      await technician.context().close()
    },
    slow,
  )

  /** @returns the dialog, with what it would end above its button */
  const askToActivate = async () => {
    await pane(reviewer).getByRole('button', { name: 'Look at the impact, then activate' }).click()
    const dialog = reviewer.getByRole('dialog')
    await dialog.getByLabel('Reason').fill('As reviewed')
    return dialog
  }
  const activateAtPage = async (): Promise<void> => {
    const dialog = await askToActivate()
    await dialog.getByRole('button', { name: 'Activate', exact: true }).click()
    await dialog.waitFor({ state: 'hidden' })
  }

  it(
    'names the session that would end, ends it within a second on both screens, and is rolled back by one press',
    async () => {
      const before = await sam.active()
      const operator = await (await browser.newContext({ locale: 'en-GB' })).newPage()
      await operator.goto(installation.agent.ready.pairing_url)
      const { body: session } = await askFor(mia)
      await allowAtPanel(operator, { operator: 'Olga Neumann', reason: session.purpose })
      await mia.waitForSession(session.id, ({ state }) => state === 'approved')
      const technician = await signedInPage(browser, mia, 'de-DE')
      await technician.goto(`${installation.portal}/sessions/${session.id}`)
      const opened = technician.context().waitForEvent('page')
      await technician.getByRole('button', { name: 'Operating panel öffnen', exact: true }).click()
      const bar = await opened
      await bar.frameLocator('#machine').getByText('GET /').waitFor()
      await mia.waitForSession(session.id, ({ state }) => state === 'open')

      const nowS = Math.floor(Date.now() / 1000)
      const made = await sam.submit(withShutdown(await sam.sourcesOf(before), nowS), 'Audit of the presses')
      await reviewer.goto(`${installation.portal}/policy/revisions/${made.body.revision}`)
      await pane(reviewer).getByLabel('Reason').fill('The customer has asked for it')
      await pane(reviewer).getByRole('button', { name: 'Approve', exact: true }).click()
      const dialog = await askToActivate()
      await dialog.getByText('One open session would end:').waitFor()
      await dialog.getByRole('link', { name: 'Mia Brandt on Press 7' }).waitFor()
      await dialog.getByText('Remote service to this site is suspended: audit.').waitFor()
      await picture(reviewer, 'policy-impact')
      await dialog.getByRole('button', { name: 'Activate', exact: true }).click()
      const anyway = dialog.getByRole('button', { name: /^Activate although/u })
      await anyway.waitFor()

      const screens = {
        "the technician's page": firstSeenMs(technician, 'Die Zugriffsregeln erlaubten es nicht mehr.'),
        "the technician's bar around the machine": firstSeenMs(bar, 'Die Zugriffsregeln erlaubten es nicht mehr.'),
        "the operator's panel": firstSeenMs(operator, 'The access rules no longer allowed it.'),
      }
      const answered = reviewer.waitForResponse((response) => response.url().endsWith('/activate') && response.status() === 200)
      await anyway.click()
      const { startTime, responseStart } = (await answered).request().timing()
      for (const [screen, seen] of Object.entries(screens)) {
        const afterMs = (await seen) - startTime
        process.stdout.write(
          `${screen} says it ${afterMs.toFixed(0)} ms after the press, ${(afterMs - responseStart).toFixed(0)} after the answer\n`,
        )
        expect(afterMs - responseStart, screen).toBeLessThan(1_000)
      }
      await expect.poll(() => bar.locator('#machine').count()).toBe(0)
      await pane(reviewer).getByText('Activation 3: it decides now. 1 session ended.').waitFor()
      await operator.getByRole('heading', { name: 'Nobody is in this machine' }).waitFor()
      await picture(technician, 'policy-ended')
      await picture(bar, 'policy-bar')
      await picture(operator, 'policy-panel')
      expect((await mia.waitForSession(session.id, ({ state }) => state === 'ended')).end_reason).toBe('policy')
      expect((await askFor(mia)).status).toBe(403)

      await author.goto(`${installation.portal}/policy`)
      await author.getByRole('button', { name: 'Roll back to the one before' }).click()
      const back = author.getByRole('dialog')
      await back.getByText('No open session would end.').waitFor()
      await back.getByLabel('Comment').fill('The audit is over')
      await back.getByRole('button', { name: /^Roll back to/u }).click()
      await author.getByText('Rolled back. No session ended.').waitFor()
      await picture(author, 'policy-rolled-back')
      expect(await sam.active()).toBe(before)
      const again = await askFor(mia)
      expect(again.status).toBe(201)
      await mia.api('POST', `/api/v1/sessions/${again.body.id}/end`)
    },
    slow,
  )

  it(
    'decides by the new one after a kill -9 right behind the answer',
    async () => {
      const before = await sam.status()
      const sources = await sam.sourcesOf(before.active?.revision ?? '')
      const { body } = await sam.submit(withShutdown(sources, Math.floor(Date.now() / 1000) + 86_400), 'Audit of tomorrow')
      await lena.approve(body.revision)
      expect((await lena.activate(body.revision)).status).toBe(200)
      installation.gateway.process.kill('SIGKILL')
      await installation.gateway.ended
      await installation.startGateway()
      expect(await sam.status()).toMatchObject({
        active: { revision: body.revision, sequence: (before.active?.sequence ?? 0) + 1 },
        alarms: [],
      })
      await untilOnline(mia)
    },
    slow,
  )

  it(
    'is seen in the portal and in its health when what is stored was tampered with, and without a compiler',
    async () => {
      const active = await sam.active()
      await installation.gateway.stop()
      const database = new DatabaseSync(join(installation.dataDir, 'gateway', 'gateway.sqlite'))
      const { wasm } = database.prepare('select wasm from policy_revisions where revision = ?').get(active) as { wasm: Uint8Array }
      database.exec('drop trigger policy_revision_kept_as_it_is')
      wasm[wasm.length - 1] = (wasm.at(-1) ?? 0) ^ 1
      database.prepare('update policy_revisions set wasm = ? where revision = ?').run(wasm, active)
      database.close()
      await installation.startGateway({ SALLYPORT_OPA: join(installation.dataDir, 'nothing') })

      const health = await sam.client.browser.fetch(`${installation.portal}/health`)
      expect(health.status).toBe(200)
      expect(await health.json()).toEqual({ status: 'degraded', policy: { deciding: true, alarms: ['policy_unsigned'] } })
      // The copy beside the database is what was activated.
      expect(await sam.status()).toMatchObject({ active: { revision: active }, compiler: null, alarms: [{ code: 'policy_unsigned' }] })
      await author.goto(`${installation.portal}/policy`)
      await author.getByRole('alert').getByText('A stored policy is not signed by this gateway.').waitFor()
      await author.getByText('There is no `opa` program on this gateway').waitFor()
      await picture(author, 'policy-alarm')
      await untilOnline(mia)
      expect((await askFor(mia)).status).toBe(201)
    },
    slow,
  )
})
