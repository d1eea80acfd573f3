import type { ChildProcessWithoutNullStreams } from 'node:child_process'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { freePort } from './test-support/free-port.ts'
import { exchange, startFlow } from './test-support/sign-in-flow.ts'
import { TestBrowser } from './test-support/test-browser.ts'
import { issuer, redirectUri, TestIdp } from './test-support/test-idp.ts'

const main = fileURLToPath(new URL('main.ts', import.meta.url))
const password = 'four random kitchen words'

interface Started {
  readonly child: ChildProcessWithoutNullStreams
  readonly stderr: () => string
  readonly firstLine: Promise<string | undefined>
  readonly ended: Promise<number | null>
}

function start(config: string, args: readonly string[] = [], environment: Record<string, string> = { NODE_ENV: 'production' }): Started {
  const child = spawn(process.execPath, [main, '--config', config, ...args], { env: { PATH: process.env['PATH'], ...environment } })
  let stderr = ''
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
  const lines = createInterface(child.stdout)
  const firstLine = Promise.race([once(lines, 'line').then(([line]) => String(line)), once(child, 'exit').then(() => undefined)])
  return { child, stderr: () => stderr, firstLine, ended: once(child, 'exit').then(([code]) => code as number | null) }
}

async function withConfig(run: (config: string, idp: TestIdp) => Promise<void>): Promise<void> {
  await using idp = await TestIdp.start()
  await idp.stop()
  const config = join(idp.folder, 'idp.json')
  writeFileSync(config, idp.settingsJson)
  await run(config, idp)
}

describe('the process', () => {
  it('says when it is ready, prints nothing else first, and ends on SIGTERM within two seconds', () =>
    withConfig(async (config, idp) => {
      const { child, firstLine, stderr, ended } = start(config)
      expect(JSON.parse(String(await firstLine))).toEqual({ ready: true, issuer })
      const waiting = idp.admin('GET', '/admin/feed?wait=25').catch(() => undefined)
      const before = performance.now()
      child.kill('SIGTERM')
      expect(await ended).toBe(0)
      expect(performance.now() - before).toBeLessThan(2_000)
      expect(stderr()).not.toMatch(/WARNING|NOTICE|Experimental/)
      await waiting
    }))

  it('ends with its parent when it is started so', () =>
    withConfig(async (config) => {
      const { child, firstLine, ended } = start(config, ['--die-with-parent'])
      await firstLine
      child.stdin.end()
      expect(await ended).toBe(0)
    }))

  it('takes over the socket of a process that was killed, and refuses that of a living one', () =>
    withConfig(async (config, idp) => {
      const first = start(config)
      await first.firstLine
      const second = start(config)
      expect(await second.ended).toBe(1)
      expect(second.stderr()).toContain('socket_in_use')
      first.child.kill('SIGKILL')
      await first.ended
      expect(existsSync(join(idp.folder, 'public.sock'))).toBe(true)
      const third = start(config)
      expect(await third.firstLine).toContain('ready')
      third.child.kill('SIGTERM')
      await third.ended
    }))

  it('keeps accounts, sessions and keys over kill -9', () =>
    withConfig(async (config, idp) => {
      const first = start(config)
      await first.firstLine
      const sub = await idp.person('mia', password)
      const client = await idp.client()
      const browser = new TestBrowser(idp)
      const flow = await startFlow(client, browser)
      const landing = await browser.signIn(flow.page, 'mia', password)
      first.child.kill('SIGKILL')
      await first.ended
      const second = start(config)
      await second.firstLine
      expect((await exchange(client, flow, landing)).claims()?.sub).toBe(sub)
      expect((await startFlow(client, browser)).page.url.href.startsWith(redirectUri)).toBe(true)
      second.child.kill('SIGTERM')
      await second.ended
    }))

  it('refuses to serve outside production unless it is a demo', () =>
    withConfig(async (config) => {
      const { ended, stderr } = start(config, [], {})
      expect(await ended).toBe(1)
      expect(stderr()).toContain('NODE_ENV must be')
    }))

  it('reports what is wrong with its settings or its token file in one line', () =>
    withConfig(async (config, idp) => {
      writeFileSync(config, '{"issuer": 5}')
      const bad = start(config)
      expect(await bad.ended).toBe(1)
      expect(bad.stderr()).toContain('clients')
      const settings = JSON.parse(idp.settingsJson) as object
      writeFileSync(
        config,
        JSON.stringify({ ...settings, admin: { socket: join(idp.folder, 'a.sock'), tokenFile: join(idp.folder, 'missing') } }),
      )
      const noToken = start(config)
      expect(await noToken.ended).toBe(1)
      expect(noToken.stderr()).toContain('admin_token_refused')
    }))

  it(
    'rotates cookie keys without signing anybody out, and signing keys in three steps',
    () =>
      withConfig(async (config, idp) => {
        await idp.restart()
        await idp.person('mia', password)
        const browser = new TestBrowser(idp)
        const flow = await startFlow(await idp.client(), browser)
        await browser.signIn(flow.page, 'mia', password)
        const keyIds = async (): Promise<string[]> => {
          const { keys } = (await (await idp.fetch(`${issuer}/jwks`)).json()) as { keys: { kid: string }[] }
          return keys.map(({ kid }) => kid)
        }
        const [old] = await keyIds()
        for (const step of ['cookie-keys', 'add-signing-key', 'promote-signing-key'])
          expect(await start(config, ['--rotate', step]).ended).toBe(0)
        await idp.restart()
        expect((await startFlow(await idp.client(), browser)).page.url.href.startsWith(redirectUri)).toBe(true)
        const ids = await keyIds()
        expect(ids).toHaveLength(2)
        expect(ids[1]).toBe(old)
        expect(await start(config, ['--rotate', 'nonsense']).ended).toBe(1)
      }),
    60_000,
  )
})

describe('the demo', () => {
  it('works over plain http on a localhost name with cookies that such a browser keeps', async () => {
    await using idp = await TestIdp.start({ demoPort: await freePort() })
    const created = await idp.admin('POST', '/admin/accounts', { username: 'demo', name: 'Demo', initial_password: password })
    expect(created.json.account.has_password).toBe(true)
    expect((await idp.admin('POST', '/admin/accounts', { username: 'weak', name: 'Weak', initial_password: 'short' })).json.code).toBe(
      'password_refused',
    )
    const client = await idp.client()
    const browser = new TestBrowser(idp)
    const flow = await startFlow(client, browser)
    const tokens = await exchange(client, flow, await browser.signIn(flow.page, 'demo', password))
    expect(tokens.claims()?.iss).toBe(idp.issuer)
    for (const [name, { attributes }] of browser.cookies) {
      expect(name).toMatch(/^sallyport-/)
      expect(attributes.toLowerCase()).not.toContain('secure')
    }
  })
})
