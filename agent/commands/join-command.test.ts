import { generateKeyPairSync } from 'node:crypto'
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { AgentError } from '../basics/agent-error.ts'
import { systemClock } from '../basics/clock.ts'
import { silentLogger } from '../basics/logger.ts'
import { systemRandom } from '../basics/random.ts'
import { certificateRequest } from '../enrolment/certificate-request.ts'
import { loadSettings } from '../settings/load-settings.ts'
import { startAgent } from '../start-agent.ts'
import { askStatus } from '../status/ask-status.ts'
import { createTestAuthority } from '../testing/test-authority.ts'
import type { TestAuthority } from '../testing/test-authority.ts'
import { startTestGateway } from '../testing/test-gateway.ts'
import { joinFlags, readCommandLine } from './command-line.ts'
import { joinCommand } from './join-command.ts'

let authority: TestAuthority
let folder: string
let said: string[]
const deviceUri = 'spiffe://acme.example/device/press-1'

beforeAll(() => {
  authority = createTestAuthority()
})
afterAll(() => authority.remove())
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'agent-join-'))
  said = []
})
afterEach(() => rmSync(folder, { recursive: true }))

const at = (name: string): string => join(folder, name)
const config = (): string => at('machine/agent.json')

const good = (): Record<string, string | readonly string[]> => ({
  gateway: 'gw.example:7443',
  est: 'https://gw.example:7444',
  ca: authority.caFile,
  'trust-domain': 'acme.example',
  device: 'press-1',
  name: 'Press 1',
  site: 'Hall 3',
  service: ['hmi=http:127.0.0.1:8080', 'plc=tcp:[::1]:102'],
  operator: 'Olga Ortiz',
})

async function joining(flags: Record<string, string | readonly string[]>): Promise<void> {
  const argv = Object.entries(flags).flatMap(([name, value]) => [value].flat().flatMap((one) => [`--${name}`, one]))
  const { values, command } = readCommandLine(['join', ...argv, '--config', config()])
  expect(command).toBe('join')
  await joinCommand({ flags: joinFlags(values), config: values.config, nowMs: Date.now(), say: (line) => void said.push(line) })
}

const problemsOf = (run: Promise<void>): Promise<string[]> =>
  run.then(
    () => [],
    (error: unknown) => (error instanceof AgentError ? error.problems.map(({ path, message }) => `${path}: ${message}`) : [String(error)]),
  )

/** As a factory writes it: by OpenSSL's certificate, the key after it. */
function bundle(uri = deviceUri, days?: number): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const request = certificateRequest({ privateKey, commonName: 'press-1' })
  const leaf = authority.device({ request, uri, ...(days === undefined ? {} : { days }) })
  const file = at('bundle.pem')
  writeFileSync(file, `${leaf}${authority.issuingPem}${privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()}`)
  return file
}

