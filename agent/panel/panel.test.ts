import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request as httpRequest } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { systemClock } from '../basics/clock.ts'
import { silentLogger } from '../basics/logger.ts'
import { systemRandom } from '../basics/random.ts'
import { readSettings } from '../settings/read-settings.ts'
import { startAgent } from '../start-agent.ts'
import type { RunningAgent } from '../running-agent.ts'
import { testPanel } from '../testing/test-panel.ts'
import type { TestPanel } from '../testing/test-panel.ts'
import type { PanelState } from './panel-api.ts'

let folder: string
let agent: RunningAgent
let panel: TestPanel
let port: string
let printed: string[]

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'agent-panel-'))
  mkdirSync(join(folder, 'pages/assets'), { recursive: true })
  writeFileSync(
    join(folder, 'pages/index.html'),
    '<meta property="csp-nonce" nonce="__CSP_NONCE__"><script type="module" src="/assets/a-1.js"></script>',
  )
  writeFileSync(join(folder, 'pages/assets/a-1.js'), 'export {}')
  writeFileSync(join(folder, 'secret.json'), '{}')
  printed = []
  const settings = readSettings({
    text: JSON.stringify({
      gateway: { tunnel: '127.0.0.1:1', est: 'https://127.0.0.1:1', caFile: 'none.pem', trustDomain: 'acme.example' },
      device: { id: 'press-1', name: 'Press 1', site: 'Hall 3' },
      enrolment: { password: 'x' },
      stateDir: join(folder, 'state'),
      panel: { port: 0, pagesDir: join(folder, 'pages') },
      remoteService: 'on',
      operators: ['Olga'],
      services: { hmi: { kind: 'http', target: '127.0.0.1:8080' } },
    }),
    baseDir: folder,
    defaultPagesDir: folder,
  })
  agent = await startAgent({
    settings,
    clock: systemClock,
    random: systemRandom,
    logger: silentLogger,
    onPairingUrl: (url) => printed.push(url),
  })
  panel = testPanel(agent.panelUrl)
  port = new URL(agent.panelUrl).port
})

afterEach(async () => {
  await agent.close()
  rmSync(folder, { recursive: true })
})

const codeOf = (answer: { body: string }): unknown => (JSON.parse(answer.body) as { code: unknown }).code

