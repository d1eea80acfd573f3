import { readFileSync } from 'node:fs'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { fakeDraftId, submittedRevision } from './fake-policy.ts'
import { axeFindings, tabTo } from './open-browser.ts'
import { startPages } from './start-pages.ts'
import type { StartedPages } from './start-pages.ts'

let started: StartedPages
beforeAll(async () => {
  started = await startPages()
}, 120_000)
afterAll(() => started.close())
beforeEach(() => {
  started.gateway.policy.reset()
  started.gateway.requests.length = 0
})

const ines = { id: `per_${'7'.repeat(32)}`, name: 'Ines Duarte' }
const region = 'rules/region.rego'

const openBench = async (members: string, who = 'sam') => {
  const { page, faults } = await started.signedIn(who, { viewport: { width: 1440, height: 900 } })
  await page.goto(`${started.gateway.origin}/policy/drafts/${fakeDraftId}?${members}`)
  return { page, faults, text: page.getByRole('textbox', { name: /^Text of / }) }
}
const stored = (path: string): string | undefined => started.gateway.policy.state.files.get(path)?.text
const wellMade = async (page: Page, faults: readonly string[]): Promise<void> => {
  expect([...(await axeFindings(page)), ...faults]).toEqual([])
  await page.context().close()
}

test('what is typed is saved after a pause, and Ctrl S formats it too', async () => {
  const { page, faults, text } = await openBench(`file=${region}`)
  await text.click()
  await page.keyboard.press('Control+End')
  await page.keyboard.type('# typed   ')
  await expect.poll(() => stored(region)).toMatch(/# typed {3}$/u)
  await page.keyboard.press('Control+s')
  await expect.poll(() => stored(region)).toMatch(/# typed\n$/u)
  await page.getByText('Saved', { exact: true }).waitFor()
  await wellMade(page, faults)
})

test('a line is typed over, and brackets close by themselves around what is selected', async () => {
  const { page, faults, text } = await openBench(`file=${region}`)
  await page.locator('.cm-line', { hasText: 'satisfied if count' }).click()
  await page.keyboard.press('Home')
  await page.keyboard.press('Shift+End')
  await page.keyboard.type('satisfied')
  await page.keyboard.press('Shift+Home')
  await page.keyboard.type('(')
  await expect.poll(() => stored(region)).toContain('\n(satisfied)\n')
  await text.waitFor()
  await page.keyboard.press('Escape')
  await wellMade(page, faults)
})

test('what somebody else saved meanwhile is never overwritten: both are shown until a person decides', async () => {
  const { page, faults, text } = await openBench(`file=${region}`)
  await text.click()
  started.gateway.policy.write(region, '# of Ines\n', 1, ines)
  await page.keyboard.type('# mine\n')
  await page.getByText('Ines Duarte saved this file while you were typing.').waitFor()
  expect(stored(region)).toBe('# of Ines\n')
  expect(await page.locator('.cm-deletedChunk').textContent()).toContain('# of Ines')
  await page.getByText('“Save what stands here” replaces the text of Ines Duarte').waitFor()
  const copy = page.waitForEvent('download')
  await page.getByRole('link', { name: 'Download the text of Ines Duarte' }).click()
  expect((await copy).suggestedFilename()).toBe('Ines Duarte - region.rego')
  expect(readFileSync(await (await copy).path(), 'utf8')).toBe('# of Ines\n')
  // Another file and back: what was typed is still there.
  const files = page.getByRole('region', { name: 'Files' })
  await files.getByRole('button', { name: /^data\/limits\.json/ }).click()
  await page.getByRole('textbox', { name: 'Text of data/limits.json' }).waitFor()
  await files.getByRole('button', { name: /^rules\/region\.rego/ }).click()
  await page.getByText('Unsaved text of yours from').waitFor()
  await page.getByText('“Take it over” replaces the text of Ines Duarte').waitFor()
  await page.getByRole('button', { name: 'Take it over' }).click()
  await expect.poll(() => stored(region)).toContain('# mine')
  await wellMade(page, faults)
})

test('what somebody else saves while nothing of one’s own is open appears by itself', async () => {
  const { page, text } = await openBench(`file=${region}`)
  await text.waitFor()
  started.gateway.policy.write(region, '# of Ines\n', 1, ines)
  await page.getByText(`Ines Duarte changed ${region}: you see the newest text.`).waitFor()
  expect(await text.innerText()).toContain('# of Ines')
  await page.context().close()
})

test('fields of the input and built-ins are offered while typing', async () => {
  const { page, faults, text } = await openBench(`file=${region}`)
  await text.click()
  await page.keyboard.press('Control+End')
  await page.keyboard.type('x if input.technician.')
  await page.getByRole('option', { name: /^permissions/ }).waitFor()
  // The list follows the arrow keys of the text; axe wants it to have the focus itself.
  await page.keyboard.press('Escape')
  await wellMade(page, faults)
})

test('a finding stands in its line and beside it; going there opens the file at that line', async () => {
  const { page, faults, text } = await openBench('file=data/limits.json')
  await text.waitFor()
  await page.getByRole('button', { name: 'rules/region.rego, line 8' }).click()
  await page.locator('.cm-lintRange-warning').first().waitFor()
  await page.locator('.cm-activeLine', { hasText: 'satisfied if' }).waitFor()
  await page.locator('.cm-not-covered').first().waitFor()
  await wellMade(page, faults)
})

test('the selection is evaluated against the input, step by step', async () => {
  const { page, faults, text } = await openBench(`file=${region}`)
  await text.click()
  await page.keyboard.press('Control+Home')
  await page.keyboard.press('Control+End')
  await page.keyboard.type('count(input.technician.regions)')
  await page.keyboard.press('Control+Enter')
  await page.getByRole('region', { name: 'Result' }).getByText('true').waitFor()
  expect(await page.getByRole('textbox', { name: 'Expression' }).inputValue()).toBe('count(input.technician.regions)')
  await wellMade(page, faults)
})

test('Escape and then Tab leaves the text, as it says below it', async () => {
  const { page, text } = await openBench(`file=${region}`)
  await text.focus()
  await page.getByText('Esc, then Tab, leaves the text.').waitFor()
  await page.keyboard.press('Tab')
  expect(await text.evaluate((element) => element === document.activeElement)).toBe(true)
  await page.keyboard.press('Escape')
  await tabTo(page, page.getByRole('button', { name: 'Keys of the editor' }))
  await page.context().close()
})

test('the form writes the data file and touches no other line of it', async () => {
  const { page, faults } = await openBench('file=form')
  const before = stored('data/limits.json') ?? ''
  await page.getByRole('textbox', { name: 'Extensions of one session' }).fill('7')
  await expect.poll(() => stored('data/limits.json')).toBe(before.replace('"max_extensions": 3', '"max_extensions": 7'))
  await page.getByRole('textbox', { name: 'Extensions of one session' }).fill('many')
  await page.getByText('A whole number from 0 to 100.').waitFor()
  expect(stored('data/limits.json')).toContain('"max_extensions": 7')
  const rows = [
    ['Regions', 'Region', 'emea', 0],
    ['Opening hours', 'Site', 'Hall 3', 0],
    ['Who may approve', 'Site', 'Hall 3', 0],
    ['Who may approve', 'Product line', 'press', 1],
    ['Requests that are refused', 'Product line', 'press', 0],
    ['Requests that are refused', 'Service', 'hmi', 1],
  ] as const
  for (const [section, label, name, nth] of rows) {
    const group = page.getByRole('group', { name: section, exact: true })
    await group.getByRole('textbox', { name: label, exact: true }).fill(name)
    await group.getByRole('button', { name: 'Add', exact: true }).nth(nth).press('Enter')
    await group.getByRole('button', { name: `Remove ${name}`, exact: true }).waitFor()
  }
  await expect.poll(() => stored('data/opening_hours.json')).toContain('"friday": [{ "from": "07:00", "to": "17:00" }]')
  await expect.poll(() => stored('data/request_rules.json')).toContain('"hmi": [{ "effect": "deny", "methods": ["POST"], "path": "/*" }]')
  await wellMade(page, faults)
})

test('a replay shows how far it is, what it found, newly allowed first, and why each is so', async () => {
  const { page, faults } = await openBench('pane=replay')
  const pane = page.getByRole('region', { name: 'Pane' })
  await pane.getByRole('button', { name: 'Replay', exact: true }).last().click()
  await pane.getByRole('progressbar').waitFor()
  await pane.getByText('48,211 decisions in 4.1 s.').waitFor()
  const rows = pane.getByRole('list', { name: 'Decisions that change' }).getByRole('listitem')
  await rows.first().getByText('Newly allowed').waitFor()
  await rows.first().getByRole('button').first().click()
  const drawer = page.getByRole('dialog')
  await drawer.getByRole('row', { name: 'region not satisfied satisfied' }).waitFor()
  await wellMade(page, faults)
})

test('a cell of the matrix says what differs, and opens to the rules of both', async () => {
  const { page, faults } = await openBench('pane=matrix&wide=1')
  await page.getByRole('button', { name: /^Mia Bauer and Press 7: can open it .*, newly gets in/ }).click()
  await page.getByRole('dialog').getByRole('row', { name: 'region not satisfied satisfied' }).first().waitFor()
  await wellMade(page, faults)
})

test('the author cannot review, somebody else can, and what denies more asks a second time', async () => {
  const address = `/policy/revisions/${submittedRevision}?file=${region}`
  const author = await started.signedIn('sam')
  await author.page.goto(started.gateway.origin + address)
  await author.page.getByText('You wrote this revision: somebody else has to review it.').waitFor()
  await author.page.context().close()

  const { page, faults } = await started.signedIn('ines', { viewport: { width: 1440, height: 900 } })
  await page.goto(started.gateway.origin + address)
  await page.locator('.cm-line-comment').waitFor()
  await page.getByRole('button', { name: 'Comment on the line of the cursor' }).click()
  await page.getByRole('textbox', { name: `Comment on ${region}, line 1` }).fill('Why?')
  await page.getByRole('button', { name: 'Add the comment' }).click()
  await page.locator('.cm-line-comment', { hasText: 'Why?' }).waitFor()
  await page.getByRole('textbox', { name: 'Reason' }).fill('Looks right')
  await page.getByRole('button', { name: 'Approve', exact: true }).click()
  await page.getByText('Ines Duarte approved it').waitFor()

  started.gateway.policy.state.deniesMore = 12.5
  await page.getByRole('button', { name: 'Look at the impact, then activate' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('link', { name: 'Mia Bauer on Press 1' }).waitFor()
  await dialog.getByRole('textbox', { name: 'Reason' }).fill('It is meant')
  await dialog.getByRole('button', { name: 'Activate', exact: true }).click()
  await dialog.getByRole('button', { name: 'Activate although 12.5% would be denied' }).click()
  await page.getByText('Activation 4: it decides now. 1 session ended.').waitFor()
  await wellMade(page, faults)
})

test('whoever may only read sees everything and can change nothing', async () => {
  const { page, faults, text } = await openBench(`file=${region}`, 'ari')
  await text.waitFor()
  await page.getByText('To read only').waitFor()
  expect(await page.getByRole('button', { name: /^(Format|New file|Rename|Delete)/ }).count()).toBe(0)
  await text.click()
  await page.keyboard.type('x')
  expect(await text.innerText()).not.toMatch(/^x/u)
  const written = started.gateway.requests.filter(({ method, path }) => method === 'PUT' && path.startsWith('/policy'))
  expect(written.map(({ path }) => path)).toEqual([])
  await wellMade(page, faults)
})
