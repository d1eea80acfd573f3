import type { Configuration } from 'oidc-provider'
import { describe, expect, it } from 'vitest'
import { systemRandom } from '../../gateway/basics/random.ts'
import { newCookieKey, newSigningKey } from '../keys/load-provider-keys.ts'
import { readSettings } from '../settings/read-settings.ts'
import { hardeningProblems } from './hardening-problems.ts'
import { providerConfiguration } from './provider-configuration.ts'

const maker = { random: systemRandom, nowS: () => 0 }

function configurationOf(issuer: string, demo: boolean): Configuration {
  const client = { client_id: 'a', jwks: { keys: [{ kty: 'EC', crv: 'P-256', x: 'x', y: 'y' }] }, redirect_uris: ['https://a.test/'] }
  const settings = readSettings(
    JSON.stringify({
      issuer,
      demo,
      dataDir: '/d',
      listen: { socket: '/s' },
      trustedProxy: true,
      admin: { socket: '/a', tokenFile: '/t' },
      clients: [client],
    }),
  )
  const never = (): never => {
    throw new Error('not called')
  }
  return providerConfiguration({
    settings,
    keys: { jwks: { keys: [JSON.parse(newSigningKey(maker).value)] }, cookieKeys: [newCookieKey(maker).value] },
    accounts: { create: never, find: never, findByUsername: never, list: never, update: never, photo: never, setPhoto: never },
    records: { adapter: never },
    nowS: () => 0,
    renderError: never,
    logoutSource: never,
    postLogoutSuccessSource: never,
  })
}

const paths = (change: (configuration: Configuration) => void, nodeEnvironment: string | undefined = 'production'): string[] => {
  const configuration = configurationOf('https://id.example.com', false)
  change(configuration)
  return hardeningProblems({ settings: { issuer: 'https://id.example.com', demo: false }, configuration, nodeEnvironment }).map(
    ({ path }) => path,
  )
}

describe('start-up', () => {
  it('finds nothing against the configuration that we make', () => {
    expect(paths(() => {})).toEqual([])
  })

  it.each<[string, (configuration: Configuration) => void]>([
    ['features.devInteractions', (c) => delete c.features?.devInteractions],
    ['features.registration', (c) => void (c.features = { ...c.features, registration: { enabled: true } })],
    ['features.deviceFlow', (c) => void (c.features = { ...c.features, deviceFlow: { enabled: true } })],
    ['features.ciba', (c) => void Object.assign(c.features ?? {}, { ciba: { enabled: true } })],
    ...(
      ['clientIdMetadataDocument', 'introspection', 'revocation', 'mTLS', 'clientCredentials', 'requestObjects', 'claimsParameter'] as const
    ).map((name): [string, (configuration: Configuration) => void] => [
      `features.${name}`,
      (c) => void Object.assign(c.features ?? {}, { [name]: { enabled: true } }),
    ]),
    ['features.resourceIndicators', (c) => delete c.features?.resourceIndicators],
    ['features.pushedAuthorizationRequests', (c) => delete c.features?.pushedAuthorizationRequests],
    ['features.rpInitiatedLogout', (c) => delete c.features?.rpInitiatedLogout],
    ['features.rpInitiatedLogout', (c) => delete c.features?.rpInitiatedLogout?.postLogoutSuccessSource],
    ['adapter', (c) => delete c.adapter],
    ['jwks', (c) => delete c.jwks],
    ['jwks', (c) => void (c.jwks = { keys: [{ ...JSON.parse(newSigningKey(maker).value), alg: undefined }] })],
    ['jwks', (c) => void (c.jwks = { keys: [{ ...JSON.parse(newSigningKey(maker).value), d: undefined }] })],
    ['cookies.keys', (c) => void (c.cookies = { ...c.cookies, keys: ['short'] })],
    ['cookies.names', (c) => void (c.cookies = { ...c.cookies, names: {} })],
    ['cookies.names', (c) => void (c.cookies = { ...c.cookies, names: { ...c.cookies?.names, resume: 'resume' } })],
    ['cookies', (c) => void (c.cookies = { ...c.cookies, long: { ...c.cookies?.long, secure: false } })],
    ['cookies.httpOnly', (c) => void (c.cookies = { ...c.cookies, short: { ...c.cookies?.short, httpOnly: false } })],
    ['pkce.required', (c) => delete c.pkce],
    ['pkce.required', (c) => void (c.pkce = { required: () => false })],
    ['clients', (c) => void Object.assign(c.clients?.[0] ?? {}, { grant_types: ['authorization_code', 'refresh_token'] })],
    ['scopes', (c) => void (c.scopes = ['openid', 'offline_access'])],
    ['scopes', (c) => delete c.scopes],
    ['clientAuthMethods', (c) => void (c.clientAuthMethods = ['none'])],
    ['responseTypes', (c) => delete c.responseTypes],
    ['ttl', (c) => void (c.ttl = { Session: 1 })],
    ['ttl', (c) => void (c.ttl = { ...c.ttl, Session: () => 14 * 86_400 })],
    ['ttl', (c) => void (c.ttl = { ...c.ttl, AuthorizationCode: 600 })],
    ['interactions.url', (c) => delete c.interactions],
    ['loadExistingGrant', (c) => delete c.loadExistingGrant],
    ['assertJwtClientAuthClaimsAndHeader', (c) => delete c.assertJwtClientAuthClaimsAndHeader],
    ['findAccount', (c) => delete c.findAccount],
    ['renderError', (c) => delete c.renderError],
    ['clientBasedCORS', (c) => delete c.clientBasedCORS],
    ['fetch', (c) => delete c.fetch],
  ])('refuses without %s', (path, change) => {
    expect(paths(change)).toEqual([path])
  })

  it('refuses outside a production environment', () => {
    expect(paths(() => {}, 'development')).toEqual(['NODE_ENV'])
    expect(paths(() => {}, '')).toEqual(['NODE_ENV'])
  })

  it('refuses plain http except in the demo, where all else still holds', () => {
    const issuer = 'http://id.sallyport.localhost:8080'
    const configuration = configurationOf(issuer, true)
    const problems = (demo: boolean): string[] =>
      hardeningProblems({ settings: { issuer, demo }, configuration, nodeEnvironment: undefined }).map(({ path }) => path)
    expect(problems(true)).toEqual([])
    expect(problems(false)).toEqual(['issuer', 'NODE_ENV', 'cookies.names', 'cookies'])
    delete configuration.adapter
    expect(problems(true)).toEqual(['adapter'])
  })
})
