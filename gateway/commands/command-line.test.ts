import { spawn } from 'node:child_process'
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { runCommandLine } from './command-line.ts'
import { inNewFolder } from './in-new-folder.ts'

const main = fileURLToPath(new URL('../main.ts', import.meta.url))

const commands = ['demo', 'init', 'serve', 'doctor', 'policy']

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cli-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

interface Ran {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

/** The command in this process, as far as it ends by itself; paths are taken from the test's own folder. */
async function sallyport(args: readonly string[], environment: Record<string, string> = {}): Promise<Ran> {
  const said = { out: '', err: '' }
  const hear = (stream: 'out' | 'err') => (chunk: unknown) => {
    said[stream] += String(chunk)
    return true
  }
  const spies = [
    vi.spyOn(process.stdout, 'write').mockImplementation(hear('out')),
    vi.spyOn(process.stderr, 'write').mockImplementation(hear('err')),
  ]
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value)
  try {
    const code = await runCommandLine(['node', 'sallyport', ...args])
    return { code, ...said }
  } finally {
    process.exitCode = undefined
    vi.unstubAllEnvs()
    for (const spy of spies) spy.mockRestore()
  }
}

/** One sentence for people: no stack, no source of ours. */
function isOneSentence({ err }: Ran): void {
  expect(err).toMatch(/^sallyport: [^\n]+\n$/)
  expect(err).not.toMatch(/ {4}at |node:internal|\.ts:\d/)
}

const good = ['--portal', 'https://sallyport.example.com', '--access-domain', 'machines.example.net']

describe('the command line', () => {
  it('explains itself', async () => {
    const { code, out } = await sallyport(['--help'])
    expect(code).toBe(0)
    for (const command of commands) expect(out).toMatch(new RegExp(`^  ${command} `, 'm'))
    expect((await sallyport(['--version'])).out).toMatch(/^\d+\.\d+\.\d+/)
    const help = await Promise.all(commands.map((command) => sallyport([command, '--help'])))
    for (const { code: helped, out: said } of help) expect([helped, said.startsWith('Usage: sallyport')]).toEqual([0, true])
  })

  it('has no option that takes a secret: everybody on the computer can read it there', async () => {
    for (const command of commands) {
      expect((await sallyport([command, '--help'])).out).not.toMatch(/--\S*(?:password|secret|token)/i)
    }
  })

  it.each([
    ['an unknown command', ['open-the-gate'], /unknown command/],
    ['no command', [], /Usage/],
    ['an unknown option', ['serve', '--config', 'x', '--insecure'], /unknown option/],
    ['a missing option', ['serve'], /--config/],
    ['a port that is none', ['demo', '--port', '70000'], /from 0 to 65535/],
    ['a command of policy that is none', ['policy', 'burn'], /unknown command/],
  ])('ends with 2 for %s', async (_what, args, says) => {
    const { code, err, out } = await sallyport(args)
    expect(code).toBe(2)
    expect(err).toMatch(says)
    expect(out).toBe('')
  })
})

