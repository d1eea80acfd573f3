import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { AgentError } from '../basics/agent-error.ts'
import { readSettings } from '../settings/read-settings.ts'
import { serviceCommand } from './service-command.ts'
import type { ServiceHost } from './service-command.ts'
import { unitName } from './systemd-unit.ts'

let folder: string
let said: string[]
let called: string[]

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'agent-service-'))
  said = []
  called = []
})
afterEach(() => rmSync(folder, { recursive: true }))

const host = (change: Partial<ServiceHost> = {}): ServiceHost => ({
  unitFolder: folder,
  stateRoot: '/var/lib',
  isRoot: true,
  booted: true,
  credential: {
    file: '/etc/credstore.encrypted/sallyport-agent-key',
    available: async () => false,
    exists: async () => false,
    make: async () => {},
  },
  look: async () => 'ENOENT',
  hasProgram: async () => true,
  systemctl: (args) => Promise.resolve(void called.push(args.join(' '))),
  ...change,
})

function service(
  act: string,
  options: {
    readonly settings?: object
    readonly host?: ServiceHost
    readonly dryRun?: boolean
    readonly plainKey?: boolean
    readonly program?: string
    readonly environment?: NodeJS.ProcessEnv
  } = {},
) {
  const config = '/var/lib/sallyport-agent/agent.json'
  const text = JSON.stringify({
    gateway: { tunnel: 'gw.example:1', est: 'https://gw.example:2', caFile: 'ca.pem', trustDomain: 'x' },
    device: { id: 'p', name: 'P', site: 'S' },
    stateDir: 'state',
    panel: { port: 7080 },
    operators: { file: 'operators.json' },
    services: {},
    ...options.settings,
  })
  return serviceCommand([act], {
    dryRun: options.dryRun ?? false,
    plainKey: options.plainKey ?? false,
    config,
    load: () =>
      Promise.resolve(
        readSettings({ text, baseDir: '/var/lib/sallyport-agent', defaultPagesDir: '/opt/pages', environment: options.environment ?? {} }),
      ),
    program: [options.program ?? '/usr/local/bin/sallyport-agent'],
    say: (line) => void said.push(line),
    host: options.host ?? host(),
  })
}

const problemsOf = (run: Promise<void>): Promise<string[]> =>
  run.then(
    () => [],
    (error: unknown) => (error instanceof AgentError ? error.problems.map(({ path, message }) => `${path}: ${message}`) : [String(error)]),
  )