describe('join', () => {
  it('writes agent.json with everything that it names beside it, and replaces nothing', async () => {
    writeFileSync(at('password'), 'one-time\n')
    await joining({
      ...good(),
      gateway: ['gw1.example:7443', 'gw2.example:7443'],
      est: ['https://gw1.example:7444', 'https://gw2.example:7444'],
      'password-file': at('password'),
    })
    expect(JSON.parse(readFileSync(config(), 'utf8'))).toEqual({
      gateway: {
        tunnel: ['gw1.example:7443', 'gw2.example:7443'],
        est: ['https://gw1.example:7444', 'https://gw2.example:7444'],
        caFile: 'gateway-ca.pem',
        trustDomain: 'acme.example',
      },
      device: { id: 'press-1', name: 'Press 1', site: 'Hall 3' },
      enrolment: { passwordFile: 'one-time-password' },
      stateDir: 'state',
      panel: { port: 7080 },
      operators: { file: 'operators.json' },
      services: { hmi: { kind: 'http', target: '127.0.0.1:8080' }, plc: { kind: 'tcp', target: '[::1]:102' } },
    })
    for (const name of ['agent.json', 'gateway-ca.pem', 'one-time-password', 'operators.json'])
      expect(statSync(join(folder, 'machine', name)).mode & 0o777, name).toBe(0o600)
    expect(said.join('\n')).toMatch(/operator set NAME --config .*agent\.json/)
    await expect(joining({ ...good(), 'password-file': at('password') })).rejects.toMatchObject({ code: 'file_exists' })
  })

  it('takes authority and password where they were laid into the machine’s folder, and then keeps them from others', async () => {
    mkdirSync(at('machine'))
    const [ca, password] = [at('machine/gateway-ca.pem'), at('machine/one-time-password')]
    writeFileSync(ca, 'another authority')
    writeFileSync(password, 'one-time\n')
    await expect(joining({ ...good(), 'password-file': password })).rejects.toMatchObject({
      code: 'file_exists',
      message: `${ca} is there already, and not replaced. Move it away, or choose another folder by --config.`,
    })
    copyFileSync(authority.caFile, ca)
    await joining({ ...good(), ca, 'password-file': password })
    for (const file of [ca, password]) expect(statSync(file).mode & 0o777, file).toBe(0o600)
  })

  it('puts the identity of a factory where the agent finds it', async () => {
    await joining({ ...good(), bundle: bundle() })
    expect(readFileSync(config(), 'utf8')).not.toContain('enrolment')
    expect(readFileSync(at('machine/state/device.key'), 'utf8')).toMatch(/^-----BEGIN PRIVATE KEY-----/)
    expect(readFileSync(at('machine/state/device.crt'), 'utf8').match(/BEGIN CERTIFICATE/g)).toHaveLength(2)
    expect(statSync(at('machine/state/device.key')).mode & 0o777).toBe(0o600)
  })

  it('takes one that ended in the warehouse, and says what becomes of it', async () => {
    await joining({ ...good(), bundle: bundle(deviceUri, 0) })
    expect(said.join('\n')).toMatch(/ended on .*asks for another one with its key/)
    expect(readFileSync(at('machine/state/device.crt'), 'utf8')).toMatch(/BEGIN CERTIFICATE/)
  })

  it('with the identity of a factory leaves an agent that connects and never enrols', async () => {
    const gateway = await startTestGateway({ authority })
    await joining({ ...good(), gateway: `localhost:${gateway.port}`, est: 'https://localhost:1', 'panel-port': '0', bundle: bundle() })
    const settings = { ...(await loadSettings(config())), remoteService: true }
    const agent = await startAgent({ settings, clock: systemClock, random: systemRandom, logger: silentLogger })
    try {
      await vi.waitFor(() => expect(gateway.tunnel).toBeDefined(), { timeout: 10_000 })
      await vi.waitFor(async () => expect(await askStatus(settings.stateDir)).toMatchObject({ connection: { state: 'connected' } }), {
        timeout: 10_000,
      })
    } finally {
      await agent.close()
      gateway.close()
    }
  })

  it('says every bad value at once, by its flag, and writes nothing', async () => {
    writeFileSync(at('empty'), '\n')
    const problems = await problemsOf(
      joining({
        gateway: ['gw.example', 'gw.example:7443'],
        est: 'http://gw.example',
        ca: at('none.pem'),
        'trust-domain': 'ACME',
        device: '../x',
        name: 'a\u0007b',
        proxy: 'http://proxy',
        'server-name': 'a b',
        'panel-port': '70800',
        'key-type': 'dsa',
        service: ['hmi', 'HMI=http:127.0.0.1:80', 'plc=modbus:127.0.0.1:502', 'x=tcp:127.0.0.1:0'],
        operator: ['Olga', 'Olga'],
        'password-file': at('empty'),
      }),
    )
    const flags =
      '--gateway --est --ca --trust-domain --device --name --site --proxy --server-name --panel-port --key-type --operator[1] --password-file'
    for (const flag of [...flags.split(' '), '--service hmi', '--service HMI', '--service plc (kind)', '--service x (target)'])
      expect(
        problems.filter((one) => one.startsWith(`${flag}:`)),
        `${flag}\n${problems.join('\n')}`,
      ).toHaveLength(1)
    expect(existsSync(at('machine'))).toBe(false)
  })

  it('names what is missing, and takes either a password or a bundle', async () => {
    const problems = await problemsOf(joining({}))
    for (const flag of ['--gateway', '--est', '--ca', '--trust-domain', '--device', '--name', '--site', '--service', '--password-file'])
      expect(problems, flag).toContainEqual(expect.stringMatching(new RegExp(`^${flag}: .*(is missing|not neither)`)))
    writeFileSync(at('password'), 'one-time\n')
    expect(await problemsOf(joining({ ...good(), 'password-file': at('password'), bundle: bundle() }))).toEqual([
      '--password-file: give either --password-file or --bundle, not both and not neither',
    ])
  })

  it.each<[string, () => string, RegExp]>([
    ['of another machine', () => bundle('spiffe://acme.example/device/press-2'), /is not for spiffe:\/\/acme\.example\/device\/press-1/],
    ['with a key that is too weak', () => weak(), /is not an EC P-256 or RSA key/],
    ['without a key', () => authority.caFile, /holds 0 private keys/],
    ['that is not there', () => at('none'), /cannot be read \(ENOENT\)/],
    ['whose key is encrypted', () => encrypted(), /encrypted/],
  ])('refuses a bundle %s', async (_what, make, why) => {
    expect(await problemsOf(joining({ ...good(), bundle: make() }))).toEqual([expect.stringMatching(why)])
    expect(existsSync(at('machine'))).toBe(false)
  })

  const weak = (): string => {
    const key = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey.export({ type: 'pkcs8', format: 'pem' })
    writeFileSync(at('weak.pem'), `${key.toString()}${authority.rootPem}`)
    return at('weak.pem')
  }
  const encrypted = (): string => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const key = privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' })
    writeFileSync(at('encrypted.pem'), `${key.toString()}${authority.rootPem}`)
    return at('encrypted.pem')
  }
})
