import type { Locator, Page } from 'playwright-core'
import type { NodeRedUser } from './node-red.ts'

/** The editor's page; or, in a frame, that frame with the mouse of the page around it. */
export type EditorPage = Pick<Page, 'mouse' | 'locator' | 'getByRole' | 'getByLabel'>

/** Node-RED's editor as somebody uses it: with the mouse. */

export async function signInAtEditor(page: EditorPage, { username, password }: NodeRedUser): Promise<void> {
  await page.getByLabel('Username').fill(username)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Login' }).click()
}

/** The editor has loaded its nodes and its flows. */
export async function editorReady(page: EditorPage): Promise<void> {
  await paletteNode(page, 'inject').waitFor()
  await page.locator('#red-ui-loading-progress').waitFor({ state: 'hidden' })
}

/** Drags a node of this kind from the palette to a place on the sheet. */
export async function addNode(page: EditorPage, kind: string, at: { readonly x: number; readonly y: number }): Promise<void> {
  const sheet = await page.locator('#red-ui-workspace-chart').boundingBox()
  const { x = 0, y = 0 } = sheet ?? {}
  const before = await nodes(page).count()
  await drag(page, await centre(paletteNode(page, kind)), { x: x + at.x, y: y + at.y })
  await nodes(page).nth(before).waitFor()
}

/** Draws a wire from the only output on the sheet to the only input. */
export async function drawWire(page: EditorPage): Promise<void> {
  const output = page.locator('.red-ui-flow-port-output .red-ui-flow-port')
  const input = page.locator('.red-ui-flow-port-input .red-ui-flow-port')
  await drag(page, await centre(output), await centre(input))
  // A straight wire has no height, which counts as not to be seen.
  await wires(page).waitFor({ state: 'attached' })
}

export async function deploy(page: EditorPage): Promise<void> {
  await page.locator('#red-ui-header-button-deploy').click()
  await page.locator('#red-ui-header-button-deploy.disabled').waitFor()
}

/** Presses the button of the only inject node; it sends the time. */
export const inject = (page: EditorPage): Promise<void> => page.locator('.red-ui-flow-node-button').first().click()

export const nodes = (page: EditorPage): Locator => page.locator('.red-ui-flow-node-group')
export const wires = (page: EditorPage): Locator => page.locator('path.red-ui-flow-link-line')

/** The payloads in the debug sidebar, oldest first. */
export const debugPayloads = (page: EditorPage): Promise<string[]> => page.locator('.red-ui-debug-msg-payload').allInnerTexts()

const paletteNode = (page: EditorPage, kind: string): Locator => page.locator(`.red-ui-palette-node[data-palette-type="${kind}"]`)

async function centre(locator: Locator): Promise<{ x: number; y: number }> {
  const box = await locator.boundingBox()
  if (box === null) throw new Error('what the mouse should touch is not to be seen')
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 }
}

/** The way has steps, since the editor looks where the mouse goes. */
async function drag(page: EditorPage, from: { x: number; y: number }, to: { x: number; y: number }): Promise<void> {
  await page.mouse.move(from.x, from.y)
  await page.mouse.down()
  await page.mouse.move(to.x, to.y, { steps: 8 })
  await page.mouse.up()
}