describe('service install', () => {
  it('writes the unit, lets systemd run it, and takes it away again', async () => {
    await service('install')
    const unit = readFileSync(join(folder, unitName), 'utf8')
    expect(unit).toContain('ExecStart=/usr/local/bin/sallyport-agent run --config /var/lib/sallyport-agent/agent.json\n')
    expect(unit).toContain('StateDirectory=sallyport-agent\n')
    expect(called).toEqual(['daemon-reload', `enable ${unitName}`, `restart ${unitName}`])
    called = []
    await service('uninstall')
    expect(existsSync(join(folder, unitName))).toBe(false)
    expect(called).toEqual([`disable --now ${unitName}`, 'daemon-reload'])
    await service('uninstall')
    expect(said.at(-1)).toMatch(/nothing to do/)
  })

  it('prints the same unit and changes nothing on --dry-run, for anybody', async () => {
    await service('install', { dryRun: true, host: host({ isRoot: false, booted: false }) })
    expect(said.join('\n')).toContain('DynamicUser=yes')
    expect([existsSync(join(folder, unitName)), called]).toEqual([false, []])
  })

  it('says that the proxy of this shell is not that of the service', async () => {
    await service('install', { environment: { HTTPS_PROXY: 'http://proxy.plant:3128' } })
    expect(said[0]).toMatch(/HTTPS_PROXY is set here, and not for the service: write gateway\.proxy/)
  })

  it('says who may, and where it cannot be', async () => {
    await expect(service('install', { host: host({ isRoot: false }) })).rejects.toMatchObject({ code: 'not_root' })
    await expect(service('install', { host: host({ booted: false }) })).rejects.toMatchObject({ code: 'no_systemd' })
    await expect(service('start')).rejects.toMatchObject({ code: 'usage' })
  })

  it('names everything that would keep the service from starting', async () => {
    const secret = join(folder, 'secret')
    writeFileSync(secret, 'x', { mode: 0o600 })
    const gateway = { tunnel: 'gw.example:1', est: 'https://gw.example:2', trustDomain: 'x' }
    const settings = {
      gateway: { ...gateway, caFile: '/nowhere/ca.pem', proxy: { address: 'p.example:1', user: 'u', passwordFile: '/var/tmp/proxy' } },
      enrolment: { passwordFile: '/tmp/password' },
      stateDir: '/srv/state',
    }
    expect(await problemsOf(service('install', { settings, program: '/tmp/sallyport-agent' }))).toEqual([
      expect.stringMatching(/^\/tmp\/sallyport-agent: the service cannot see it/),
      expect.stringMatching(/^stateDir: must lie below \/var\/lib/),
      expect.stringMatching(/^agent\.json: .*cannot be read/),
      expect.stringMatching(/^gateway\.caFile: \/nowhere\/ca\.pem cannot be read \(ENOENT\)/),
      expect.stringMatching(/^enrolment\.passwordFile: .*cannot see it/),
      expect.stringMatching(/^operators\.file: .*cannot be read/),
      expect.stringMatching(/^gateway\.proxy\.passwordFile: .*cannot see it/),
    ])
    expect(called).toEqual([])
  })

  it('takes a file outside of its folder that everybody may read, and none that only root may', async () => {
    const taking = (caFile: string): Promise<string[]> => {
      const gateway = { tunnel: 'gw.example:1', est: 'https://gw.example:2', trustDomain: 'x', caFile }
      return problemsOf(service('install', { settings: { gateway }, dryRun: true }))
    }
    expect(await taking('/etc/shadow')).toEqual([expect.stringMatching(/^gateway\.caFile: .*cannot be read by the service's user/)])
    expect(await taking('/etc/passwd')).toEqual([])
  })
})

describe('what is wired to the machine', () => {
  const key = { inputEvent: '/dev/input/by-path/usb-0:1.2-event-kbd', code: 28 }
  const line = { gpio: { chip: 'gpiochip0', line: 17 } }
  const hardware = { button: key, lamp: line, enabling: { gpio: { chip: '0', line: 4 } } }
  const settings = { settings: { hardware } }
  const with_ = (mode: number, group: string | null, more: Partial<ServiceHost> = {}) =>
    host({ look: async () => ({ isDevice: true, mode, group }), ...more })

  it('is all of the machine that the unit lets the agent to', async () => {
    await service('install', {
      ...settings,
      host: with_(0o660, 'gpio', { look: async (path) => ({ isDevice: true, mode: 0o660, group: path.slice(5, 10) }) }),
    })
    const unit = readFileSync(join(folder, unitName), 'utf8').split('\n')
    expect(unit.filter((one) => /Device|SupplementaryGroups/u.test(one))).toEqual([
      'PrivateDevices=no',
      'DevicePolicy=closed',
      'DeviceAllow=/dev/input/by-path/usb-0:1.2-event-kbd r',
      'DeviceAllow=/dev/gpiochip0 rw',
      'SupplementaryGroups=input gpioc',
    ])
    await service('install', { ...settings, host: with_(0o666, null) })
    expect(readFileSync(join(folder, unitName), 'utf8')).not.toContain('SupplementaryGroups')
    await service('install')
    expect(readFileSync(join(folder, unitName), 'utf8')).toContain('PrivateDevices=yes\n')
  })

  it('is named where the service could not use it, with what to do', async () => {
    const gpio = { settings: { hardware: { lamp: line } } }
    const only = async (given: ServiceHost) => (await problemsOf(service('install', { ...gpio, host: given }))).join()
    expect(await only(with_(0o660, null))).toMatch(
      /^hardware\.lamp\.gpio\.chip: \/dev\/gpiochip0: only root may use it; .*udev, like SUBSYSTEM=="gpio"/,
    )
    expect(await only(with_(0o640, 'gpio'))).toContain('only root may use it')
    expect(await only(host())).toContain('/dev/gpiochip0: cannot be looked at (ENOENT)')
    expect(await only(host({ look: async () => ({ isDevice: false, mode: 0o644, group: null }) }))).toContain('is no device')
    expect(await only(with_(0o660, 'gpio', { hasProgram: async () => false }))).toBe(
      'hardware.lamp.gpio: needs gpioset of libgpiod: apt install gpiod',
    )
    const odd = { button: { inputEvent: '/srv/event 3', code: 28 } }
    expect(await problemsOf(service('install', { settings: { hardware: odd } }))).toEqual([
      expect.stringContaining('a device lies below /dev'),
    ])
    expect(called).toEqual([])
  })

  it('is a program that is there, that the service may run, and that nobody else can change', async () => {
    const commands = (button: string, lamp: string) =>
      problemsOf(service('install', { settings: { hardware: { button: { command: [button] }, lamp: { command: [lamp] } } } }))
    expect(await commands('/usr/bin/true', '/usr/bin/env')).toEqual([])
    expect(await commands('/nowhere/button', '/tmp/lamp')).toEqual([
      'hardware.button.command: /nowhere/button: cannot be found (ENOENT)',
      expect.stringMatching(/^hardware\.lamp\.command: \/tmp\/lamp: the service cannot see it there/),
    ])
    expect(await commands('/usr/bin', '/etc/passwd')).toEqual([
      'hardware.button.command: /usr/bin: is no program',
      'hardware.lamp.command: /etc/passwd: the agent may not run it: chmod 0755',
    ])
  })
})

describe('the secret that encrypts the key', () => {
  const file = '/etc/credstore.encrypted/sallyport-agent-key'
  const line = `LoadCredentialEncrypted=sallyport-agent-key:${file}\n`
  const world = (change: Partial<ServiceHost['credential']> = {}) => {
    let there = false
    let made = 0
    const credential = {
      file,
      available: async () => true,
      exists: async () => there,
      make: async () => {
        made += 1
        there = true
      },
      ...change,
    }
    return { host: host({ credential }), made: () => made }
  }
  const unit = (): string => readFileSync(join(folder, unitName), 'utf8')

  it('is made once, and named in the unit', async () => {
    const { host: machine, made } = world()
    await service('install', { host: machine, dryRun: true })
    expect([said.join('\n').includes(line.trim()), made()]).toEqual([true, 0])
    await service('install', { host: machine })
    await service('install', { host: machine })
    // What is encrypted needs it, whatever is wished for.
    await service('install', { host: machine, plainKey: true })
    expect([unit().includes(line), made()]).toEqual([true, 1])
  })

  it.each<[string, Partial<ServiceHost['credential']>, boolean]>([
    ['systemd is too old', { available: async () => false }, false],
    ['it is not wanted', {}, true],
    ['it cannot be made', { make: () => Promise.reject(new Error('no TPM, no key')) }, false],
  ])('is not there when %s, and the service is', async (_what, change, plainKey) => {
    await service('install', { host: world(change).host, plainKey })
    expect(unit()).not.toContain('LoadCredential')
    expect(called).toContain(`restart ${unitName}`)
  })
})
