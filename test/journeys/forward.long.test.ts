import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, connect, type AddressInfo, type Server, type Socket } from 'node:net'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { Browser } from 'playwright-core'
import { WebSocket } from 'ws'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { localhostLookup } from '../../gateway/commands/client/localhost-lookup.ts'
import { launchChromium } from '../support/chromium.ts'
import { commandLine } from '../support/command-line.ts'
import type { PanelClient } from '../support/panel-client.ts'
import type { PortalClient } from '../support/portal-client.ts'
import { ServiceAdministrator } from '../support/service-administrator.ts'
import { runInstallation, type RunningInstallation } from '../support/running-installation.ts'

const operator = 'Olga Neumann'

describe('native tools through the command line', () => {
  let installation: RunningInstallation
  let browser: Browser
  let panel: PanelClient
  let echo: Server

  beforeAll(async () => {
    echo = createServer({ allowHalfOpen: true }, (socket) => socket.on('error', () => {}).pipe(socket)).listen(0, '127.0.0.1')
    await once(echo, 'listening')
    const { port } = echo.address() as AddressInfo
    installation = await runInstallation({
      agent: {
        services: {
          plc: { kind: 'tcp', target: `127.0.0.1:${port}`, title: 'PLC' },
          hmi: { kind: 'http', target: `127.0.0.1:${port}`, title: 'Operating panel' },
        },
      },
    })
    browser = await launchChromium()
    panel = await installation.panel()
  }, 90_000)

  afterAll(async () => {
    await browser.close()
    await installation[Symbol.asyncDispose]()
    echo.close()
  })

  const run = (...args: string[]) => commandLine(join(installation.dataDir, 'home'))(...args)

  it('says how to sign in to whoever is not', async () => {
    const machines = run('machines')
    expect(await machines.ended).toBe(3)
    expect(machines.said.join()).toContain('sallyport login')
  })

  it('signs in through the browser, which asks before it allows', async () => {
    const login = run('login', installation.portal, '--no-browser', '--json')
    const address = (await login.lineSaid(/\/command-line\?/)).trim()
    const page = await (await browser.newContext({ locale: 'en-GB' })).newPage()
    await page.goto(address)
    await page.getByRole('link', { name: 'Sign in' }).click()
    await page.getByLabel('User name').fill('mia')
    await page.getByLabel('Password').fill(installation.password('mia'))
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('checkbox', { name: 'I have read it and accept it.' }).check()
    await page.getByRole('button', { name: 'Accept the undertaking' }).click()
    await page.getByRole('heading', { name: 'Allow the command line' }).waitFor()
    await page.getByRole('button', { name: 'Allow', exact: true }).click()
    await page.getByText('You are signed in at the command line.').waitFor()
    expect(await login.ended).toBe(0)
    expect(JSON.parse(login.out.join('')) as object).toMatchObject({ schemaVersion: 1, portal: installation.portal, name: 'Mia Brandt' })
  }, 60_000)

  it('lists what policy lets the technician see', async () => {
    const machines = run('machines', '--json')
    expect(await machines.ended).toBe(0)
    const { schemaVersion, machines: seen } = JSON.parse(machines.out.join('')) as { schemaVersion: number; machines: { id: string }[] }
    expect(schemaVersion).toBe(1)
    expect(seen.map(({ id }) => id)).toContain('press-7')
    const offered = run('complete', '--', 'forward', 'press-7/')
    expect(await offered.ended).toBe(0)
    expect(offered.out).toEqual(['press-7/plc\tPLC'])
    const unknown = run('machines', 'no-such-machine')
    expect(await unknown.ended).toBe(1)
  })

  it('asks the operator, carries bytes both ways whole, and ends when the operator ends it', async () => {
    const forward = run('forward', 'press-7/plc', '--reason', 'Reading the drive parameters', '--json')
    const request = await panel.waitFor((state) => state.request !== null)
    const id = request.request?.session ?? ''
    await forward.lineSaid(/Waiting for the operator at/)
    expect((await panel.approve(id, { operator, services: ['plc'] })).ok).toBe(true)
    const { port } = JSON.parse(await forward.lineOut(/"port"/)) as { port: number }

    const sent = randomBytes(20 * 1024 * 1024)
    const back = await exchange(port, sent)
    expect(createHash('sha256').update(back).digest('hex')).toBe(createHash('sha256').update(sent).digest('hex'))
    const at = await Promise.all(Array.from({ length: 20 }, (_, n) => exchange(port, Buffer.from(`tool ${n}`))))
    expect(at.map(String)).toEqual(Array.from({ length: 20 }, (_, n) => `tool ${n}`))

    const tool = connect(port, '127.0.0.1')
    tool.write('still there?')
    await once(tool, 'data')
    const pressedAt = performance.now()
    // Torn, for the tool to see: an answer that was cut must not look whole.
    const cut = new Promise((resolve) => tool.on('error', resolve).once('end', () => resolve('end')))
    expect((await panel.end(operator)).ok).toBe(true)
    expect(await cut).toMatchObject({ code: 'ECONNRESET' })
    expect(performance.now() - pressedAt).toBeLessThan(1_000)
    expect(await forward.ended).toBe(1)
    expect(forward.said.at(-1)).toContain('ended the session at Press 7')
  }, 60_000)

  it('ends when a fact is taken away on which policy let the technician in', async () => {
    const ada = new ServiceAdministrator(await installation.signIn('ada'))
    const forward = run('forward', 'press-7/plc', '--reason', 'While the training is good', '--json')
    const request = await panel.waitFor((state) => state.request !== null)
    await panel.approve(request.request?.session ?? '', { operator, services: ['plc'] })
    const { port } = JSON.parse(await forward.lineOut(/"port"/)) as { port: number }
    const tool = connect(port, '127.0.0.1')
    tool.write('still there?')
    await once(tool, 'data')
    const cut = new Promise((resolve) => tool.on('error', resolve).once('end', () => resolve('end')))
    const before = await ada.change('mia', { trainings: [] })
    expect(await cut).toMatchObject({ code: 'ECONNRESET' })
    expect(await forward.ended).toBe(1)
    await ada.restore(before)
  }, 60_000)

  it('ends the session that it asked for when it is stopped', async () => {
    const forward = run('forward', 'press-7/plc', '--reason', 'A short look', '--json')
    const request = await panel.waitFor((state) => state.request !== null)
    await panel.approve(request.request?.session ?? '', { operator, services: ['plc'] })
    await forward.lineOut(/"port"/)
    forward.process.kill('SIGINT')
    expect(await forward.ended).toBe(0)
    expect((await panel.waitFor((state) => state.session === null)).session).toBeNull()
  }, 60_000)

  it('refuses a web service, a bad target and a refused request with a sentence and an exit code', async () => {
    const bad = run('forward', 'press-7')
    expect(await bad.ended).toBe(2)
    expect(bad.said.join()).toContain('like press-7/plc')
    const silent = run('forward', 'press-7/plc')
    expect(await silent.ended).toBe(2)
    const refused = run('forward', 'press-7/plc', '--reason', 'Once more')
    const request = await panel.waitFor((state) => state.request !== null)
    await panel.refuse(request.request?.session ?? '', { operator, how: 'refused' })
    expect(await refused.ended).toBe(1)
    expect(refused.said.at(-1)).toContain('refused')
  }, 60_000)

  it('is no way in for a browser, for somebody else, for a web service or for what was not approved', async () => {
    const mia = await installation.signIn('mia')
    const token = JSON.parse(await readFile(join(installation.dataDir, 'home', 'credentials.json'), 'utf8')) as { token: string }
    const bearer = { authorization: `Bearer ${token.token}` }
    const approved = async (person: PortalClient): Promise<string> => {
      const wanted = { machine: 'press-7', services: ['plc', 'hmi'], purpose: 'Somebody else', duration_s: 600 }
      const { body } = await person.api<{ id: string }>('POST', '/api/v1/sessions', wanted)
      await panel.waitFor((state) => state.request?.session === body.id)
      expect((await panel.approve(body.id, { operator, services: ['plc', 'hmi'] })).ok).toBe(true)
      await person.waitForSession(body.id, (session) => session.approved_at !== null)
      return body.id
    }
    const stream = (session: string, service: string): string => `/api/v1/sessions/${session}/services/${service}/stream`
    const answer = (path: string, headers: Record<string, string>): Promise<[number, string]> =>
      upgrade(installation.portal + path, headers)

    const own = await approved(mia)
    const cookie = mia.browser.cookieHeader(new URL(installation.portal).host)
    expect(await answer(stream(own, 'plc'), {})).toEqual([401, 'not_signed_in'])
    expect(await answer(stream(own, 'plc'), { cookie })).toEqual([401, 'not_signed_in'])
    expect(await answer(stream(own, 'plc'), { ...bearer, cookie })).toEqual([401, 'not_signed_in'])
    expect(await answer(stream(own, 'plc'), { ...bearer, origin: installation.portal })).toEqual([401, 'not_signed_in'])
    expect(await answer(stream(own, 'plc'), { authorization: `Bearer ${'x'.repeat(43)}` })).toEqual([401, 'not_signed_in'])
    expect(await answer(stream(own, 'hmi'), bearer)).toEqual([400, 'web_service'])
    expect(await answer(stream(own, 'shell'), bearer)).toEqual([403, 'service_not_approved'])
    for (const path of ['/api/v1/sessions', stream('ses_x', 'plc'), `${stream(own, 'plc')}?x=1`, stream(own, '..')])
      expect(await answer(path, bearer)).toEqual([404, 'not_found'])
    expect(await answer(stream(own, 'plc'), bearer)).toEqual([101, ''])
    await panel.end(operator)
    // At once it may be the machine that refuses, or the access that was withdrawn on the way; never a fault of ours.
    expect((await answer(stream(own, 'plc'), bearer))[0]).not.toBe(500)
    await mia.waitForSession(own, (session) => session.state === 'ended')
    expect(await answer(stream(own, 'plc'), bearer)).toEqual([403, 'session_over'])

    const ada = new ServiceAdministrator(await installation.signIn('ada'))
    const { regions, permissions, trainings } = await ada.person('mia')
    await ada.change('noah', { regions, permissions, trainings })
    const noah = await installation.signIn('noah')
    const foreign = await approved(noah)
    expect(await answer(stream(foreign, 'plc'), bearer)).toEqual([404, 'session_unknown'])
    expect(await answer(stream(`ses_${'0'.repeat(32)}`, 'plc'), bearer)).toEqual([404, 'session_unknown'])
    await panel.end(operator)
  }, 60_000)

  it('signs out, and its token is worth nothing afterwards', async () => {
    expect(await run('logout').ended).toBe(0)
    expect(await run('machines').ended).toBe(3)
  })
})

/** Status of a handshake, and the code of the problem where it was refused. */
function upgrade(url: string, headers: Record<string, string>): Promise<[number, string]> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url.replace(/^http/, 'ws'), { headers, lookup: localhostLookup })
    socket.on('open', () => {
      socket.terminate()
      resolve([101, ''])
    })
    socket.on('error', reject)
    socket.on('unexpected-response', (_request, response) => {
      void text(response).then((body) => resolve([response.statusCode ?? 0, (JSON.parse(body) as { code: string }).code]), reject)
    })
  })
}

/** Sends everything, half-closes, and reads until the other side has ended too. */
function exchange(port: number, bytes: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const socket: Socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
    const chunks: Buffer[] = []
    socket.on('data', (chunk) => chunks.push(chunk))
    socket.on('error', reject)
    socket.on('end', () => resolve(Buffer.concat(chunks)))
    socket.end(bytes)
  })
}