describe('sallyport init', () => {
  it('names every bad value at once, each with its option, and writes nothing', async () => {
    const bad = {
      data: join(folder, 'bad'),
      portal: 'http://sallyport.example.com/portal',
      'access-domain': 'm.sallyport.example.com',
      issuer: 'http://sallyport.example.com',
      organisation: '',
      'tunnel-name': '',
      host: '',
      cert: 'none.pem',
      key: 'none.key',
      'admin-name': 'x',
      'admin-username': 'Not A Name',
    }
    const ran = await sallyport(['init', ...Object.entries(bad).flatMap(([option, value]) => [`--${option}`, value])])
    expect(ran.code).toBe(2)
    for (const option of Object.keys(bad).slice(1)) expect(ran.err, option).toMatch(new RegExp(`--${option}: `))
    expect(ran.err).not.toMatch(/ {4}at |\.ts:\d/)
    expect(await readdir(folder)).not.toContain('bad')
  })

  it('says of an address that is none what one looks like, beside everything else', async () => {
    const ran = await sallyport(['init', '--data', join(folder, 'bad'), '--portal', 'sallyport', '--access-domain', '10.0.0.1'])
    expect(ran.code).toBe(2)
    expect(ran.err).toMatch(/--portal: sallyport is no address like https:/)
    expect(ran.err).toMatch(/--access-domain: must be a name/)
  })

  it('tries the certificate before the first start does', async () => {
    await writeFile(join(folder, 'cert.pem'), 'not a certificate')
    await writeFile(join(folder, 'key.pem'), 'not a key')
    const ran = await sallyport([
      'init',
      '--data',
      join(folder, 'bad'),
      ...good,
      '--cert',
      join(folder, 'cert.pem'),
      '--key',
      join(folder, 'key.pem'),
    ])
    expect(ran.code).toBe(2)
    expect(ran.err).toMatch(/--cert, --key: cannot be used together/)
    const half = await sallyport(['init', '--data', join(folder, 'bad'), ...good, '--cert', join(folder, 'cert.pem')])
    expect(half.err).toMatch(/--key: is missing: both or neither/)
  })

  it('writes nothing over what is there', async () => {
    const there = join(folder, 'there')
    await mkdir(there)
    await writeFile(join(there, 'gateway.json'), 'mine')
    const again = await sallyport(['init', '--data', join(folder, 'there'), ...good])
    isOneSentence(again)
    expect([again.code, again.err]).toEqual([1, expect.stringContaining('already holds an installation') as string])
    expect(await readFile(join(there, 'gateway.json'), 'utf8')).toBe('mine')

    await rm(join(there, 'gateway.json'))
    await writeFile(join(there, 'idp-admin-token'), 'of another installation')
    const other = await sallyport(['init', '--data', join(folder, 'there'), ...good])
    isOneSentence(other)
    expect(other.err).toMatch(/is not empty/)
    expect(await readFile(join(there, 'idp-admin-token'), 'utf8')).toBe('of another installation')

    const file = await sallyport(['init', '--data', join(folder, 'cert.pem'), ...good])
    isOneSentence(file)
    expect(file.code).toBe(1)
  })

  it('leaves nothing behind when it fails in the middle', async () => {
    const fail = (data: string) =>
      inNewFolder(data, async () => {
        await mkdir(join(data, 'gateway', 'pki'), { recursive: true })
        await writeFile(join(data, 'gateway.json'), '{}')
        throw new Error('the provider did not start')
      })
    await expect(fail(join(folder, 'new'))).rejects.toThrow('the provider did not start')
    expect(await readdir(folder)).not.toContain('new')
    await mkdir(join(folder, 'empty'))
    await expect(fail(join(folder, 'empty'))).rejects.toThrow('the provider did not start')
    expect(await readdir(join(folder, 'empty'))).toEqual([])
  })

  it('makes an installation that only its user can read, which starts, and tells the link and no secret', async () => {
    const made = await sallyport(['init', '--data', join(folder, 'made'), '--json', ...good, '--admin-username', 'eva'])
    expect(made.err).toBe('')
    const said = JSON.parse(made.out) as { config: string; username: string; setup_url: string }
    expect(said).toMatchObject({ username: 'eva', config: join(folder, 'made', 'gateway.json') })
    expect(said.setup_url).toMatch(/^https:\/\/id\.sallyport\.example\.com\//)
    const token = await readFile(join(folder, 'made', 'idp-admin-token'), 'utf8')
    expect(made.out).not.toContain(token)
    for (const name of ['gateway.json', 'idp.json', 'idp-admin-token', 'gateway/oidc-client-key.json', 'gateway', 'idp', 'run']) {
      expect([name, (await stat(join(folder, 'made', name))).mode & 0o077]).toEqual([name, 0])
    }
    const running = spawned(said.config)
    expect(JSON.parse(await running.said)).toMatchObject({ ready: true, portal: 'https://sallyport.example.com' })
    const second = await sallyport(['serve', '--config', said.config], anyPorts)
    expect(second.code).toBe(1)
    expect(lastLine(second.err)).toMatch(/^sallyport: /)
    expect(second.err).not.toMatch(/ {4}at .*\.ts:\d/)
    running.child.kill('SIGTERM')
    expect(await running.ended).toBe(0)
    const log = await running.err
    for (const secret of [token, said.setup_url.split('/').at(-1) as string]) expect(log).not.toContain(secret)
  }, 60_000)
})

/** `serve` as a program of its own: it stays until a signal comes. */
function spawned(config: string, environment: NodeJS.ProcessEnv = {}) {
  const args = ['--disable-warning=ExperimentalWarning', main, 'serve', '--config', config]
  const child = spawn(process.execPath, args, {
    env: { ...process.env, ...anyPorts, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 40_000,
    killSignal: 'SIGKILL',
  })
  return {
    child,
    err: text(child.stderr),
    said: new Promise<string>((resolve) => child.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString()))),
    ended: new Promise<number | null>((resolve) => child.once('close', resolve)),
  }
}

