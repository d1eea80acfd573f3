import { createHash } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { systemRandom } from '../basics/random.ts'
import { allowCommandLine, signInCommandLine } from './command-line.ts'
import { endSignIn } from './end-sign-in.ts'
import { SignInWorld } from './testing/sign-in-world.ts'
import { whoIsSignedIn, type SignedIn } from './who-is-signed-in.ts'

describe('a command line', () => {
  let world: SignInWorld
  let browser: SignedIn
  let cookie: string
  const codeVerifier = systemRandom.token(32)
  const codeChallenge = createHash('sha256').update(codeVerifier).digest('base64url')

  beforeEach(async () => {
    world = await SignInWorld.make()
    await world.person('mia')
    cookie = await world.signIn('mia')
    const found = await whoIsSignedIn(world.room, cookie)
    if (found === undefined) throw new Error('the browser is not signed in')
    browser = found
  }, 60_000)
  afterEach(() => world[Symbol.asyncDispose]())

  const allowed = (): Promise<string> => allowCommandLine(world.room, browser, codeChallenge)
  const redeem = (code: string, verifier = codeVerifier): ReturnType<typeof signInCommandLine> =>
    signInCommandLine(world.room, { code, codeVerifier: verifier, address: '192.0.2.9' })
  const asCommandLine = (token: string): Promise<SignedIn | undefined> => whoIsSignedIn(world.room, token, 'command_line')

  it('gets a sign-in of its own for the code and the verifier, as good as the browser’s and no longer', async () => {
    const { token, expiresAt, person } = await redeem(await allowed())
    const signedIn = await asCommandLine(token)
    expect(person.id).toBe(browser.person.id)
    expect(expiresAt).toBe(browser.signIn.expiresAt)
    expect(signedIn?.signIn).toMatchObject({ client: 'command_line', methods: browser.signIn.methods, address: '192.0.2.9' })
    expect(signedIn?.signIn.authenticatedAt).toBe(browser.signIn.authenticatedAt)
  })

  it('cannot use a cookie as its token, nor a browser its token as a cookie', async () => {
    const { token } = await redeem(await allowed())
    expect(await asCommandLine(cookie)).toBeUndefined()
    expect(await whoIsSignedIn(world.room, token)).toBeUndefined()
  })

  it('gets nothing for a code that was used, is old, or was given for another verifier; a wrong try uses the code up', async () => {
    const used = await allowed()
    await redeem(used)
    await expect(redeem(used)).rejects.toMatchObject({ code: 'code_invalid' })
    const stolen = await allowed()
    await expect(redeem(stolen, systemRandom.token(32))).rejects.toMatchObject({ code: 'code_invalid' })
    await expect(redeem(stolen)).rejects.toMatchObject({ code: 'code_invalid' })
    const old = await allowed()
    world.people.storage.clock.advance(60_000)
    await expect(redeem(old)).rejects.toMatchObject({ code: 'code_invalid' })
    await expect(redeem('nothing')).rejects.toMatchObject({ code: 'code_invalid' })
  })

  it('gets nothing when the browser signed out or the account was disabled in between', async () => {
    const first = await allowed()
    await endSignIn(world.room, browser)
    await expect(redeem(first)).rejects.toMatchObject({ code: 'code_invalid' })
  })

  it('is signed out with its browser, and the browser is not with it', async () => {
    const [first, second] = [await redeem(await allowed()), await redeem(await allowed())]
    const own = await asCommandLine(first.token)
    if (own === undefined) throw new Error('the command line is not signed in')
    await endSignIn(world.room, own)
    expect(await asCommandLine(first.token)).toBeUndefined()
    expect([await whoIsSignedIn(world.room, cookie), await asCommandLine(second.token)]).not.toContain(undefined)
    await endSignIn(world.room, browser)
    expect(await asCommandLine(second.token)).toBeUndefined()
  })

  it('may try so many codes in a minute, and a try too many uses no code up', async () => {
    const code = await allowed()
    for (let n = 0; n < 60; n += 1) await expect(redeem(systemRandom.token(32))).rejects.toMatchObject({ code: 'code_invalid' })
    await expect(redeem(code)).rejects.toMatchObject({ code: 'too_many_sign_ins' })
    const { token } = await signInCommandLine(world.room, { code, codeVerifier, address: '192.0.2.10' })
    expect(await asCommandLine(token)).toBeDefined()
  })
})
