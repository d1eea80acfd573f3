import * as openid from 'openid-client'
import type { Landing, TestBrowser } from './test-browser.ts'
import { redirectUri } from './test-idp.ts'

export interface StartedFlow {
  readonly verifier: string
  readonly state: string
  readonly nonce: string
  /** The first page that the browser was shown. */
  readonly page: Landing
}

/** Pushes an authorization request (PAR) and opens its address in the browser. */
export async function startFlow(
  client: openid.Configuration,
  browser: TestBrowser,
  extra: Record<string, string> = {},
): Promise<StartedFlow> {
  const verifier = openid.randomPKCECodeVerifier()
  const state = openid.randomState()
  const nonce = openid.randomNonce()
  const url = await openid.buildAuthorizationUrlWithPAR(client, {
    redirect_uri: redirectUri,
    scope: 'openid profile',
    code_challenge: await openid.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state,
    nonce,
    ...extra,
  })
  return { verifier, state, nonce, page: await browser.get(url) }
}

/** Exchanges the code with which the browser came back. */
export const exchange = (
  client: openid.Configuration,
  flow: StartedFlow,
  landing: Landing,
): ReturnType<typeof openid.authorizationCodeGrant> =>
  openid.authorizationCodeGrant(client, landing.url, {
    pkceCodeVerifier: flow.verifier,
    expectedState: flow.state,
    expectedNonce: flow.nonce,
    idTokenExpected: true,
  })