describe('the panel', () => {
  it('shows its state without a gateway, and why there is none', async () => {
    await panel.pair(agent.pairingUrl)
    await vi.waitFor(async () =>
      expect((await panel.state()).connection).toMatchObject({
        state: 'enrolment_failed',
        reason: 'bad_ca_file',
        next_attempt_at: expect.any(Number),
      }),
    )
    expect(await panel.state()).toMatchObject({
      device: { id: 'press-1', name: 'Press 1', site: 'Hall 3' },
      operators: ['Olga'],
      services: [{ name: 'hmi', title: 'hmi', kind: 'http', enabled: true }],
      remote: { on: true, by: null, since: null },
      pins: false,
      request: null,
      session: null,
      history: [],
      acts: [],
      quiet: [],
    })
  })

  it('answers nobody who is not paired, and pairs with each code once', async () => {
    expect(codeOf(await panel.call('GET', '/api/state'))).toBe('not_paired')
    const { pairingUrl } = agent
    await panel.pair(pairingUrl)
    expect((await panel.call('GET', '/api/state')).status).toBe(200)
    const code = pairingUrl.split('#pair=')[1]
    expect(codeOf(await panel.call('POST', '/api/pair', { body: { code } }))).toBe('wrong_code')
    expect(agent.pairingUrl).not.toBe(pairingUrl)
    for (const secret of ['', 'x', panel.secret.slice(1), `${panel.secret}x`])
      expect((await panel.call('GET', '/api/state', { headers: { 'sallyport-panel': secret } })).status).toBe(401)
  })

  it('voids a code after five wrong ones, prints another, and takes none for a while', async () => {
    const { pairingUrl } = agent
    for (let tries = 1; tries <= 4; tries++)
      expect(codeOf(await panel.call('POST', '/api/pair', { body: { code: 'wrong' } }))).toBe('wrong_code')
    expect((await panel.call('POST', '/api/pair', { body: { code: 'wrong' } })).status).toBe(429)
    expect(printed).toEqual([agent.pairingUrl])
    expect(printed[0]).not.toBe(pairingUrl)
    expect((await panel.call('POST', '/api/pair', { body: { code: agent.pairingUrl.split('#pair=')[1] } })).status).toBe(429)
  })

  it.each<[string, () => Record<string, string>]>([
    ['another Host', () => ({ host: `evil.example:${port}` })],
    ['a Host without a port', () => ({ host: '127.0.0.1' })],
    ['another Origin', () => ({ origin: 'http://127.0.0.1:8080' })],
    ['the Origin null', () => ({ origin: 'null' })],
    ['its own name in another spelling as Origin', () => ({ host: `127.0.0.1:${port}`, origin: `http://localhost:${port}` })],
    ['a page of the same site', () => ({ 'sec-fetch-site': 'same-site' })],
    ['a page of another site', () => ({ 'sec-fetch-site': 'cross-site' })],
  ])('refuses a request with %s, to pages and API alike', async (_what, headers) => {
    await panel.pair(agent.pairingUrl)
    for (const path of ['/', '/api/state'])
      expect(codeOf(await panel.call('GET', path, { headers: headers() })), path).toBe('foreign_origin')
    const pairing = await panel.call('POST', '/api/pair', { body: { code: agent.pairingUrl.split('#pair=')[1] }, headers: headers() })
    expect(pairing.status).toBe(403)
  })

  it('takes its own three names', async () => {
    await panel.pair(agent.pairingUrl)
    for (const name of ['127.0.0.1', 'localhost', '[::1]']) {
      const host = `${name}:${port}`
      expect(
        (await panel.call('GET', '/api/state', { headers: { host, origin: `http://${host}`, 'sec-fetch-site': 'same-origin' } })).status,
      ).toBe(200)
    }
  })

  it('refuses two Host fields', async () => {
    const socket = connect(Number(port), '127.0.0.1')
    socket.write(`GET / HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nHost: evil.example\r\nConnection: close\r\n\r\n`)
    let text = ''
    for await (const chunk of socket) text += String(chunk)
    expect(text).toMatch(/^HTTP\/1\.1 40[03] /)
  })

  it('gives no other page leave to ask: no CORS, no cookies, no frames', async () => {
    const preflight = await panel.call('OPTIONS', '/api/state', { headers: { 'access-control-request-method': 'GET' } })
    expect(preflight.status).toBeGreaterThanOrEqual(400)
    const page = await panel.call('GET', '/')
    for (const answer of [preflight, page]) {
      for (const name of Object.keys(answer.headers)) expect(name).not.toMatch(/^(access-control-|set-cookie)/)
    }
    const nonce = /nonce="([^"]+)"/.exec(page.body)?.[1]
    expect(page.headers['content-security-policy']).toContain(`style-src 'self' 'nonce-${nonce}'`)
    expect(page.headers['content-security-policy']).toContain("frame-ancestors 'none'")
    expect((await panel.call('GET', '/')).body).not.toContain(nonce)
    expect(page.headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' })
  })

  it('serves the files of its folder and nothing beside it', async () => {
    expect(await panel.call('GET', '/assets/a-1.js')).toMatchObject({
      status: 200,
      headers: { 'content-type': 'text/javascript; charset=utf-8' },
    })
    for (const path of [
      '/../secret.json',
      '/assets/../../secret.json',
      '/%2e%2e/secret.json',
      '/..%2fsecret.json',
      '//secret.json',
      '/.hidden.js',
      '/assets',
      '/nope.js',
      '/a\\b.js',
    ]) {
      expect((await panel.call('GET', path)).status, path).toBe(404)
    }
    expect((await panel.call('POST', '/')).status).toBe(405)
  })

  it('refuses bad bodies with a problem that names what is wrong', async () => {
    await panel.pair(agent.pairingUrl)
    const path = '/api/switches/hmi'
    expect(codeOf(await panel.call('POST', path, { body: 'x=1', headers: { 'content-type': 'application/x-www-form-urlencoded' } }))).toBe(
      'not_json',
    )
    expect(codeOf(await panel.call('POST', path, { body: '{' }))).toBe('bad_request')
    expect(codeOf(await panel.call('POST', path, { body: { enabled: 'no', operator: 'Olga' } }))).toBe('bad_request')
    expect(codeOf(await panel.call('POST', path, { body: { enabled: false, operator: 'Olga', force: true } }))).toBe('bad_request')
    expect(codeOf(await panel.call('POST', path, { body: { enabled: false, operator: 'Mallory' } }))).toBe('unknown_operator')
    expect(codeOf(await panel.call('POST', '/api/switches/nope', { body: { enabled: false, operator: 'Olga' } }))).toBe('unknown_service')
    expect(codeOf(await panel.call('POST', path, { body: { enabled: false, operator: 'x'.repeat(20_000) } }))).toBe('too_large')
    expect(codeOf(await panel.call('POST', '/api/requests/%E0/approve', { body: {} }))).toBe('bad_request')
    expect(codeOf(await panel.call('POST', '/api/requests/ses_x/approve', { body: { digest: 'x', operator: 'Olga' } }))).toBe(
      'no_such_request',
    )
    // A request can be refused by nobody in particular; let in it cannot be.
    for (const [act, body, code] of [
      ['refuse', { operator: null, how: 'refused' }, 'no_such_request'],
      ['approve', { operator: null }, 'bad_request'],
    ] as const)
      expect(codeOf(await panel.call('POST', `/api/requests/ses_x/${act}`, { body }))).toBe(code)
    expect(codeOf(await panel.call('GET', path))).toBe('method_not_allowed')
    expect(codeOf(await panel.call('GET', '/api/nope'))).toBe('not_found')
    expect((await panel.state()).services).toMatchObject([{ enabled: true }])
    expect((await panel.call('POST', '/api/session/end', { body: { operator: null } })).status).toBe(200)
  })

  it('sends whole states as they change', async () => {
    await panel.pair(agent.pairingUrl)
    const states: PanelState[] = []
    const reading = httpRequest({ host: '127.0.0.1', port, path: '/api/events', headers: { 'sallyport-panel': panel.secret } })
    reading.on('error', () => {})
    reading.on('response', (response) => {
      let rest = ''
      response.setEncoding('utf8')
      response.on('error', () => {})
      response.on('data', (chunk: string) => {
        const blocks = (rest + chunk).split('\n\n')
        rest = blocks.pop() ?? ''
        states.push(...blocks.map((block) => JSON.parse(block.replace(/^event: state\ndata: /, '')) as PanelState))
      })
    })
    reading.end()
    await vi.waitFor(() => expect(states.length).toBeGreaterThan(0))
    await panel.call('POST', '/api/switches/hmi', { body: { enabled: false, operator: 'Olga' } })
    await vi.waitFor(() => expect(states.at(-1)?.services).toMatchObject([{ enabled: false }]))
    reading.destroy()
  })
})
