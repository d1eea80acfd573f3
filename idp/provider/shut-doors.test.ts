import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { formHeaders, issuer, redirectUri, TestIdp } from '../test-support/test-idp.ts'
import { startFlow } from '../test-support/sign-in-flow.ts'
import { TestBrowser } from '../test-support/test-browser.ts'

let idp: TestIdp
beforeAll(async () => {
  idp = await TestIdp.start()
})
afterAll(() => idp[Symbol.asyncDispose]())

const post = (path: string, fields: Record<string, string>): Promise<Response> =>
  idp.fetch(`${issuer}${path}`, { method: 'POST', headers: formHeaders, body: new URLSearchParams(fields).toString() })

describe('what the provider does not do', () => {
  it.each([
    '/reg',
    '/device',
    '/device/auth',
    '/ciba',
    '/backchannel',
    '/token/introspection',
    '/token/revocation',
    '/interaction/x/login',
  ])('has no %s', async (path) => {
    expect([404, 405]).toContain((await idp.fetch(`${issuer}${path}`)).status)
    expect((await post(path, { client_id: 'portal' })).status).toBeGreaterThanOrEqual(400)
  })

  it('knows no client but those of its settings, also none that names itself by an address', async () => {
    for (const client of ['stranger', 'https://client.evil.test/metadata.json', "' OR 1=1"]) {
      const answer = await post('/request', { client_id: client, redirect_uri: redirectUri, response_type: 'code', scope: 'openid' })
      expect([400, 401], client).toContain(answer.status)
      expect(await answer.json()).toMatchObject({ error: 'invalid_client' })
    }
  })

  it.each(['password', 'client_credentials', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code', 'implicit'])(
    'grants nothing for %s',
    async (grant) => {
      const answer = await post('/token', { grant_type: grant, client_id: 'portal', username: 'mia', password: 'x' })
      expect([400, 401]).toContain(answer.status)
    },
  )

  it('reads no endless body, also where its length is not announced', async () => {
    for (const path of ['/request', '/token'])
      expect((await post(path, { client_id: 'portal', padding: 'x'.repeat(100_000) })).status).toBeGreaterThanOrEqual(400)
  })

  it('lets no page of another origin read its answers', async () => {
    for (const path of ['/token', '/request']) {
      const body = new URLSearchParams({ client_id: 'portal' }).toString()
      const answer = await idp.fetch(`${issuer}${path}`, { method: 'POST', headers: { ...formHeaders, origin: 'https://evil.test' }, body })
      expect(answer.status, path).toBeGreaterThanOrEqual(400)
      expect(answer.headers.get('access-control-allow-origin'), path).toBeNull()
    }
  })
})

it('takes the address that the front saw, whatever the client put before it', async () => {
  await idp.person('mia', 'four random kitchen words')
  const waits: number[] = []
  for (let attempt = 0; attempt < 8; attempt += 1) {
    const browser = new TestBrowser(idp, `203.0.113.${attempt}, 192.0.2.99`)
    const { page } = await startFlow(await idp.client(), browser)
    waits.push((await browser.signIn(page, 'mia', 'a wrong guess at it')).status)
  }
  expect(waits.slice(0, 5)).toEqual([422, 422, 422, 422, 422])
  expect(waits.slice(5)).toEqual([429, 429, 429])
})
