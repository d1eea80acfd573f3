import { join } from 'node:path'
import { TestBrowser } from '../../../idp/test-support/test-browser.ts'
import { redirectUri, signedOutUri } from '../../../idp/test-support/test-idp.ts'
import { systemRandom } from '../../basics/random.ts'
import { PeopleWorld } from '../../people/testing/people-world.ts'
import type { Person } from '../../people/person.ts'
import { beginSignIn } from '../begin-sign-in.ts'
import { completeSignIn } from '../complete-sign-in.ts'
import { followPeople } from '../follow-people.ts'
import { createOidcClient } from '../oidc-client.ts'
import { createSignInPace } from '../sign-in-pace.ts'
import type { SignInRoom } from '../sign-in-room.ts'

const password = 'four random kitchen words'

/** The room over a real store, with the real identity provider and a browser's part of the way. */
export class SignInWorld implements AsyncDisposable {
  readonly people: PeopleWorld
  readonly room: SignInRoom
  readonly #off: () => void

  private constructor(people: PeopleWorld, room: SignInRoom) {
    this.people = people
    this.room = room
    this.#off = followPeople(room, people.room.changes)
  }

  static async make(): Promise<SignInWorld> {
    const people = await PeopleWorld.make()
    const { idp, storage, clock } = people
    return new SignInWorld(people, {
      store: storage.storage.signIns,
      people: storage.storage.people,
      events: storage.storage.events,
      client: createOidcClient({
        issuer: idp.issuer,
        clientId: 'portal',
        privateKey: await idp.clientKey(),
        redirectUri,
        postLogoutRedirectUri: signedOutUri,
        stepUpAcrValues: ['urn:sallyport:acr:password'],
        socket: join(idp.folder, 'public.sock'),
        allowHttp: false,
      }),
      issuer: idp.issuer,
      clock,
      random: systemRandom,
      logger: people.room.logger,
      pace: createSignInPace(clock),
      settings: { lifetimeS: 10 * 3600, idleS: 2 * 3600 },
    })
  }

  /** A person with facts, an account and a password. */
  async person(username: string): Promise<Person> {
    const { person, setupLink } = await this.people.create(username)
    await this.people.idp.setPassword(setupLink.url, password)
    return person
  }

  browser(): TestBrowser {
    return new TestBrowser(this.people.idp)
  }

  begin(returnTo = '/'): ReturnType<typeof beginSignIn> {
    return beginSignIn(this.room, { returnTo, address: '192.0.2.7' })
  }

  /** To the provider, through its form where it asks, and back: the address at which the browser arrives at the portal. */
  async through(browser: TestBrowser, url: URL, username: string): Promise<URL> {
    const page = await browser.get(url)
    if (page.url.href.startsWith(redirectUri)) return page.url
    return (await browser.signIn(page, username, password)).url
  }

  async complete(callback: URL, pendingToken: string, previousToken?: string): Promise<string> {
    return (await completeSignIn(this.room, { callback, pendingToken, address: '192.0.2.7', previousToken })).token
  }

  /** The whole way; gives back the cookie's value. */
  async signIn(username: string, browser = this.browser(), previousToken?: string): Promise<string> {
    const { url, token } = await this.begin()
    return this.complete(await this.through(browser, url, username), token, previousToken)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#off()
    await this.people[Symbol.asyncDispose]()
  }
}
