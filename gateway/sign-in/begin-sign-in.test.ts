import { webcrypto } from 'node:crypto'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { redirectUri, signedOutUri } from '../../idp/test-support/test-idp.ts'
import { FakeClock } from '../basics/fake-clock.ts'
import { beginSignIn } from './begin-sign-in.ts'
import { completeSignIn } from './complete-sign-in.ts'
import { createOidcClient } from './oidc-client.ts'
import { createSignInPace } from './sign-in-pace.ts'
import { tokenHash } from './sign-in-room.ts'
import { sweepSignIns } from './sweep-sign-ins.ts'
import { SignInWorld } from './testing/sign-in-world.ts'

describe('leaving for the provider', () => {
  it('says nothing in the address but who asks: the rest was pushed', async () => {
    await using world = await SignInWorld.make()
    const { url, token } = await world.begin()
    expect([...url.searchParams.keys()].toSorted()).toEqual(['client_id', 'request_uri'])
    const pending = await world.room.store.takePending(tokenHash(token))
    expect(pending).toMatchObject({ expiresAt: world.room.clock.nowS() + 600, returnTo: '/' })
    expect(new Set([pending?.state, pending?.nonce, pending?.codeVerifier, token]).size).toBe(4)
  })

  it('is another one each time', async () => {
    await using world = await SignInWorld.make()
    const [first, second] = await Promise.all([world.begin(), world.begin()])
    expect(first.token).not.toBe(second.token)
    expect(first.url.href).not.toBe(second.url.href)
  })

  it('again asks for a proof although the provider knows the person, and brings a younger sign-in back', async () => {
    await using world = await SignInWorld.make()
    const ada = await world.person('ada')
    const browser = world.browser()
    const before = await world.signIn('ada', browser)
    const plain = await world.begin('/machines/press-1/ask?service=hmi')
    expect((await browser.get(plain.url)).url.href.startsWith(redirectUri)).toBe(true)
    const begun = await beginSignIn(world.room, { returnTo: '/machines/press-1/ask?service=hmi', address: '192.0.2.7', again: ada })
    const page = await browser.get(begun.url)
    expect(page.url.href.startsWith(redirectUri)).toBe(false)
    expect(page.body).toContain('value="ada"')
    const callback = await world.through(browser, begun.url, 'ada')
    const done = await completeSignIn(world.room, { callback, pendingToken: begun.token, address: null, previousToken: before })
    expect(done.returnTo).toBe('/machines/press-1/ask?service=hmi')
    expect((await world.room.store.find(tokenHash(done.token)))?.methods).toEqual(['pwd'])
  })

  it('fails clearly while the provider does not answer, and works as soon as it does', async () => {
    await using world = await SignInWorld.make()
    await world.people.idp.stop()
    await expect(world.begin()).rejects.toMatchObject({ code: 'identity_provider_unreachable', remedy: 'retry' })
    await world.people.idp.restart()
    await world.begin()
    await world.people.idp.stop()
    await expect(world.begin()).rejects.toMatchObject({ code: 'identity_provider_unreachable', remedy: 'retry' })
  })
})

