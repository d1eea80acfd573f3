import type { Page } from 'playwright-core'

/** What people do at the pages of portal and panel, for journeys that are about something else. */

export async function signInAtPortal(
  page: Page,
  portal: string,
  account: { readonly username: string; readonly password: string },
): Promise<void> {
  await page.goto(portal)
  await page
    .getByRole('button', { name: 'Sign in' })
    .or(page.getByRole('link', { name: 'Sign in' }))
    .click()
  await page.getByLabel('User name').fill(account.username)
  await page.getByLabel('Password').fill(account.password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('checkbox', { name: 'I have read it and accept it.' }).check()
  await page.getByRole('button', { name: 'Accept the undertaking' }).click()
  await page.getByRole('heading', { name: 'Machines', level: 1 }).waitFor()
}

export async function askAtPortal(page: Page, { machine, reason }: { readonly machine: string; readonly reason: string }): Promise<void> {
  await page.getByRole('link', { name: machine }).click()
  await page
    .getByRole('link', { name: /^Ask for/ })
    .or(page.getByRole('button', { name: /^Ask for/ }))
    .first()
    .click()
  await page.getByLabel('Reason').fill(reason)
  await page.getByRole('button', { name: 'Ask the operator' }).click()
}

/** Opens the only service that was approved without the bar: the page of the machine. */
export async function openAtPortal(page: Page): Promise<Page> {
  const opened = page.context().waitForEvent('page')
  await page.getByRole('button', { name: /: open without the bar$/ }).click()
  return opened
}

/** Waits for a request with this reason, then presses the remote service button. */
export async function allowAtPanel(
  page: Page,
  { operator, reason }: { readonly operator: string; readonly reason: string },
): Promise<void> {
  await page.getByText(reason).waitFor()
  await page.getByRole('radio', { name: operator }).check({ force: true })
  await page.getByRole('button', { name: /^Remote service/ }).click()
  await page.getByRole('button', { name: 'End now' }).waitFor()
}
