import { once } from 'node:events'
import { createServer } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import type { Frame, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { barInBrowser, type BarInBrowser } from '../support/bar-in-browser.ts'
import { launchChromium } from '../support/chromium.ts'
import {
  addNode,
  debugPayloads,
  deploy,
  drawWire,
  editorReady,
  inject,
  signInAtEditor,
  type EditorPage,
} from '../support/node-red-editor.ts'
import { runNodeRed, type RunningNodeRed } from '../support/node-red.ts'
import { allowAtPanel, askAtPortal, signInAtPortal } from '../support/people-at-pages.ts'
import { runInstallation } from '../support/running-installation.ts'
import { watchPages } from '../support/watched-pages.ts'

const within = { timeout: 10_000, interval: 20 }

describe('the bar of a real session, from the portal to the operator’s panel', () => {
  const parts = new AsyncDisposableStack()
  let technician: Page
  let operator: Page
  let bar: Page

  beforeAll(async () => {
    const machine = createServer((_, response) => {
      response.setHeader('content-type', 'text/html')
      response.setHeader('x-frame-options', 'SAMEORIGIN')
      response.end('<!doctype html><html lang="en"><title>Press 7</title><h1>The press</h1>')
    }).listen(0, '127.0.0.1')
    parts.defer(() => {
      machine.closeAllConnections()
      machine.close()
    })
    await once(machine, 'listening')
    const target = `127.0.0.1:${(machine.address() as AddressInfo).port}`
    const installation = parts.use(
      await runInstallation({ agent: { services: { hmi: { kind: 'http', target, title: 'Operating panel' } } } }),
    )
    const browser = await launchChromium()
    parts.defer(() => browser.close())
    const newPage = async (): Promise<Page> =>
      (await browser.newContext({ locale: 'en-GB', viewport: { width: 1280, height: 800 } })).newPage()
    technician = await newPage()
    operator = await newPage()
    await signInAtPortal(technician, installation.portal, { username: 'mia', password: installation.password('mia') })
    await operator.goto(installation.agent.ready.pairing_url)
    const reason = 'The dosing drifts'
    await askAtPortal(technician, { machine: 'Press 7', reason })
    await allowAtPanel(operator, { operator: 'Olga Neumann', reason })
    const opened = technician.context().waitForEvent('page')
    await technician.getByRole('button', { name: 'Open Operating panel' }).click()
    bar = await opened
  }, 300_000)
  afterAll(() => parts.disposeAsync())

  it('shows the machine’s page, and that the operator at the panel sees it', async () => {
    await bar.frameLocator('#machine').getByRole('heading', { name: 'The press' }).waitFor()
    const header = bar.getByRole('banner')
    await header.getByText('Live', { exact: true }).waitFor()
    await header.getByText('Operator watches').waitFor()
    await header.getByText('Recorded', { exact: true }).waitFor()
    expect(await bar.getByRole('timer').textContent()).toMatch(/^\d+:\d\d/)
    expect(new URL(bar.url()).search).toBe('')
  })

  it('is told when the operator’s panel is gone, and when it is back', async () => {
    const address = operator.url()
    await operator.goto('about:blank')
    await bar.getByRole('banner').getByText('No panel connected').waitFor({ timeout: 14_000 })
    await operator.goto(address)
    await bar.getByRole('banner').getByText('Operator watches').waitFor()
  })

  it('carries what both write', async () => {
    await bar.getByRole('button', { name: 'Chat' }).click()
    await bar.getByRole('textbox', { name: 'Write a message' }).fill('May I move the axis?')
    await bar.getByRole('button', { name: 'Send' }).click()
    await operator.getByRole('button', { name: /^Mia Brandt: / }).click()
    await operator.getByText('May I move the axis?').first().waitFor()
    await operator.getByRole('textbox', { name: 'Write a message' }).fill('Yes, go on')
    await operator.getByRole('button', { name: 'Send' }).click()
    await bar.getByRole('log').getByText('Yes, go on').waitFor()
    await bar.keyboard.press('Escape')
  })

  it('says that the operator paused it', async () => {
    await operator.getByRole('button', { name: 'Pause', exact: true }).click()
    await bar.getByRole('banner').getByText('Paused', { exact: true }).waitFor()
    await operator.getByRole('button', { name: 'Go on', exact: true }).click()
    const dialog = operator.getByRole('dialog', { name: 'Go on' })
    await dialog.getByRole('radio', { name: 'Olga Neumann' }).check({ force: true })
    await dialog.getByRole('button', { name: 'Go on', exact: true }).click()
    await bar.getByRole('banner').getByText('Live', { exact: true }).waitFor()
  })

  it('ends it, at the machine too', async () => {
    await bar.getByRole('button', { name: 'End session' }).click()
    await bar.getByRole('heading', { name: /^Mia Brandt ended the session\.$/ }).waitFor()
    await operator.getByRole('heading', { name: 'Nobody is in this machine' }).waitFor()
    await technician.getByRole('heading', { name: /Mia Brandt ended the session/ }).waitFor()
    await expect.poll(() => bar.locator('iframe').count(), within).toBe(0)
  })
})

describe('Node-RED’s editor in the bar', () => {
  const user = { username: 'remote', password: 'wires-and-nodes' }
  let nodeRed: RunningNodeRed
  let around: BarInBrowser
  let bar: Page
  let frame: Frame

  beforeAll(async () => {
    nodeRed = await runNodeRed([user])
    around = await barInBrowser({
      raw: (socket) => {
        const machine = connect(nodeRed.port, '127.0.0.1')
        socket.on('error', () => machine.destroy()).pipe(machine)
        machine.on('error', () => socket.destroy()).pipe(socket)
      },
    })
  }, 300_000)
  afterAll(async () => {
    await around?.[Symbol.asyncDispose]()
    await nodeRed?.[Symbol.asyncDispose]()
  })

  it('signs in, drags, wires, deploys, and hears of it over its WebSocket, without a complaint', async () => {
    const watched = watchPages(around.context, ({ hostname }) => hostname.endsWith('.machines.localhost'))
    bar = await around.open()
    frame = await around.frameOf(bar)
    const editor: EditorPage = {
      mouse: bar.mouse,
      locator: frame.locator.bind(frame),
      getByRole: frame.getByRole.bind(frame),
      getByLabel: frame.getByLabel.bind(frame),
    }
    await editor.getByRole('button', { name: 'Login' }).waitFor()
    await signInAtEditor(editor, user)
    await editorReady(editor)
    await addNode(editor, 'inject', { x: 160, y: 160 })
    await addNode(editor, 'debug', { x: 480, y: 160 })
    await drawWire(editor)
    await deploy(editor)
    await inject(editor)
    await expect.poll(() => debugPayloads(editor), within).toHaveLength(1)
    await bar.getByRole('banner').getByText('Recorded', { exact: true }).waitFor()
    const pictures = process.env['SALLYPORT_PICTURES']
    if (pictures !== undefined) await bar.screenshot({ path: `${pictures}/bar-node-red.png` })
    expect(watched.problems.filter((problem) => !problem.includes('401'))).toEqual([])
  })
})
