import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { tabTo } from './open-browser.ts'
import { startPages } from './start-pages.ts'
import type { StartedPages } from './start-pages.ts'

let started: StartedPages

beforeAll(async () => {
  started = await startPages()
}, 60_000)

afterAll(() => started.close())

describe('the pages of an administrator', () => {
  test('shows a failed list with its id for support and fills it after trying again', async () => {
    const { page } = await started.signedIn('ada')
    started.gateway.failures.set('GET /people', {
      status: 500,
      body: { title: 'Something failed on our side.', status: 500, code: 'internal_error', id: 'cafe1234' },
    })
    await page.goto(`${started.gateway.origin}/people`)
    await page.getByRole('alert').getByText('cafe1234').waitFor()
    started.gateway.failures.clear()
    await page.getByRole('button', { name: 'Try again' }).click()
    await page.getByRole('link', { name: 'Mia Bauer' }).waitFor()
    await page.context().close()
  })

  test('makes an account, shows its link once, and makes a picked photo a small JPEG', async () => {
    const { page } = await started.signedIn('ada')
    await page.goto(`${started.gateway.origin}/people`)
    await page.getByRole('link', { name: 'New person' }).click()
    const dialog = page.getByRole('dialog', { name: 'New person' })
    await dialog.getByRole('textbox', { name: 'Name', exact: true }).fill('Tom Hart')
    await dialog.getByRole('textbox', { name: 'User name' }).fill('tom.hart')
    await dialog.getByRole('combobox', { name: 'Regions' }).fill('eu-west')
    await page.keyboard.press('Enter')
    await dialog.getByRole('button', { name: 'Create the account' }).click()
    await dialog.getByText('https://id.example/set-up/7Qx2').waitFor()
    const created = started.gateway.requests.find(({ method, path }) => method === 'POST' && path === '/people')
    expect(JSON.parse(created?.body.toString() ?? '{}')).toMatchObject({
      username: 'tom.hart',
      roles: ['technician'],
      regions: ['eu-west'],
    })
    const picture = await page.screenshot()
    await page.goto(`${started.gateway.origin}/people/per_${'1'.repeat(32)}`)
    await page.locator('input[type=file]').setInputFiles({ name: 'me.png', mimeType: 'image/png', buffer: picture })
    const sent = await vi.waitFor(() => {
      const put = started.gateway.requests.find(({ method }) => method === 'PUT')
      if (put === undefined) throw new Error('No photo yet')
      return put
    }, 5_000)
    expect(sent.type).toBe('image/jpeg')
    expect(sent.body.subarray(0, 3).toString('hex')).toBe('ffd8ff')
    expect(sent.body.length).toBeLessThanOrEqual(64 * 1024)
    await page.context().close()
  })

  test('turns remote service of a machine off and on as a whole, and says what that does', async () => {
    const { page } = await started.signedIn('ada')
    await page.goto(`${started.gateway.origin}/devices/press-1`)
    const whole = page.getByRole('switch', { name: 'Remote service of this machine' })
    await page.getByText('Off ends every session at once and bars new ones.').waitFor()
    expect(await whole.isChecked()).toBe(true)
    await whole.click({ force: true })
    await expect.poll(() => whole.isChecked()).toBe(false)
    await expect.poll(() => whole.isEnabled()).toBe(true)
    await whole.click({ force: true })
    await expect.poll(() => whole.isChecked()).toBe(true)
    const sent = started.gateway.requests.filter(({ method, path }) => method === 'PATCH' && path === '/devices/press-1')
    expect(sent.map(({ body }) => (JSON.parse(body.toString()) as { remote_allowed?: boolean }).remote_allowed)).toEqual([false, true])
    await page.context().close()
  })

  test('says what suspending does before it does it, and keeps the focus in the dialog', async () => {
    const { page } = await started.signedIn('ada')
    await page.goto(`${started.gateway.origin}/devices/press-1`)
    await page.getByRole('button', { name: 'Suspend' }).click()
    const dialog = page.getByRole('dialog', { name: 'Suspend Press 1' })
    await dialog.getByText('a running session ends').waitFor()
    for (let press = 0; press < 8; press += 1) {
      await page.keyboard.press('Tab')
      expect(await dialog.evaluate((element) => element.contains(document.activeElement))).toBe(true)
    }
    await dialog.getByRole('textbox', { name: 'Reason' }).fill('Stolen laptop')
    await dialog.getByRole('button', { name: 'Suspend' }).click()
    await page.getByRole('dialog', { name: 'Press 1', exact: true }).getByText('Suspended').waitFor()
    await page.context().close()
  })

  test('gives an auditor the same pages without anything to change', async () => {
    const { page } = await started.signedIn('ari')
    await page.goto(`${started.gateway.origin}/devices/plate-2`)
    await page.getByRole('dialog').getByText('Changing it needs the role').waitFor()
    expect(await page.getByRole('button', { name: /Suspend|Resume|Revoke|Save|New/u }).count()).toBe(0)
    await page.context().close()
  })

  test('show a one-time password once, and never again', async () => {
    const { page } = await started.signedIn('ada')
    await page.goto(`${started.gateway.origin}/new-device`)
    const dialog = page.getByRole('dialog', { name: 'New device' })
    await dialog.getByRole('combobox', { name: 'Customer' }).selectOption({ label: 'Möbelwerk Hansen' })
    const facts = {
      Id: 'press-9',
      Name: 'Press 9',
      Site: 'Hall 9',
      Region: 'eu-west',
      Country: 'DE',
      'Product line': 'press',
      Model: 'Hydra',
    }
    for (const [label, value] of Object.entries(facts)) await dialog.getByRole('textbox', { name: label, exact: true }).fill(value)
    await dialog.getByRole('button', { name: 'Create the device' }).click()
    const password = page.getByText('tulip-anvil-9317-quartz', { exact: true })
    await password.waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('link', { name: 'Press 9' }).click()
    await page.getByRole('dialog', { name: 'Press 9' }).getByText('Registered').waitFor()
    expect(await password.count()).toBe(0)
    await page.context().close()
  })

  test('say that an enrolment is locked, and what to do about it', async () => {
    const { page } = await started.signedIn('ada')
    await page.goto(`${started.gateway.origin}/devices`)
    await page.getByText('Locked: the password was used with another key').first().waitFor()
    await page.getByRole('link', { name: 'Workflow server' }).click()
    await page.getByRole('dialog').getByText('Find out who used it').waitFor()
    await page.context().close()
  })

  test('keep the choices of a filter that is set', async () => {
    const { page } = await started.signedIn('ada')
    const [device] = started.gateway.world.devices
    if (device === undefined) throw new Error('The fake gateway has no device')
    started.gateway.world.devices = [...started.gateway.world.devices, { ...device, id: 'press-as', name: 'Press in Asia', region: 'asia' }]
    await page.goto(`${started.gateway.origin}/devices`)
    await page.getByRole('link', { name: 'Press in Asia' }).waitFor()
    await page.getByRole('combobox', { name: 'Region' }).selectOption('asia')
    await page.getByText('1 shown').waitFor()
    expect(await page.getByRole('combobox', { name: 'Region' }).getByRole('option').allTextContents()).toEqual(['All', 'asia', 'eu-west'])
    await page.context().close()
  })

  test('open a drawer by keyboard, close it with Escape, and give the focus back to its row', async () => {
    const { page } = await started.signedIn('ada')
    await page.goto(`${started.gateway.origin}/people`)
    const row = page.getByRole('link', { name: 'Mia Bauer' })
    await row.waitFor()
    await tabTo(page, row)
    await page.keyboard.press('Enter')
    const dialog = page.getByRole('dialog', { name: 'Mia Bauer' })
    // Its focus comes with it: before that, Tab would still walk behind it.
    await dialog.waitFor()
    await vi.waitFor(async () => expect(await dialog.evaluate((element) => element.contains(document.activeElement))).toBe(true))
    await tabTo(page, dialog.getByRole('button', { name: 'Save' }))
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
    await vi.waitFor(async () => expect(await row.evaluate((element) => element === document.activeElement)).toBe(true), 5_000)
    await page.context().close()
  })
})
