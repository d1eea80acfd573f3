import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { CodedError } from '../basics/coded-error.ts'
import { parseSettings, readSettings } from './read-settings.ts'

const good = {
  dataDir: '/var/lib/sallyport/gateway',
  organisation: 'Acme Service',
  trustDomain: 'sallyport.example.com',
  portalOrigin: 'https://sallyport.example.com',
  accessDomain: 'machines.example.net',
  public: { host: '127.0.0.1', port: 8080 },
  tunnel: { host: '0.0.0.0', port: 7443, names: ['gw.example.com'] },
  est: { host: '0.0.0.0', port: 7444 },
  identityProvider: {
    issuer: 'https://id.sallyport.example.com',
    socket: '/run/s/idp.sock',
    adminSocket: '/run/s/admin.sock',
    adminTokenFile: '/etc/s/token',
  },
  pagesDir: '/opt/sallyport/pages',
  policiesDir: '/opt/sallyport/policies',
}

function problemsOf(change: object, environment: NodeJS.ProcessEnv = {}): Record<string, string> {
  try {
    parseSettings({ ...good, ...change }, environment, 'gateway.json')
    return {}
  } catch (error) {
    if (!(error instanceof CodedError)) throw error
    return Object.fromEntries(error.problems.map(({ path, message }) => [path, message]))
  }
}