it('that refuses us is no provider that does not answer', async () => {
  await using world = await SignInWorld.make()
  const { idp } = world.people
  const client = createOidcClient({
    issuer: idp.issuer,
    clientId: 'portal',
    privateKey: (await webcrypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign', 'verify'])).privateKey,
    redirectUri,
    postLogoutRedirectUri: signedOutUri,
    stepUpAcrValues: [],
    socket: join(idp.folder, 'public.sock'),
    allowHttp: false,
  })
  await expect(client.start()).rejects.toMatchObject({ code: 'sign_in_failed' })
})

describe('where to go afterwards', () => {
  let world: SignInWorld
  beforeAll(async () => {
    world = await SignInWorld.make()
  })
  afterAll(() => world[Symbol.asyncDispose]())

  it.each([
    ['/', '/'],
    ['/machines/press-1?tab=history', '/machines/press-1?tab=history'],
    ['/people?search=M%C3%BCller', '/people?search=M%C3%BCller'],
    ['https://evil.test/', '/'],
    ['//evil.test/', '/'],
    ['///evil.test/', '/'],
    ['/\\evil.test/', '/'],
    ['\\/evil.test', '/'],
    ['/\t/evil.test', '/'],
    ['/\n/evil.test', '/'],
    ['javascript:alert(1)', '/'],
    ['evil.test', '/'],
    ['', '/'],
    ['/machines\r\nset-cookie: a=b', '/'],
    ['/machines\n', '/'],
    ['/auth/sign-in?return_to=/', '/'],
    ['/@evil.test', '/'],
    ['/#//evil.test', '/'],
  ])('%j leads to %j', async (asked, expected) => {
    const { token } = await world.begin(asked)
    const returnTo = (await world.room.store.takePending(tokenHash(token)))?.returnTo
    expect(returnTo).toBe(expected)
    expect(new URL(returnTo ?? '', 'https://portal.test').origin).toBe('https://portal.test')
  })
})

describe('the pace', () => {
  const settings = { perAddress: 3, perLoopback: 6, windowMs: 60_000, maxAddresses: 2 }
  const tooMany = expect.objectContaining({ code: 'too_many_sign_ins', details: { status: 429 } })

  it('lets an address begin so many a minute, and others meanwhile', () => {
    const clock = new FakeClock()
    const pace = createSignInPace(clock, settings)
    for (let n = 0; n < 3; n += 1) pace.admit('192.0.2.1')
    expect(() => pace.admit('192.0.2.1')).toThrow(tooMany)
    pace.admit('192.0.2.2')
    clock.advance(59_999)
    expect(() => pace.admit('192.0.2.1')).toThrow(tooMany)
    clock.advance(1)
    pace.admit('192.0.2.1')
  })

  it('takes a network of IPv6 as one, in any way of writing it', () => {
    const pace = createSignInPace(new FakeClock(), settings)
    for (const address of ['2001:db8:1:2::1', '2001:DB8:1:2:3:4:5:6', '2001:db8:1:2::']) pace.admit(address)
    expect(() => pace.admit('2001:db8:1:2::ffff')).toThrow(tooMany)
    pace.admit('2001:db8:1:3::1')
  })

  it('gives a front on this machine, behind which everybody is, more', () => {
    const pace = createSignInPace(new FakeClock(), settings)
    for (let n = 0; n < 6; n += 1) pace.admit('127.0.0.1')
    expect(() => pace.admit('127.0.0.1')).toThrow(tooMany)
  })

  it('remembers a bounded number of addresses', () => {
    const pace = createSignInPace(new FakeClock(), settings)
    for (let n = 0; n < 3; n += 1) pace.admit('192.0.2.1')
    for (const address of ['192.0.2.2', '192.0.2.3']) pace.admit(address)
    pace.admit('192.0.2.1')
  })

  it('refuses before anything is kept or the provider is asked', async () => {
    await using world = await SignInWorld.make()
    await world.people.idp.stop()
    const room = { ...world.room, pace: createSignInPace(world.room.clock, { ...settings, perAddress: 0 }) }
    await expect(beginSignIn(room, { returnTo: '/', address: '192.0.2.1' })).rejects.toMatchObject({ code: 'too_many_sign_ins' })
  })
})

it('forgets those who never came back, and sign-ins that are over', async () => {
  await using world = await SignInWorld.make()
  await world.person('mia')
  const token = await world.signIn('mia')
  const { token: pending } = await world.begin()
  const stop = sweepSignIns(world.room)
  world.people.clock.advance(10 * 60_000)
  await expect.poll(() => world.room.store.takePending(tokenHash(pending))).toBeUndefined()
  expect(await world.room.store.find(tokenHash(token))).toBeDefined()
  world.people.clock.advance(10 * 3_600_000)
  await expect.poll(() => world.room.store.find(tokenHash(token))).toBeUndefined()
  stop()
})