describe('sallyport serve', () => {
  it.each([
    ['that is not there', 'none.json', undefined, /is not there. Make one with: sallyport init/],
    ['that is no JSON', 'text.json', 'settings:', /is not JSON/],
    ['that is a folder', '.', undefined, /cannot be read \(EISDIR\)/],
    ['that is empty', 'empty.json', '', /is not JSON/],
  ])('says in one sentence of a settings file %s what to do', async (_what, name, content, says) => {
    if (content !== undefined) await writeFile(join(folder, name), content)
    const ran = await sallyport(['serve', '--config', join(folder, name)])
    isOneSentence(ran)
    expect([ran.code, ran.out]).toEqual([1, ''])
    expect(ran.err).toMatch(says)
  })

  it('names every error of the settings with its path', async () => {
    await writeFile(join(folder, 'wrong.json'), JSON.stringify({ portalOrigin: 'x', accessDomain: 7, tunnel: null, surprise: 1 }))
    const ran = await sallyport(['serve', '--config', join(folder, 'wrong.json')])
    expect(ran.code).toBe(1)
    for (const path of ['portalOrigin', 'accessDomain', 'tunnel', 'dataDir', 'identityProvider']) {
      expect(ran.err).toMatch(new RegExp(`^  ${path}: `, 'm'))
    }
    expect(ran.err).toMatch(/surprise/)
  })

  it('ends with one sentence, and with its identity provider, when a port is taken', { timeout: 60_000 }, async () => {
    const taken = createServer()
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve))
    const { port } = taken.address() as { port: number }
    const busy = spawned(join(folder, 'made', 'gateway.json'), { SALLYPORT_PUBLIC_PORT: String(port) })
    // It ends by itself: a child that went on would keep it.
    expect(await busy.ended).toBe(1)
    taken.close()
    expect(lastLine(await busy.err)).toBe(
      `sallyport: 127.0.0.1:${port} is used by another program. End that one, or choose another port in the settings.`,
    )
  })

  it('says which file is missing', async () => {
    const settings = JSON.parse(await readFile(join(folder, 'made', 'gateway.json'), 'utf8')) as { public: object }
    const config = join(folder, 'made', 'tls.json')
    const tls = { certFile: '/none.pem', keyFile: '/none.key' }
    await writeFile(config, JSON.stringify({ ...settings, public: { ...settings.public, tls } }))
    const { code, err } = await sallyport(['serve', '--config', config], anyPorts)
    expect([code, lastLine(err)]).toEqual([1, 'sallyport: /none.pem is not there.'])
  })
})

const anyPorts = { SALLYPORT_PUBLIC_PORT: '0', SALLYPORT_TUNNEL_PORT: '0', SALLYPORT_EST_PORT: '0' }

const lastLine = (err: string): string | undefined => err.trimEnd().split('\n').at(-1)

describe('sallyport policy', () => {
  it('says in one sentence what is missing', async () => {
    isOneSentence(await sallyport(['policy', 'check', 'nowhere']))
    const empty = join(folder, 'empty-policy')
    await mkdir(empty)
    await chmod(empty, 0o700)
    const ran = await sallyport(['policy', 'check', join(folder, 'empty-policy')])
    expect(ran.code).toBe(1)
    expect(ran.err + ran.out).not.toMatch(/ {4}at .*\.ts:\d/)
  })
})
