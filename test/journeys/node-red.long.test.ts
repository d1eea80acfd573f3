import { join } from 'node:path'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launchChromium } from '../support/chromium.ts'
import { addNode, debugPayloads, deploy, drawWire, editorReady, inject, nodes, signInAtEditor, wires } from '../support/node-red-editor.ts'
import { runNodeRed, type NodeRedUser, type RunningNodeRed } from '../support/node-red.ts'
import { allowAtPanel, askAtPortal, openAtPortal, signInAtPortal } from '../support/people-at-pages.ts'
import { runInstallation, type RunningInstallation } from '../support/running-installation.ts'
import { watchPages, type WatchedPages, type WatchedSocket } from '../support/watched-pages.ts'

/** Node-RED's own users: one who sits before it, one who comes through the gateway. It keeps settings for each. */
const local = { username: 'local', password: 'before-the-machine' }
const remote = { username: 'remote', password: 'wires-and-nodes' }
const within = { timeout: 10_000 }
const reason = 'The dosing flow drops messages'

/** Pictures for whoever wants to look: `SALLYPORT_PICTURES=DIR npm test`. */
const pictures = process.env['SALLYPORT_PICTURES']

describe('Node-RED as the machine, which nobody here wrote', () => {
  let nodeRed: RunningNodeRed
  let installation: RunningInstallation
  let browser: Browser
  let technician: Page
  let operator: Page
  let editor: Page
  let atTheMachine: BrowserContext
  let direct: WatchedPages
  let proxied: WatchedPages

  beforeAll(async () => {
    nodeRed = await runNodeRed([local, remote])
    const service = { kind: 'http', target: `127.0.0.1:${nodeRed.port}`, title: 'Node-RED' }
    installation = await runInstallation({ agent: { services: { hmi: service } } })
    browser = await launchChromium()
    technician = await newPage()
    operator = await newPage()
  }, 300_000)

  afterAll(async () => {
    await browser?.close()
    await installation?.[Symbol.asyncDispose]()
    await nodeRed?.[Symbol.asyncDispose]()
  })

  const newPage = async (): Promise<Page> =>
    (await browser.newContext({ locale: 'en-GB', viewport: { width: 1280, height: 800 } })).newPage()
  const picture = async (page: Page, name: string): Promise<void> => {
    if (pictures !== undefined) await page.screenshot({ path: join(pictures, `node-red-${name}.png`) })
  }
  /** The editor's own, not the recorder's. */
  const socketOf = ({ sockets }: WatchedPages): WatchedSocket | undefined =>
    sockets.filter(({ socket }) => !socket.url().includes('/.sallyport/')).at(-1)
  const comms = (): WatchedSocket => {
    const socket = socketOf(proxied)
    if (socket === undefined) throw new Error('the editor has opened no WebSocket')
    return socket
  }
  /** Presses inject and waits for the time of that moment, in the sidebar and in a frame of the WebSocket. */
  const injectedTimeArrives = async (): Promise<void> => {
    const count = (await debugPayloads(editor)).length
    const pressedAt = Date.now()
    await inject(editor)
    await expect.poll(() => debugPayloads(editor), within).toHaveLength(count + 1)
    const payload = (await debugPayloads(editor)).at(-1) ?? ''
    expect(Number(payload)).toBeGreaterThanOrEqual(pressedAt)
    const debugFrames = comms().received.filter((frame) => frame.includes('"topic":"debug"'))
    expect(debugFrames.at(-1)).toContain(`"msg":"${payload}"`)
  }

  const tokenOfItsOwn = (): Promise<unknown> => editor.evaluate('localStorage.getItem("auth-tokens")')

  /** Signs in at Node-RED's own page; resolves when the editor has loaded everything and has said all that it says by itself. */
  const enter = async (page: Page, watched: WatchedPages, user: NodeRedUser): Promise<void> => {
    await page.getByRole('button', { name: 'Login' }).waitFor()
    await picture(page, `login-${user.username}`)
    await signInAtEditor(page, user)
    await editorReady(page)
    await expect.poll(() => socketOf(watched)?.received[0], within).toBe('{"auth":"ok"}')
    await expect.poll(() => watched.answers, within).toContain('POST /settings/user 204')
  }

  it('loads its editor directly, to know what is its own', async () => {
    const page = await newPage()
    atTheMachine = page.context()
    direct = watchPages(page.context(), ({ port }) => port === String(nodeRed.port))
    await page.goto(`http://127.0.0.1:${nodeRed.port}/`)
    await enter(page, direct, local)
  })

  it('loads its editor through the gateway with the same answers and no other complaint, after its own login', async () => {
    await signInAtPortal(technician, installation.portal, { username: 'mia', password: installation.password('mia') })
    await operator.goto(installation.agent.ready.pairing_url)
    await askAtPortal(technician, { machine: 'Press 7', reason })
    await allowAtPanel(operator, { operator: 'Olga Neumann', reason })
    proxied = watchPages(technician.context(), ({ hostname }) => hostname.endsWith('.machines.localhost'))
    editor = await openAtPortal(technician)
    await enter(editor, proxied, remote)
    const ours = (answer: string): boolean => /^GET \/\.sallyport\/(?:enter\?code=|recorder-)/.test(answer)
    const onlyOneHas = (): string[] => [...direct.answers.symmetricDifference(proxied.answers)].filter((answer) => !ours(answer))
    await expect.poll(onlyOneHas, within).toEqual([])
    expect(direct.answers.size).toBeGreaterThan(50)
    expect(proxied.problems.toSorted()).toEqual(direct.problems.toSorted())
    await atTheMachine.close()
  })

  it('takes nodes and a wire, deploys them, and its debug message arrives over its WebSocket', async () => {
    await addNode(editor, 'inject', { x: 160, y: 160 })
    await addNode(editor, 'debug', { x: 480, y: 160 })
    await drawWire(editor)
    await deploy(editor)
    await injectedTimeArrives()
    await picture(editor, 'debug')
  })

  it('has the deployed flow after a reload, still signed in', async () => {
    await editor.reload()
    await editorReady(editor)
    expect({ nodes: await nodes(editor).count(), wires: await wires(editor).count() }).toEqual({ nodes: 2, wires: 1 })
    await injectedTimeArrives()
    expect(proxied.problems.toSorted()).toEqual(direct.problems.toSorted())
  })

  it('is cut off within a second when the operator ends it, and the page says who', async () => {
    expect(await tokenOfItsOwn()).not.toBeNull()
    const closed = comms()
      .socket.waitForEvent('close', { timeout: 10_000 })
      .then(() => Date.now())
    const pressedAt = Date.now()
    await operator.getByRole('button', { name: 'End now' }).click()
    expect((await closed) - pressedAt).toBeLessThan(1_000)
    await editor.reload()
    await editor.getByText('The operator ended it at the machine.').waitFor()
    await picture(editor, 'over')
    expect(await tokenOfItsOwn(), 'the login of the machine stays in the browser after the session').toBeNull()
  })
})
