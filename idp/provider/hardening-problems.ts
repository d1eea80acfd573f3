import type { Configuration } from 'oidc-provider'
import {
  alwaysAsksForPkce,
  cookiesOf,
  hasOwnLogoutPages,
  lifetimeProblem,
  noOfflineAccess,
  ownCookieKeys,
  ownSigningKeys,
  prefixedCookieNames,
  takesCodesAlone,
} from './configuration-facts.ts'
import type { IdpSettings } from '../settings/idp-settings.ts'

export interface HardeningInput {
  readonly settings: Pick<IdpSettings, 'issuer' | 'demo'>
  readonly configuration: Configuration
  readonly nodeEnvironment: string | undefined
}

type Check = readonly [path: string, holds: (input: HardeningInput) => boolean, message: string]

/** Features of the library that are off, also those that it turns on by itself, and those that only came with a later version. */
const featuresOff = [
  'registration',
  'registrationManagement',
  'deviceFlow',
  'ciba',
  'clientIdMetadataDocument',
  'introspection',
  'revocation',
  'resourceIndicators',
  'mTLS',
  'clientCredentials',
  'requestObjects',
  'claimsParameter',
] as const
/** On unless they are turned off by hand. */
const onByDefault: ReadonlySet<string> = new Set(['resourceIndicators'])

const isOff =
  (name: (typeof featuresOff)[number]): Check[1] =>
  ({ configuration }) => {
    const enabled = configuration.features?.[name]?.enabled
    return onByDefault.has(name) ? enabled === false : enabled !== true
  }

/** What the library leaves open unless it is set by hand. Nothing of it may be missing outside the demo. */
const checks: readonly Check[] = [
  ['issuer', ({ settings }) => settings.issuer.startsWith('https://'), 'must be https'],
  ['NODE_ENV', ({ nodeEnvironment }) => nodeEnvironment === 'production', 'must be "production" in the environment'],
  ['features.devInteractions', ({ configuration }) => configuration.features?.devInteractions?.enabled === false, 'must be off'],
  ...featuresOff.map((name): Check => [`features.${name}`, isOff(name), 'must be off']),
  [
    'features.pushedAuthorizationRequests',
    ({ configuration }) => configuration.features?.pushedAuthorizationRequests?.requirePushedAuthorizationRequests === true,
    'must be required',
  ],
  ['features.rpInitiatedLogout', ({ configuration }) => hasOwnLogoutPages(configuration), 'must have its own pages, before and after'],
  ['adapter', ({ configuration }) => configuration.adapter !== undefined, 'must be the store on disk, not the memory'],
  ['jwks', ({ configuration }) => ownSigningKeys(configuration), 'must be our own private keys, each for one algorithm'],
  ['cookies.keys', ({ configuration }) => ownCookieKeys(configuration), 'must hold at least one key of 32 bytes'],
  [
    'cookies.names',
    ({ configuration }) => prefixedCookieNames(configuration),
    'must begin with __Host- (session) and __Secure- (all others)',
  ],
  ['cookies', ({ configuration }) => cookiesOf(configuration, 'secure'), 'must be secure'],
  ['cookies.httpOnly', ({ configuration }) => cookiesOf(configuration, 'httpOnly', 'signed'), 'must be hidden from scripts, and signed'],
  ['pkce.required', ({ configuration }) => alwaysAsksForPkce(configuration), 'must hold for every client'],
  [
    'clientAuthMethods',
    ({ configuration }) => [...(configuration.clientAuthMethods ?? [])].join() === 'private_key_jwt',
    'must be private_key_jwt alone',
  ],
  ['responseTypes', ({ configuration }) => [...(configuration.responseTypes ?? [])].join() === 'code', 'must be code alone'],
  ['clients', ({ configuration }) => configuration.clients?.every(takesCodesAlone) === true, 'must use authorization codes alone'],
  ['scopes', ({ configuration }) => noOfflineAccess(configuration), 'must be set, without offline_access'],
  ['ttl', ({ configuration }) => lifetimeProblem(configuration) === undefined, 'must be set for every kind and no longer than a shift'],
  ['findAccount', ({ configuration }) => configuration.findAccount !== undefined, 'must be ours'],
  ['loadExistingGrant', ({ configuration }) => configuration.loadExistingGrant !== undefined, 'must be ours'],
  ['interactions.url', ({ configuration }) => configuration.interactions?.url !== undefined, 'must be our pages'],
  ['renderError', ({ configuration }) => configuration.renderError !== undefined, 'must be ours'],
  ['clientBasedCORS', ({ configuration }) => configuration.clientBasedCORS !== undefined, 'must be ours'],
  [
    'assertJwtClientAuthClaimsAndHeader',
    ({ configuration }) => configuration.assertJwtClientAuthClaimsAndHeader !== undefined,
    'must be ours',
  ],
  ['fetch', ({ configuration }) => configuration.fetch !== undefined, 'must not reach out'],
]

/** Names that hold in the demo too differ only by plain http and by the environment. */
const notInDemo = new Set(['issuer', 'NODE_ENV', 'cookies', 'cookies.names'])

/** Everything that stands against serving with this configuration; empty when it may start. */
export function hardeningProblems(input: HardeningInput): readonly { readonly path: string; readonly message: string }[] {
  return checks
    .filter(([path]) => !(input.settings.demo && notInDemo.has(path)))
    .filter(([, holds]) => !holds(input))
    .map(([path, , message]) => ({ path, message }))
}
