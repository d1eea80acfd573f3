import { describe, expect, it } from 'vitest'
import { CodedError } from '../basics/coded-error.ts'
import { parseSettings } from './read-settings.ts'

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

  it('take single overrides from the environment, and judge them alike', () => {
    expect(parseSettings(good, { SALLYPORT_PUBLIC_PORT: '9000' }, 'gateway.json').public.port).toBe(9000)
    expect(problemsOf({}, { SALLYPORT_PUBLIC_PORT: 'many' })).toHaveProperty(['public.port'])
  })
})
