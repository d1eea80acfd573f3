import { describe, expect, it } from 'vitest'
import { AgentError } from '../basics/agent-error.ts'
import type { AgentSettings } from './agent-settings.ts'
import { readSettings, refusePanelTargets } from './read-settings.ts'

const good = {
  gateway: { tunnel: 'gw.example:8444', est: 'https://gw.example:8445', caFile: 'ca.pem', trustDomain: 'acme.example' },
  device: { id: 'press-1', name: 'Press 1', site: 'Hall 3' },
  enrolment: { password: 'one-time' },
  stateDir: 'state',
  panel: { port: 7080 },
  operators: ['Olga Ortiz'],
  services: { hmi: { kind: 'http', target: '127.0.0.1:8080', title: 'Operating panel' } },
}

function read(settings: unknown): AgentSettings {
  return readSettings({
    text: typeof settings === 'string' ? settings : JSON.stringify(settings),
    baseDir: '/etc/agent',
    defaultPagesDir: '/pages',
  })
}

function problemsOf(settings: unknown): string[] {
  try {
    read(settings)
  } catch (error) {
    if (error instanceof AgentError) return error.problems.map((one) => `${one.path}: ${one.message}`)
    throw error
  }
  return []
}

describe('agent.json', () => {
  it('is read with its defaults, relative paths from its own folder, and frozen', () => {
    const settings = read(good)
    expect(settings).toMatchObject({
      keyType: 'ec-p256',
      requestTimeoutS: 60,
      logLevel: 'info',
      stateDir: '/etc/agent/state',
      panel: { host: '127.0.0.1', pagesDir: '/pages' },
    })
    expect(settings.gateway).toMatchObject({
      caFile: '/etc/agent/ca.pem',
      tunnel: [{ host: 'gw.example', port: 8444 }],
      est: [{ host: 'gw.example', port: 8445 }],
    })
    expect(settings.services.get('hmi')).toMatchObject({ target: { host: '127.0.0.1', port: 8080 }, enabled: true, maxStreams: 64 })
    expect(() => Object.assign(settings.device, { id: 'x' })).toThrow(TypeError)
  })

  it('names the proxy of the network, with user and password or without', () => {
    const withProxy = (proxy: object) => ({ ...good, gateway: { ...good.gateway, proxy } })
    expect(read(good).gateway.proxy).toBeNull()
    const address = { host: 'proxy.plant', port: 3128 }
    expect(read(withProxy({ address: 'proxy.plant:3128' })).gateway.proxy).toEqual({ address, user: null, password: null })
    const full = withProxy({ address: 'proxy.plant:3128', user: 'press', passwordFile: 'proxy-password' })
    expect(read(full).gateway.proxy).toEqual({ address, user: 'press', password: { file: '/etc/agent/proxy-password' } })
    expect(problemsOf(withProxy({ address: 'http://proxy.plant', user: 'a:b', password: 'x' }))).toEqual([
      'gateway.proxy.address: must be "host:port" with a port from 1 to 65535',
      'gateway.proxy.user: must be a name without a colon',
      'gateway.proxy.password: is not a setting here; known are address, user, passwordFile',
      'gateway.proxy.user: and passwordFile: give both or neither',
    ])
  })

  it('reads what is wired to the machine', () => {
    const withHardware = (hardware: object): object => ({ ...good, hardware })
    expect(read(good).hardware).toEqual({ button: null, lamp: null, enabling: null, operator: 'Button', whenLive: 'end' })
    const button = { gpio: { chip: 'gpiochip0', line: 17 } }
    expect(read(withHardware({ button, lamp: { command: ['/opt/lamp', 'red'] }, whenLive: 'nothing' })).hardware).toEqual({
      button: { gpio: { chip: 'gpiochip0', line: 17, activeLow: false } },
      lamp: { command: { program: '/opt/lamp', args: ['red'] } },
      enabling: null,
      operator: 'Button',
      whenLive: 'nothing',
    })
    const event = { inputEvent: '/dev/input/event3', code: 28 }
    expect(read(withHardware({ button: event, lamp: null })).hardware.button).toEqual(event)
    expect(read(withHardware({ button: { command: ['/opt/button'] } })).hardware.button).toEqual({
      command: { program: '/opt/button', args: [] },
    })
    const command = 'hardware.button.command: must be a list of texts: the absolute path of a program, then at most 63 arguments'
    for (const wrong of [['button'], [], '/opt/button', ['/opt/button', 7], ['/opt/\0']])
      expect(problemsOf(withHardware({ button: { command: wrong } })).at(-1)).toBe(command)
    expect(problemsOf(withHardware({ button: { ...event, command: ['/x'] } }))).toEqual([
      'hardware.button.(all): give exactly one of command, inputEvent, gpio',
    ])
    expect(
      problemsOf(withHardware({ button: { inputEvent: 'event3', code: 0 }, lamp: { gpio: {} }, operator: 'Mallory', whenlive: 'end' })),
    ).toEqual([
      'hardware.button.inputEvent: must be the absolute path of an input device',
      'hardware.button.code: must be a whole number from 1 to 767',
      'hardware.lamp.gpio.chip: is missing',
      'hardware.lamp.gpio.line: is missing',
      'hardware.whenlive: is not a setting here; did you mean whenLive?',
      'hardware.operator: must be one of the operators, or "Button"',
    ])
    expect(problemsOf(withHardware({ button: { gpio: { chip: '../x', line: -1 } } }))).toEqual([
      'hardware.button.gpio.chip: must be a name such as gpiochip0',
      'hardware.button.gpio.line: must be a whole number from 0 to 4095',
    ])
  })

  it('takes a service that is used only while an input is held with that input alone', () => {
    const services = { crane: { kind: 'tcp', target: '127.0.0.1:502', enabling: true, actsOnMachine: false } }
    expect(problemsOf({ ...good, services })).toEqual(['services.crane.enabling: needs hardware.enabling, the input that is held'])
    const enabling = { inputEvent: '/dev/input/event3', code: 28 }
    expect(read({ ...good, services, hardware: { enabling } }).services.get('crane')).toMatchObject({
      enabling: true,
      actsOnMachine: false,
    })
    expect(read(good).services.get('hmi')).toMatchObject({ enabling: false, actsOnMachine: true })
    const gpio = { chip: 'gpiochip0', line: 1 }
    expect(read({ ...good, services, hardware: { enabling: { gpio } } }).hardware.enabling).toEqual({ gpio: { ...gpio, activeLow: false } })
  })

  it('lights a lamp on a line while somebody is in, or in the states that are named', () => {
    const gpio = { chip: 'gpiochip0', line: 1 }
    const lamp = (more: object) => ({ ...good, hardware: { lamp: { gpio, ...more } } })
    const wired = { ...gpio, activeLow: false }
    expect(read(lamp({})).hardware.lamp).toEqual({ gpio: wired, lit: ['live', 'paused'] })
    expect(read(lamp({ lit: ['live', 'request'] })).hardware.lamp).toEqual({ gpio: wired, lit: ['request', 'live'] })
    for (const lit of [[], ['off'], ['live', 'live'], ['live', 7]])
      expect(problemsOf(lamp({ lit }))).toEqual(['hardware.lamp.lit: must name some of idle, request, live, paused, each once'])
    expect(problemsOf(lamp({ command: ['/opt/lamp'] }))).toEqual(['hardware.lamp.(all): give exactly one of command, gpio'])
    expect(problemsOf({ ...good, hardware: { lamp: { command: ['/opt/lamp'], lit: ['live'] } } })).toEqual([
      'hardware.lamp.lit: is not a setting here; known are command',
    ])
  })

  it('takes the proxy of the environment where the file says nothing about one', () => {
    const gatewayWith = (more: object, environment: NodeJS.ProcessEnv): AgentSettings['gateway'] =>
      readSettings({
        text: JSON.stringify({ ...good, gateway: { ...good.gateway, ...more } }),
        baseDir: '/',
        defaultPagesDir: '/',
        environment,
      }).gateway
    const environment = { HTTPS_PROXY: 'http://proxy.plant:3128', NO_PROXY: '.plant' }
    const address = { host: 'proxy.plant', port: 3128 }
    expect(gatewayWith({}, environment).environmentProxy).toEqual({ proxy: { address, user: null, password: null }, except: ['.plant'] })
    expect(gatewayWith({ proxy: null }, environment)).toMatchObject({ proxy: null, environmentProxy: null })
    expect(gatewayWith({ proxy: { address: 'own:1' } }, { HTTPS_PROXY: 'socks5://x' })).toMatchObject({ environmentProxy: null })
    expect(() => gatewayWith({}, { HTTPS_PROXY: 'socks5://x' })).toThrow(/HTTPS_PROXY \(environment\)/)
  })

  it('names several addresses of the gateway, in order', () => {
    const withTunnel = (tunnel: unknown) => ({ ...good, gateway: { ...good.gateway, tunnel } })
    expect(read(withTunnel(['b.example:1', '[::1]:2'])).gateway.tunnel).toEqual([
      { host: 'b.example', port: 1 },
      { host: '::1', port: 2 },
    ])
    expect(problemsOf(withTunnel(['a:1', 'b', 7, 'A:1']))).toEqual([
      'gateway.tunnel[1]: must be "host:port" with a port from 1 to 65535',
      'gateway.tunnel[2]: must be "host:port" with a port from 1 to 65535',
      'gateway.tunnel: must name each address once',
    ])
    for (const wrong of [[], Array.from({ length: 9 }, (_, at) => `a:${at + 1}`), {}, 7])
      expect(problemsOf(withTunnel(wrong))).toHaveLength(1)
    const withEst = (est: unknown) => ({ ...good, gateway: { ...good.gateway, est } })
    expect(read(withEst(['https://b.example', 'https://[::1]:2'])).gateway.est).toEqual([
      { host: 'b.example', port: 443 },
      { host: '::1', port: 2 },
    ])
    expect(problemsOf(withEst(['https://a:1', 'http://b:1', 7, 'https://A:1']))).toEqual([
      'gateway.est[1]: must be "https://host:port"',
      'gateway.est[2]: must be "https://host:port"',
      'gateway.est: must name each address once',
    ])
    expect(problemsOf(withEst([]))).toEqual(['gateway.est: must be one address or a list of 1 to 8'])
  })

  it('reports every mistake at once, each with its path', () => {
    const problems = problemsOf({
      ...good,
      gateway: { tunnel: 'gw.example', est: 'http://gw.example', caFile: '', trustDomain: 'ACME' },
      device: { id: '../x', name: 'a\u0007b', site: 'x\u202ey' },
      panel: { port: '7080', host: '0.0.0.0' },
      operators: ['A', 'A', 7],
      requestTimeoutS: 5,
      services: { HMI: { kind: 'web', target: '127.0.0.1:0', maxStream: 2 } },
      stateDirectory: 'x',
    })
    for (const path of [
      'gateway.tunnel',
      'gateway.est',
      'gateway.caFile',
      'gateway.trustDomain',
      'device.id',
      'device.name',
      'device.site',
      'panel.port',
      'panel.host',
      'operators[1]',
      'operators[2]',
      'requestTimeoutS',
      'services."HMI"',
      'services.HMI.kind',
      'services.HMI.target',
    ]) {
      expect(
        problems.some((one) => one.startsWith(`${path}: `)),
        path,
      ).toBe(true)
    }
    expect(problems).toContain('services.HMI.maxStream: is not a setting here; did you mean maxStreams?')
    expect(problems.some((one) => one.startsWith('stateDirectory: is not a setting'))).toBe(true)
  })

  it('names twenty members that nobody knows and counts the rest: looking for what was meant takes time', () => {
    const many = Object.fromEntries(Array.from({ length: 20_000 }, (_, at) => [`m${at}`, 0]))
    const problems = problemsOf({ ...good, ...many })
    expect(problems).toHaveLength(21)
    expect(problems.at(-1)).toBe('(all): 19980 more are not settings here')
  })

  it.each(['', 'null', '[]', '{', '"text"'])('refuses %j as a whole', (text) => {
    expect(problemsOf(text)[0]).toMatch(/^\(whole file\): /)
  })

  it.each([
    '127.0.0.1',
    '127.9.9.9',
    'localhost',
    'a.localhost',
    '[::1]',
    '[0:0:0:0:0:0:0:1]',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '0.0.0.0',
    '[::]',
    'LOCALHOST',
  ])("refuses a service at the panel's own port as %s", (host) => {
    expect(problemsOf({ ...good, services: { hmi: { kind: 'http', target: `${host}:7080` } } })).toEqual([
      expect.stringMatching(/^services\.hmi\.target: is the panel's own port/),
    ])
  })

  it.each(['2130706433:7080', '0x7f000001:7080', '127.1:7080', '0177.0.0.1:7080', 'a b:1', '[::1', 'http://x:80', 'x:65536', ':80'])(
    'refuses %s as an address',
    (target) => {
      expect(problemsOf({ ...good, services: { hmi: { kind: 'http', target } } })).toEqual([
        expect.stringMatching(/^services\.hmi\.target: must be "host:port"/),
      ])
    },
  )

  it("refuses a service at the panel's port when that port was chosen at start", () => {
    const settings = read({ ...good, panel: { port: 0 }, services: { hmi: { kind: 'http', target: '127.0.0.1:50123' } } })
    expect(() => refusePanelTargets(settings, 50_123)).toThrow(/services\.hmi\.target/)
    expect(() => refusePanelTargets(settings, 50_124)).not.toThrow()
  })

  it('holds WebSocket messages back at view only unless a service says otherwise', () => {
    const hmi = { kind: 'http', target: '127.0.0.1:8080' }
    const services = { hmi: { ...hmi, viewOnlyMessages: 'pass' }, log: { ...hmi, viewOnlyMessages: 'hold' } }
    expect(read(good).services.get('hmi')?.messagesPass).toBe(false)
    expect([...read({ ...good, services }).services.values()].map(({ messagesPass }) => messagesPass)).toEqual([true, false])
    expect(problemsOf({ ...good, services: { hmi: { ...hmi, viewOnlyMessages: true } } })[0]).toMatch(/^services\.hmi\.viewOnlyMessages: /)
    expect(problemsOf({ ...good, services: { plc: { kind: 'tcp', target: '127.0.0.1:502', viewOnlyMessages: 'pass' } } })).toEqual([
      'services.plc.viewOnlyMessages: is for WebSocket messages, which only services of the kind http have',
    ])
  })

  it('gives a newer version a minute to reach the gateway, and asks before, unless it says otherwise', () => {
    expect(read(good).updates).toEqual({ consent: 'ask', withinS: 60 })
    expect(read({ ...good, updates: { consent: 'standing' } }).updates).toEqual({ consent: 'standing', withinS: 60 })
    expect(read({ ...good, updates: { withinS: 600 } }).updates).toEqual({ consent: 'ask', withinS: 600 })
    expect(problemsOf({ ...good, updates: { withinS: 9 } })[0]).toMatch(/^updates\.withinS: /)
    expect(problemsOf({ ...good, updates: { withinS: 601 } })[0]).toMatch(/^updates\.withinS: /)
  })

  it("takes the panel for one on the machine's own screen unless the customer says otherwise", () => {
    expect(read(good).panel.onThisMachine).toBe(true)
    expect(read({ ...good, panel: { port: 7080, onThisMachine: false } }).panel.onThisMachine).toBe(false)
    expect(problemsOf({ ...good, panel: { port: 7080, onThisMachine: null } })[0]).toMatch(/^panel\.onThisMachine: /)
  })

  it('mirrors pages unless it says no, and takes another port than the panel for the picture', () => {
    expect([read(good).mirror, read({ ...good, mirror: 'off' }).mirror]).toEqual([true, false])
    expect(problemsOf({ ...good, mirror: true })).toEqual([expect.stringMatching(/^mirror: /)])
    expect(read({ ...good, panel: { port: 7080, mirrorPort: 7081 } }).panel.mirrorPort).toBe(7_081)
    expect(problemsOf({ ...good, panel: { port: 7080, mirrorPort: 7080 } })).toEqual(['panel.mirrorPort: must be another one than port'])
  })

  it('takes one source of the password', () => {
    expect(problemsOf({ ...good, enrolment: {} })).toHaveLength(1)
    expect(problemsOf({ ...good, enrolment: { password: 'a', passwordFile: 'b' } })).toHaveLength(1)
    expect(read({ ...good, enrolment: { passwordFile: 'pw' } }).enrolment).toEqual({ passwordFile: '/etc/agent/pw' })
  })
})
