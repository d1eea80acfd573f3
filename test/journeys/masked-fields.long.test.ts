import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { buildPages } from '../../admin-ui/dev/build-pages.ts'
import { createStepReader, type Step } from '../../admin-ui/panel/mirror/read-steps.ts'
import type { RecordingMode } from '../../agent/wire/mirror.ts'
import type { MirroredPage } from '../../gateway/proxy/testing/mirrored-page.ts'
import { proxyWorld, service, sessionId } from '../../gateway/proxy/testing/proxy-world.ts'
import { launchChromium } from '../support/chromium.ts'

let browser: Browser
let recorder: Buffer
beforeAll(async () => {
  const pages = await buildPages()
  recorder = await readFile(join(pages.portal, 'recorder.js'))
  await pages.remove()
  browser = await launchChromium()
}, 60_000)
afterAll(() => browser.close())

/** Every kind of field; what must never be seen has 4711 in it, what is seen by mode has its own word. */
const form = `<!doctype html><html><head><title>Press 7</title></head><body><h1>Drive</h1>
<label>Speed <input id="speed" type="number" value="10"></label>
<label>Shift <select id="shift"><option value="e">Early</option><option value="l">Late</option></select></label>
<label>Job <input id="job" value="first-job"></label>
<label>Note <textarea id="note">first-note</textarea></label>
<div id="free" contenteditable>first-free</div>
<label>Password <input id="secret" name="secret" type="password"></label><button id="eye" type="button">Eye</button>
<label>Code <input id="code" autocomplete="one-time-code"></label>
<label>Card <input id="card" autocomplete="section-a cc-number"></label>
<label>Dots <input id="dotted" style="-webkit-text-security: disc"></label>
<input type="hidden" id="token" value="token-4711"><input id="preset" type="password" value="preset-4711">
<span id="place"></span><button id="done" type="button" onclick="document.querySelector('h1').textContent='All done'">Done</button>
<script>
  preset.value = ''
  eye.onclick = () => {
    // In one turn with its event: before anybody could note that it was a password.
    secret.type = 'text'
    secret.dispatchEvent(new Event('input', { bubbles: true }))
  }
</script></body></html>`

async function recorded(recording: RecordingMode, act: (page: Page) => Promise<void>): Promise<MirroredPage> {
  const machine = createServer((_req, res) => void res.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(form))
  await using world = await proxyWorld({ machine, recorder })
  world.authority.recording = recording
  const context = await browser.newContext()
  const page = await context.newPage()
  await page.goto((await world.proxy.mint(sessionId, service, 'mia')).href)
  const shown = (): MirroredPage | undefined => world.authority.pages.at(-1)
  const said = (text: string): boolean => shown()?.lines.join('').includes(text) === true
  await vi.waitUntil(() => said('"type":2'), { timeout: 20_000 })
  await act(page)
  await page.click('#done')
  await vi.waitUntil(() => said('All done'), { timeout: 20_000 })
  await context.close()
  return shown()!
}

async function fillAll(page: Page): Promise<void> {
  await page.fill('#speed', '12')
  // By the keyboard: what a script chooses (`selectOption`) is no act of a person.
  await page.focus('#shift')
  await page.keyboard.press('ArrowDown')
  await page.fill('#job', 'second-job')
  await page.fill('#note', 'second-note')
  await page.fill('#free', 'second-free')
  await page.fill('#code', 'code-4711')
  await page.fill('#card', 'card-4711')
  await page.fill('#dotted', 'dotted-4711')
  await page.fill('#secret', 'hunter-4711')
  await page.click('#eye')
  await page.fill('#secret', 'again-4711')
  // An eye of another kind: a text field in the place of the password, with what is in it, and one that is empty.
  await page.evaluate(`place.innerHTML = '<input id="plain" value="again-4711"><input id="renamed" name="secret">'`)
  await page.fill('#plain', 'plain-4711')
  await page.fill('#renamed', 'renamed-4711')
  await page.evaluate(`token.value = 'token-2-4711'; preset.setAttribute('value', 'preset-2-4711')`)
}

const stepsOf = (shown: MirroredPage): Step[] => {
  const reader = createStepReader('p')
  const steps = new Map<string, Step>()
  const batches = shown.batches.filter(({ events }) => events.length > 0)
  for (const [n, batch] of batches.entries())
    for (const step of reader.read({ page: 'p', n, at: n, fresh: n === 0, batch }, null)) steps.set(step.key, step)
  return [...steps.values()]
}
const changes = (shown: MirroredPage): unknown[] =>
  stepsOf(shown).flatMap((step) => (step.kind === 'changed' ? [[step.what, step.from, step.to]] : []))

describe('a page with fields of every kind, where the customer', () => {
  it('shows passwords as dots alone: what was changed is told from what to what', async () => {
    const shown = await recorded('mask_passwords', fillAll)
    const everything = shown.lines.join('\n')
    expect(everything.match(/[\w-]*4711/g) ?? []).toEqual([])
    for (const word of ['first-job', 'second-job', 'first-note', 'second-note', 'first-free', 'second-free'])
      expect(everything).toContain(word)
    expect(changes(shown)).toEqual(
      expect.arrayContaining([
        ['Speed', '10', '12'],
        ['Shift', 'Early', 'Late'],
        ['Job', 'first-job', 'second-job'],
        ['Note', 'first-note', 'second-note'],
      ]),
    )
  }, 60_000)

  it('shows free text as dots too: measures and choices are told', async () => {
    const shown = await recorded('mask_texts', fillAll)
    const everything = shown.lines.join('\n')
    expect(everything.match(/[\w-]*4711|(?:first|second)-\w+/g) ?? []).toEqual([])
    expect(changes(shown)).toEqual(
      expect.arrayContaining([
        ['Speed', '10', '12'],
        ['Shift', 'Early', 'Late'],
      ]),
    )
  }, 60_000)

  it('shows every field as dots', async () => {
    const shown = await recorded('mask_all', fillAll)
    expect(shown.lines.join('\n').match(/[\w-]*4711|(?:first|second)-\w+/g) ?? []).toEqual([])
    expect(JSON.stringify(changes(shown))).not.toMatch(/"1[02]"|Late/)
  }, 60_000)
})
