import * as openid from 'openid-client'
import { Agent, fetch as undiciFetch } from 'undici'
import type { CryptoKey } from 'jose'
import { CodedError } from '../basics/coded-error.ts'

export interface OidcClientOptions {
  readonly issuer: string
  readonly clientId: string
  /** Signs client assertions (RFC 7523), ES256. */
  readonly privateKey: CryptoKey
  readonly redirectUri: string
  readonly postLogoutRedirectUri: string
  /** What the provider calls its stronger ways of signing in (`acr_values`), the best first; none: it is not asked for one. */
  readonly stepUpAcrValues: readonly string[]
  /** Where the provider listens beside us on a Unix socket; null: reached by its own address. */
  readonly socket: string | null
  /** Only the demo: plain http on loopback. */
  readonly allowHttp: boolean
}

export interface StartedSignIn {
  readonly url: URL
  readonly state: string
  readonly nonce: string
  readonly codeVerifier: string
}

/** Signing in once more although somebody is signed in: he proves himself anew, and more strongly where the provider can. */
export interface SignInAgain {
  readonly username: string
}

export interface FinishedSignIn {
  readonly subject: string
  readonly idToken: string
  readonly authenticatedAt: number
  readonly methods: readonly string[]
  readonly providerSession: string | null
}

export interface OidcClient {
  /** @throws CodedError `identity_provider_unreachable`, `sign_in_failed` */
  start(again?: SignInAgain): Promise<StartedSignIn>
  /** @throws CodedError `sign_in_failed` */
  finish(
    callback: URL,
    expected: { readonly state: string; readonly nonce: string; readonly codeVerifier: string },
  ): Promise<FinishedSignIn>
  endSessionUrl(idToken: string): Promise<URL>
}

/** OpenID Connect Core 1.0, PKCE (RFC 7636), PAR (RFC 9126), by openid-client. Discovery happens at the first use and is tried again until it works. */
export function createOidcClient(options: OidcClientOptions): OidcClient {
  let known: Promise<openid.Configuration> | undefined
  const configuration = (): Promise<openid.Configuration> => {
    known ??= discover(options).catch((error: unknown) => {
      known = undefined
      throw unreachable(error)
    })
    return known
  }
  return {
    start: async (again) => start(await configuration(), options, again),
    finish: async (callback, expected) => finish(await configuration(), callback, expected),
    endSessionUrl: async (idToken) =>
      openid.buildEndSessionUrl(await configuration(), { id_token_hint: idToken, post_logout_redirect_uri: options.postLogoutRedirectUri }),
  }
}

async function discover(options: OidcClientOptions): Promise<openid.Configuration> {
  const customFetch = options.socket === null ? undefined : socketFetch(options.socket, new URL(options.issuer))
  return openid.discovery(new URL(options.issuer), options.clientId, undefined, openid.PrivateKeyJwt(options.privateKey), {
    ...(customFetch === undefined ? {} : { [openid.customFetch]: customFetch }),
    execute: options.allowHttp ? [openid.allowInsecureRequests] : [],
    timeout: 10,
  })
}

/** The provider's public address over its Unix socket: it speaks plain HTTP there and learns the scheme from us, as from the public front. */
function socketFetch(socket: string, issuer: URL): openid.CustomFetch {
  const dispatcher = new Agent({ connect: { socketPath: socket }, keepAliveTimeout: 1 })
  return async (url, init) => {
    const target = new URL(url)
    if (target.host !== issuer.host) throw new TypeError(`${target.host} is not the identity provider`)
    const scheme = target.protocol.slice(0, -1)
    target.protocol = 'http:'
    const headers = { ...init.headers, 'x-forwarded-proto': scheme, 'x-forwarded-host': issuer.host, 'x-forwarded-for': '127.0.0.1' }
    const body = init.body as string | URLSearchParams | null | undefined
    const answer = await undiciFetch(target, { method: init.method, headers, body, redirect: 'manual', signal: init.signal, dispatcher })
    return answer
  }
}

const unreachable = (cause: unknown): CodedError =>
  new CodedError({
    code: 'identity_provider_unreachable',
    message: 'The identity provider does not answer. Try again in a moment.',
    remedy: 'retry',
    cause,
  })

const notSucceeded = (cause: unknown): CodedError =>
  new CodedError({
    code: 'sign_in_failed',
    message: 'Signing in did not succeed. Start again from the portal.',
    remedy: 'sign_in',
    cause,
  })

async function start(config: openid.Configuration, options: OidcClientOptions, again?: SignInAgain): Promise<StartedSignIn> {
  const codeVerifier = openid.randomPKCECodeVerifier()
  const state = openid.randomState()
  const nonce = openid.randomNonce()
  const parameters = {
    redirect_uri: options.redirectUri,
    scope: 'openid profile',
    code_challenge: await openid.calculatePKCECodeChallenge(codeVerifier),
    code_challenge_method: 'S256',
    state,
    nonce,
    ...(again === undefined ? {} : stepUp(options, again)),
  }
  const pushed = config.serverMetadata().pushed_authorization_request_endpoint !== undefined
  const url = pushed ? await push(config, parameters) : openid.buildAuthorizationUrl(config, parameters)
  return { url, state, nonce, codeVerifier }
}

/** OpenID Connect Core 1.0, section 3.1.2.1; RFC 9470, section 4. The session at the provider is not enough: it asks whoever it is. */
const stepUp = ({ stepUpAcrValues: acr }: OidcClientOptions, { username }: SignInAgain): Record<string, string> => ({
  prompt: 'login',
  max_age: '0',
  login_hint: username,
  ...(acr.length === 0 ? {} : { acr_values: acr.join(' ') }),
})

async function push(config: openid.Configuration, parameters: Record<string, string>): Promise<URL> {
  try {
    return await openid.buildAuthorizationUrlWithPAR(config, parameters)
  } catch (error) {
    // It answered and refused us: another key, another redirect URI. Waiting would not help.
    throw error instanceof openid.ResponseBodyError ? notSucceeded(error) : unreachable(error)
  }
}

async function finish(
  config: openid.Configuration,
  callback: URL,
  expected: { readonly state: string; readonly nonce: string; readonly codeVerifier: string },
): Promise<FinishedSignIn> {
  try {
    const tokens = await openid.authorizationCodeGrant(config, callback, {
      pkceCodeVerifier: expected.codeVerifier,
      expectedState: expected.state,
      expectedNonce: expected.nonce,
      idTokenExpected: true,
    })
    const claims = tokens.claims()
    if (claims === undefined || tokens.id_token === undefined) throw new TypeError('no ID token came')
    const methods = Array.isArray(claims['amr']) ? claims['amr'].filter((method): method is string => typeof method === 'string') : []
    return {
      subject: claims.sub,
      idToken: tokens.id_token,
      authenticatedAt: claims.auth_time ?? claims.iat,
      methods,
      providerSession: typeof claims['sid'] === 'string' ? claims['sid'] : null,
    }
  } catch (error) {
    throw notSucceeded(error)
  }
}