describe('settings of the gateway', () => {
  it('are frozen to the bottom, with defaults filled in', () => {
    const settings = parseSettings(good, {}, 'gateway.json')
    expect(settings).toMatchObject({ gracePeriodS: 60, requestTimeoutS: 60, demo: false })
    expect(Object.isFrozen(settings.tunnel.names)).toBe(true)
  })

  it('report every problem at once, each with its path', () => {
    const problems = problemsOf({ dataDir: 'relative', tunnel: { host: 'x', port: 70_000, names: [] }, logLevel: 'loud', typo: 1 })
    expect(Object.keys(problems).toSorted()).toEqual(['(whole file)', 'dataDir', 'logLevel', 'tunnel.names', 'tunnel.port'])
  })

  it('report what several fields say together beside what single ones say', () => {
    const problems = problemsOf({
      tunnel: { host: '0.0.0.0', port: 'many', names: ['gw.example.com'] },
      accessDomain: 'machines.example.com',
      portalOrigin: 'http://sallyport.example.com',
      public: { host: '0.0.0.0', port: 443 },
      gracePeriodS: null,
      more: true,
    })
    expect(Object.keys(problems).toSorted()).toEqual([
      '(whole file)',
      'accessDomain',
      'gracePeriodS',
      'identityProvider.issuer',
      'portalOrigin',
      'public.tls',
      'tunnel.port',
    ])
  })

  it.each([
    ['nothing', undefined],
    ['null', null],
    ['a list', []],
    ['a text', 'settings'],
    ['a number', 7],
  ])('are refused in one sentence when they are %s, whatever the environment says', (_what, value) => {
    const parse = () => parseSettings(value, { SALLYPORT_PUBLIC_PORT: '1' }, 'gateway.json')
    expect(parse).toThrow(CodedError)
    expect(parse).toThrow(/^gateway\.json has /)
  })

  it.each([
    ['an IPv4 address', 'https://10.0.0.5'],
    ['an IPv6 address', 'https://[2001:db8::1]'],
  ])('refuse %s as the portal: sign-in and machines need names beside it', (_what, portalOrigin) => {
    expect(problemsOf({ portalOrigin })).toHaveProperty('portalOrigin')
  })

  it.each([
    ['an IPv4 address', '10.0.0.5'],
    ['a dot at the end', 'machines.example.net.'],
    ['two dots', 'machines..example.net'],
    ['capitals', 'Machines.example.net'],
    ['a port', 'machines.example.net:443'],
    ['a scheme', 'https://machines.example.net'],
    ['a wildcard', '*.example.net'],
    ['a hyphen at the end of a label', 'machines-.example.net'],
    ['a label of 64', `${'a'.repeat(64)}.example.net`],
    ['a whole top-level domain', 'net'],
    ['a public suffix', 'co.uk'],
    ['a name of 254', `${'a.'.repeat(124)}example`],
    ['nothing', ''],
  ])('refuse %s as the domain of machines', (_what, accessDomain) => {
    expect(problemsOf({ accessDomain })).toHaveProperty('accessDomain')
  })

  it.each([
    ['a path', 'https://sallyport.example.com/portal'],
    ['a slash at the end', 'https://sallyport.example.com/'],
    ['a user', 'https://me@sallyport.example.com'],
    ['another scheme', 'ftp://sallyport.example.com'],
    ['no scheme', 'sallyport.example.com'],
    ['a script', 'javascript:alert(1)'],
  ])('refuse %s in the portal’s address', (_what, portalOrigin) => {
    expect(problemsOf({ portalOrigin })).toHaveProperty('portalOrigin')
  })

  it.each([
    ['a query', 'https://id.sallyport.example.com/?x'],
    ['a fragment', 'https://id.sallyport.example.com/#x'],
    ['the name of the portal', 'https://sallyport.example.com/id'],
    ['a name that machines could have', 'https://id.machines.example.net'],
  ])('refuse %s in the issuer', (_what, issuer) => {
    expect(problemsOf({ identityProvider: { ...good.identityProvider, issuer } })).toHaveProperty(['identityProvider.issuer'])
  })

  it.each([
    ['one registrable domain', 'machines.example.com'],
    ['a name under the portal', 'm.sallyport.example.com'],
    ['the same name', 'sallyport.example.com'],
  ])('refuse %s for portal and machines', (_name, accessDomain) => {
    expect(problemsOf({ accessDomain })).toHaveProperty('accessDomain')
  })

  it('know public suffixes of more than one label: two customers of co.uk are apart, two names of one are not', () => {
    const portal = {
      portalOrigin: 'https://portal.acme.co.uk',
      identityProvider: { ...good.identityProvider, issuer: 'https://id.acme.co.uk' },
    }
    expect(problemsOf({ ...portal, accessDomain: 'machines.other.co.uk' })).toEqual({})
    expect(problemsOf({ ...portal, accessDomain: 'machines.acme.co.uk' })).toHaveProperty('accessDomain')
  })

  it('demand https outside the demo, and TLS where the port is not on loopback', () => {
    expect(problemsOf({ portalOrigin: 'http://sallyport.example.com' })).toHaveProperty('portalOrigin')
    expect(problemsOf({ public: { host: '0.0.0.0', port: 443 } })).toHaveProperty(['public.tls'])
    expect(problemsOf({ demo: true })).toHaveProperty('demo')
  })

  it('move the bounds that docs/limits.md names, each within its own range, and know no others', () => {
    expect(parseSettings(good, {}, 'gateway.json').limits).toMatchObject({ connectionsPerAddress: 4_096, sessionsPerPerson: 32 })
    expect(parseSettings({ ...good, limits: { sessionsPerPerson: 1 } }, {}, 'gateway.json').limits).toMatchObject({
      connections: 20_000,
      sessionsPerPerson: 1,
    })
    const wrong = { connections: 99, connectionsPerAddress: 0, streamsPerPerson: 1.5, portalRequestsPerSecond: '5', other: 1 }
    expect(Object.keys(problemsOf({ limits: wrong })).toSorted()).toEqual([
      'limits',
      'limits.connections',
      'limits.connectionsPerAddress',
      'limits.portalRequestsPerSecond',
      'limits.streamsPerPerson',
    ])
  })

  it('keep decisions for 400 days, and for 30 at least', () => {
    expect(parseSettings(good, {}, 'gateway.json').retention).toEqual({ decisionDays: 400, grantRequestDays: 400 })
    expect(problemsOf({ retention: { decisionDays: 29 } })).toHaveProperty(['retention.decisionDays'])
    expect(problemsOf({ retention: { grantRequestDays: 0 } })).toHaveProperty(['retention.grantRequestDays'])
  })

  it("show machines' pages to their operators unless told otherwise", () => {
    expect(parseSettings(good, {}, 'gateway.json').mirror).toBe(true)
    expect(parseSettings({ ...good, mirror: false }, {}, 'gateway.json').mirror).toBe(false)
    expect(problemsOf({ mirror: 'no' })).toHaveProperty(['mirror'])
  })

  it('name whom to tell of a vulnerability, by addresses that fit into a line', () => {
    const securityContact = { contacts: ['mailto:security@example.com'], expires: '2027-11-01T00:00:00Z' }
    expect(parseSettings({ ...good, securityContact }, {}, 'gateway.json').securityContact).toEqual({ ...securityContact, policy: null })
    for (const contact of [
      'security@example.com',
      'http://example.com',
      'javascript:1',
      'https://example.com/\nPolicy: x',
      'https://ex ample.com',
    ])
      expect(problemsOf({ securityContact: { ...securityContact, contacts: [contact] } }), contact).toHaveProperty([
        'securityContact.contacts.0',
      ])
    expect(problemsOf({ securityContact: { ...securityContact, expires: 'next year' } })).toHaveProperty(['securityContact.expires'])
  })

  it('take single overrides from the environment, and judge them alike', () => {
    expect(parseSettings(good, { SALLYPORT_PUBLIC_PORT: '9000' }, 'gateway.json').public.port).toBe(9000)
    for (const port of ['many', ' ', '0x50', '1e3', '-1', '65536', '80.5']) {
      const [problem] = Object.entries(problemsOf({}, { SALLYPORT_PUBLIC_PORT: port }))
      expect(problem, port).toEqual(['public.port', expect.stringContaining('SALLYPORT_PUBLIC_PORT') as string])
    }
    expect(problemsOf({}, { SALLYPORT_PUBLIC_PORT: '' })).toEqual({})
  })

  it('say what is wrong with the file itself', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'settings-'))
    const file = join(directory, 'gateway.json')
    expect(() => readSettings(file, {})).toThrow(`${file} is not there. Make one with: sallyport init`)
    expect(() => readSettings(directory, {})).toThrow(/cannot be read \(EISDIR\)/)
    await writeFile(file, '{"dataDir": ')
    expect(() => readSettings(file, {})).toThrow(/is not JSON/)
    await writeFile(file, `\ufeff${JSON.stringify(good)}`)
    expect(readSettings(file, {}).organisation).toBe('Acme Service')
    await rm(directory, { recursive: true })
  })

  it('believe a front about addresses only where nobody else can reach the port', () => {
    expect(problemsOf({ public: { host: '127.0.0.1', port: 8080, trustForwardedFor: true } })).toEqual({})
    expect(problemsOf({ public: { host: '0.0.0.0', port: 8080, trustForwardedFor: true } })).toHaveProperty(['public.trustForwardedFor'])
    const tls = { certFile: '/c.pem', keyFile: '/k.pem' }
    expect(problemsOf({ public: { host: '127.0.0.1', port: 443, tls, trustForwardedFor: true } })).toHaveProperty([
      'public.trustForwardedFor',
    ])
  })

  it('take one port for all, with TLS and a name for machines of its own, and no two of three', () => {
    const all = { host: '0.0.0.0', port: 443 }
    const tls = { certFile: '/c.pem', keyFile: '/k.pem' }
    const onePort = (names: string[], more: object = { tls }) => ({ public: { ...all, ...more }, tunnel: { ...all, names }, est: all })
    expect(problemsOf(onePort(['gw.example.com']))).toEqual({})
    for (const name of ['sallyport.example.com', 'id.sallyport.example.com', 'x.machines.example.net', 'machines.example.net'])
      expect(problemsOf(onePort([name]))).toHaveProperty(['tunnel.names'])
    expect(problemsOf(onePort(['gw.example.com'], {}))).toHaveProperty(['public.tls'])
    expect(problemsOf({ est: { host: '0.0.0.0', port: 7443 } })).toHaveProperty(['tunnel.port'])
    expect(problemsOf({ ...onePort(['gw.example.com']), est: { host: '127.0.0.1', port: 443 } })).toHaveProperty(['tunnel.port'])
  })
})
