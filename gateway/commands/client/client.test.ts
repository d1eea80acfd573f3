import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import { connect, createServer as createTcpServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { systemClock } from '../../basics/clock.ts'
import { runCommandLine } from '../command-line.ts'
import { createApiClient } from './api-client.ts'
import { readCredentials, writeCredentials } from './credentials.ts'
import { listenForRedirect } from './loopback-redirect.ts'
import { listenForTools } from './tool-listener.ts'

const esc = '\u001B]0;owned\u0007\u009B2J'
const unprintable = /[\u0000-\u0009\u000B-\u001F\u007F-\u009F]/u
const credentials = { portal: 'https://gw.example.com', token: 'a'.repeat(43), expires_at: 4_000_000_000, name: 'Tom' }

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sallyport-client-'))
})
afterEach(async () => {
  vi.unstubAllEnvs()
  vi.restoreAllMocks()
  process.exitCode = undefined
  await rm(folder, { recursive: true, force: true })
})

describe('a portal that answers as it likes', () => {
  let server: Server
  let portal: string
  let answers: Record<string, unknown>
  const asked: string[] = []
  const said: string[] = []
  /** Requests that get no answer. */
  let silence: (key: string) => boolean

  beforeEach(async () => {
    asked.length = 0
    said.length = 0
    answers = {}
    silence = () => false
    server = createServer((request: IncomingMessage, response) => {
      const key = `${request.method} ${(request.url ?? '').split('?')[0]}`
      asked.push(key)
      if (silence(key)) return
      const answer = answers[key]
      response.writeHead(answer === undefined ? 404 : 200, { 'content-type': 'application/json' })
      response.end(JSON.stringify(answer ?? { type: 'about:blank', title: `None ${esc}`, status: 404, code: 'not_found', id: 'x' }))
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    portal = `http://gw.sallyport.localhost:${(server.address() as AddressInfo).port}`
    const file = join(folder, 'credentials.json')
    vi.stubEnv('SALLYPORT_CREDENTIALS', file)
    await writeFile(file, JSON.stringify({ ...credentials, portal }))
    const hear = (chunk: unknown): boolean => said.push(String(chunk)) > 0
    vi.spyOn(process.stdout, 'write').mockImplementation(hear)
    vi.spyOn(process.stderr, 'write').mockImplementation(hear)
  })
  afterEach(() => {
    server.closeAllConnections()
    server.close()
  })

  const run = (...args: string[]): Promise<number> => runCommandLine(['node', 'sallyport', ...args])

  it('sends nothing to the terminal that the terminal would obey', async () => {
    const machine = { id: 'press-7', name: `Press ${esc}`, site: esc, online: true }
    answers['GET /api/v1/machines'] = { items: [machine], next: null }
    answers['GET /api/v1/machines/press-7'] = {
      ...machine,
      services: [
        {
          name: 'plc',
          kind: 'tcp',
          title: esc,
          enabled: true,
          can_request: false,
          denials: [{ code: 'x_y', message: esc, until: 1_795_510_800 }],
        },
      ],
    }
    const text = { reason: esc, remedy: `Wait ${esc}` }
    answers['GET /api/v1/policy/reasons'] = { revision: esc, reasons: { x_y: { granted_by: 'nobody', de: text, en: text } }, missing: {} }
    expect([await run('machines'), await run('machines', 'press-7'), await run('machines', 'other')]).toEqual([0, 0, 1])
    expect(said.join('')).toContain('Press')
    expect(said.join('')).toMatch(/Wait .* Possible from 2026-11-24T/)
    expect(said.join('')).not.toMatch(unprintable)
  })

  it('is never asked for anything but a machine by the name of one', async () => {
    expect(await run('machines', '..')).toBe(2)
    expect(asked).toEqual([])
  })

  const session = {
    id: 'ses_1',
    state: 'requested',
    machine: { id: 'press-7', name: `Press ${esc}` },
    services: [{ name: 'plc', approved: false }],
    approved_at: null,
    approved_by: null,
    expires_at: null,
    end_reason: null,
    ended_by: null,
    end_denials: [],
    tunnel_lost_at: null,
    now: 1,
  }

  it('leaves no session behind that this command asked for and cannot use', async () => {
    answers['GET /api/v1/sessions'] = { items: [], next: null }
    answers['POST /api/v1/sessions'] = session
    answers['GET /api/v1/sessions/ses_1'] = { ...session, state: 'approved', approved_at: 1, approved_by: esc }
    answers['POST /api/v1/sessions/ses_1/end'] = {}
    expect(await run('forward', 'press-7/plc', '--reason', 'x')).toBe(1)
    expect(asked).toContain('POST /api/v1/sessions/ses_1/end')
    expect(said.join('')).not.toMatch(unprintable)

    const taken = createTcpServer().listen(0, '127.0.0.1')
    await once(taken, 'listening')
    answers['GET /api/v1/sessions/ses_1'] = { ...session, approved_at: 1, services: [{ name: 'plc', approved: true }] }
    asked.length = 0
    expect(await run('forward', 'press-7/plc', String((taken.address() as AddressInfo).port), '--reason', 'x')).toBe(1)
    taken.close()
    expect(asked).toContain('POST /api/v1/sessions/ses_1/end')
  })

  it('is looked at before a browser is opened: a wrong address says so, and opens no dead page', async () => {
    // Where commands find a browser's opener, and what it writes when it is called.
    await writeFile(join(folder, 'xdg-open'), `#!/bin/sh\necho "$1" > '${join(folder, 'opened')}'\n`, { mode: 0o755 })
    vi.stubEnv('PATH', `${folder}:${process.env['PATH']}`)
    const web = createServer((_request, response) => response.end('<h1>It works!</h1>')).listen(0, '127.0.0.1')
    const silent = createTcpServer((socket) => socket.destroy()).listen(0, '127.0.0.1')
    await Promise.all([once(web, 'listening'), once(silent, 'listening')])
    const at = (server: { address(): unknown }): string => `http://x.localhost:${(server.address() as AddressInfo).port}`
    expect(await run('login', at(web))).toBe(4)
    expect(said.join('')).toContain('not Sallyport’s')
    expect(await run('login', at(silent))).toBe(4)
    answers['GET /api/v1/me'] = undefined
    expect(await run('login', portal)).toBe(1)
    expect(said.join('')).toMatch(/cannot be reached/)
    expect(said.join('')).not.toContain('Open this address')
    expect(await readdir(folder)).not.toContain('opened')
    web.close()
    silent.close()
  })

  it('that is not there is another exit code than a refusal, for every command that asks it', async () => {
    const asking = [['machines'], ['machines', 'press-7'], ['forward', 'press-7/plc', '--reason', 'x']]
    for (const args of asking) expect(await run(...args), args.join(' ')).toBe(1)
    server.close()
    server.closeAllConnections()
    for (const args of asking) {
      said.length = 0
      expect(await run(...args), args.join(' ')).toBe(4)
      expect(said.join('')).toMatch(/cannot be reached .*Look at the address and the network/)
    }
  })

  it('cannot make Ctrl-C wait for an answer that does not come', async () => {
    answers['GET /api/v1/sessions'] = { items: [{ ...session, approved_at: 1, services: [{ name: 'plc', approved: true }] }], next: null }
    let polled = (): void => {}
    const waits = new Promise<void>((resolve) => (polled = resolve))
    silence = (key) => {
      if (key !== 'GET /api/v1/sessions/ses_1') return false
      polled()
      return true
    }
    const forward = run('forward', 'press-7/plc', '--json')
    await waits
    process.emit('SIGINT')
    // An answer may take 30 s, which is more than this test has.
    expect(await forward).toBe(0)
  })

  it('cannot make a refused connection of a tool wait for ever', async () => {
    const endless = createServer().listen(0, '127.0.0.1')
    await once(endless, 'listening')
    endless.on('upgrade', (_request, socket) => {
      socket.on('error', () => {})
      socket.write('HTTP/1.1 403 Forbidden\r\ntransfer-encoding: chunked\r\n\r\n')
      const more = (): void => void socket.write(`10000\r\n${'x'.repeat(65_536)}\r\n`, (error) => error ?? setImmediate(more))
      more()
    })
    const client = createApiClient({ portal: `http://127.0.0.1:${(endless.address() as AddressInfo).port}`, token: 'x' })
    const tools = await listenForTools({ client, session: 'ses_1', service: 'plc', port: 0, say: () => {} })
    const tool = connect(tools.port, '127.0.0.1')
    const torn = new Promise((resolve) => tool.once('error', resolve).once('close', resolve))
    await torn
    await tools[Symbol.asyncDispose]()
    endless.closeAllConnections()
    endless.close()
  })
})

it('an answer counts only from a certificate that is proved, whatever the environment says', async () => {
  const files = [join(folder, 'key.pem'), join(folder, 'cert.pem')] as const
  const args = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-subj', '/CN=x', '-days', '2']
  execFileSync('openssl', [...args, '-keyout', files[0], '-out', files[1]], { stdio: 'ignore' })
  const [key, cert] = await Promise.all(files.map((file) => readFile(file)))
  let heard = 0
  const server = createHttpsServer({ key, cert }, (_request, response) => {
    heard += 1
    response.end('{}')
  })
  server.on('upgrade', (_request, socket) => {
    heard += 1
    socket.destroy()
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0')
  const client = createApiClient({ portal: `https://gw.localhost:${(server.address() as AddressInfo).port}`, token: 'secret' })
  await expect(client.get('/')).rejects.toMatchObject({ code: 'unreachable' })
  const tools = await listenForTools({ client, session: 'ses_1', service: 'plc', port: 0, say: () => {} })
  const tool = connect(tools.port, '127.0.0.1')
  await new Promise((resolve) => tool.once('error', resolve).once('close', resolve))
  await tools[Symbol.asyncDispose]()
  server.closeAllConnections()
  server.close()
  expect(heard).toBe(0)
})

describe('credentials', () => {
  it('go into no file that somebody else laid there', async () => {
    const file = join(folder, 'credentials.json')
    const trap = join(folder, 'trap')
    await writeFile(trap, '')
    await symlink(trap, `${file}.${process.pid}`)
    await writeCredentials({ SALLYPORT_CREDENTIALS: file }, credentials)
    expect(await readFile(trap, 'utf8')).toBe('')
    expect(await readCredentials({ SALLYPORT_CREDENTIALS: file }, systemClock.nowS())).toEqual(credentials)
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    expect((await readdir(folder)).toSorted()).toEqual(['credentials.json', `credentials.json.${process.pid}`, 'trap'])
  })

  it.each(['', 'relative'])('lie in the home folder when XDG_CONFIG_HOME is "%s"', async (config) => {
    vi.stubEnv('HOME', folder)
    await writeCredentials({ XDG_CONFIG_HOME: config }, credentials)
    expect(await readdir(join(folder, '.config', 'sallyport'))).toEqual(['credentials.json'])
  })
})

it('the port of a sign-in closes at once, also while somebody holds a connection to it', async () => {
  const redirect = await listenForRedirect({ state: 'x'.repeat(22), withinMs: 60_000 })
  const silent = connect(redirect.port, '127.0.0.1')
  silent.on('error', () => {})
  await once(silent, 'connect')
  const closed = once(silent, 'close')
  await redirect[Symbol.asyncDispose]()
  await closed
})
