import type { Configuration } from 'oidc-provider'
import type { IdpSettings } from '../settings/idp-settings.ts'

export interface HardeningInput {
  readonly settings: Pick<IdpSettings, 'issuer' | 'demo'>
  readonly configuration: Configuration
  readonly nodeEnvironment: string | undefined
}

type Check = readonly [path: string, holds: (input: HardeningInput) => boolean, message: string]

const requiredLifetimes = ['Session', 'Grant', 'AccessToken', 'IdToken', 'AuthorizationCode', 'Interaction'] as const

/** What the library leaves open unless it is set by hand. Nothing of it may be missing outside the demo. */
const checks: readonly Check[] = [
  ['issuer', ({ settings }) => settings.issuer.startsWith('https://'), 'must be https'],
  ['NODE_ENV', ({ nodeEnvironment }) => nodeEnvironment === 'production', 'must be "production" in the environment'],
  ['features.devInteractions', ({ configuration }) => configuration.features?.devInteractions?.enabled === false, 'must be off'],
  [
    'features.registration',
    ({ configuration }) => configuration.features?.registration?.enabled !== true,
    'must be off: clients are in the settings',
  ],
  ['features.deviceFlow', ({ configuration }) => configuration.features?.deviceFlow?.enabled !== true, 'must be off'],
  ['features.ciba', ({ configuration }) => configuration.features?.ciba?.enabled !== true, 'must be off'],
  [
    'features.pushedAuthorizationRequests',
    ({ configuration }) => configuration.features?.pushedAuthorizationRequests?.requirePushedAuthorizationRequests === true,
    'must be required',
  ],
  [
    'features.rpInitiatedLogout',
    ({ configuration }) => configuration.features?.rpInitiatedLogout?.logoutSource !== undefined,
    'must have its own page',
  ],
  ['adapter', ({ configuration }) => configuration.adapter !== undefined, 'must be the store on disk, not the memory'],
  ['jwks', ({ configuration }) => (configuration.jwks?.keys.length ?? 0) > 0, 'must be our own keys'],
  ['cookies.keys', ({ configuration }) => ownCookieKeys(configuration), 'must hold at least one key of 32 bytes'],
  [
    'cookies.names.session',
    ({ configuration }) => configuration.cookies?.names?.session?.startsWith('__Host-') === true,
    'must begin with __Host-',
  ],
  [
    'cookies',
    ({ configuration }) => configuration.cookies?.long?.secure === true && configuration.cookies.short?.secure === true,
    'must be secure',
  ],
  ['pkce.required', ({ configuration }) => configuration.pkce?.required !== undefined, 'must be set'],
  [
    'clientAuthMethods',
    ({ configuration }) => [...(configuration.clientAuthMethods ?? [])].join() === 'private_key_jwt',
    'must be private_key_jwt alone',
  ],
  ['responseTypes', ({ configuration }) => [...(configuration.responseTypes ?? [])].join() === 'code', 'must be code alone'],
  ['ttl', ({ configuration }) => requiredLifetimes.every((name) => configuration.ttl?.[name] !== undefined), 'must be set for every kind'],
  ['findAccount', ({ configuration }) => configuration.findAccount !== undefined, 'must be ours'],
  ['renderError', ({ configuration }) => configuration.renderError !== undefined, 'must be ours'],
  ['clientBasedCORS', ({ configuration }) => configuration.clientBasedCORS !== undefined, 'must be ours'],
  ['fetch', ({ configuration }) => configuration.fetch !== undefined, 'must not reach out'],
]

/** Names that hold in the demo too differ only by plain http and by the environment. */
const notInDemo = new Set(['issuer', 'NODE_ENV', 'cookies', 'cookies.names.session'])

/** Everything that stands against serving with this configuration; empty when it may start. */
export function hardeningProblems(input: HardeningInput): readonly { readonly path: string; readonly message: string }[] {
  return checks
    .filter(([path]) => !(input.settings.demo && notInDemo.has(path)))
    .filter(([, holds]) => !holds(input))
    .map(([path, , message]) => ({ path, message }))
}

function ownCookieKeys({ cookies }: Configuration): boolean {
  const keys = cookies?.keys
  return Array.isArray(keys) && keys.length > 0 && keys.every((key) => typeof key === 'string' && key.length >= 43)
}
