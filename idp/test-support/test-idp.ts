import { generateKeyPairSync, webcrypto } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as openid from 'openid-client'
import { Agent, fetch } from 'undici'
import { systemClock } from '../../gateway/basics/clock.ts'
import type { Clock } from '../../gateway/basics/clock.ts'
import type { Logger } from '../../gateway/basics/logger.ts'
import { silentLogger } from '../../gateway/basics/logger.ts'
import { systemRandom } from '../../gateway/basics/random.ts'
import type { SignInLimits } from '../accounts/sign-in-limits.ts'
import { readSettings } from '../settings/read-settings.ts'
import type { RunningIdp } from '../start-idp.ts'
import { startIdp } from '../start-idp.ts'

export const issuer = 'https://id.example.test'
export const redirectUri = 'https://portal.example.test/sign-in/return'
export const signedOutUri = 'https://portal.example.test/signed-out'
export const otherRedirectUri = 'https://wiki.example.test/cb'
export const adminToken = 'an-admin-token-for-tests-0123456789abcdef'

export interface TestIdpOptions {
  readonly clock?: Clock
  readonly limits?: SignInLimits
  /** Plain http on this port and a localhost name, as the demo does. */
  readonly demoPort?: number
  readonly logger?: Logger
  readonly socketMode?: '0600' | '0660'
}

// oxlint-disable-next-line typescript/no-explicit-any -- what came back is what a test is about
type AnyJson = any

/** A running provider as in production: https issuer, behind a front on a Unix socket, real HTTP. */
export class TestIdp implements AsyncDisposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'idp-'))
  readonly #clientKey = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  readonly issuer: string
  readonly #front: Agent
  readonly #adminAgent = new Agent({ connect: { socketPath: join(this.folder, 'admin.sock') } })
  readonly #options: TestIdpOptions
  #running: RunningIdp | undefined

  private constructor(options: TestIdpOptions) {
    this.#options = options
    this.issuer = options.demoPort === undefined ? issuer : `http://id.sallyport.localhost:${options.demoPort}`
    this.#front =
      options.demoPort === undefined ? new Agent({ connect: { socketPath: join(this.folder, 'public.sock') } }) : loopbackAgent()
  }

  static async start(options: TestIdpOptions = {}): Promise<TestIdp> {
    const idp = new TestIdp(options)
    await idp.restart()
    return idp
  }

  get settingsJson(): string {
    const { demoPort } = this.#options
    const tokenFile = join(this.folder, 'admin-token')
    writeFileSync(tokenFile, adminToken, { mode: 0o600 })
    const jwks = { keys: [{ ...this.#clientKey.publicKey.export({ format: 'jwk' }), kid: 'test' }] }
    return JSON.stringify({
      issuer: this.issuer,
      dataDir: join(this.folder, 'data'),
      listen: demoPort === undefined ? { socket: join(this.folder, 'public.sock') } : { host: '127.0.0.1', port: demoPort },
      trustedProxy: demoPort === undefined,
      admin: { socket: join(this.folder, 'admin.sock'), tokenFile },
      clients: [
        {
          client_id: 'portal',
          client_name: 'Service portal',
          jwks,
          redirect_uris: [redirectUri],
          post_logout_redirect_uris: [signedOutUri],
          firstParty: true,
        },
        { client_id: 'wiki', client_name: 'Workshop wiki', jwks, redirect_uris: [otherRedirectUri] },
      ],
      socketMode: this.#options.socketMode,
      demo: demoPort !== undefined,
      logLevel: 'silent',
    })
  }

  async stop(): Promise<void> {
    await this.#running?.close()
  }

  async restart(): Promise<void> {
    await this.stop()
    const { clock = systemClock, limits, logger = silentLogger } = this.#options
    this.#running = await startIdp({
      settings: readSettings(this.settingsJson),
      clock,
      random: systemRandom,
      logger,
      nodeEnvironment: 'production',
      limits,
    })
  }

  /** What the front does: TLS ends there, and it says who asks. */
  readonly fetch = (url: string | URL, options: Parameters<typeof fetch>[1] & { readonly ip?: string } = {}): Promise<Response> => {
    const { ip = '192.0.2.10', ...rest } = options
    const target = new URL(url)
    const host = target.host
    const headers = new Headers(rest.headers)
    if (this.#options.demoPort === undefined) {
      headers.set('host', host)
      headers.set('x-forwarded-proto', 'https')
      headers.set('x-forwarded-for', ip)
      target.protocol = 'http:'
    }
    const init = { redirect: 'manual', ...rest, headers: Object.fromEntries(headers), dispatcher: this.#front } as Parameters<
      typeof fetch
    >[1]
    return fetch(target, init)
  }

  async admin(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<{ status: number; type: string; json: AnyJson; bytes: Buffer }> {
    const isBytes = body instanceof Uint8Array
    const response = await fetch(`http://admin${path}`, {
      method,
      dispatcher: this.#adminAgent,
      headers: {
        authorization: `Bearer ${adminToken}`,
        ...(body === undefined || isBytes ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: isBytes || typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const bytes = Buffer.from(await response.arrayBuffer())
    const type = response.headers.get('content-type') ?? ''
    return { status: response.status, type, json: type.includes('json') ? JSON.parse(bytes.toString()) : undefined, bytes }
  }

  /** An account with a password, set through its link as a person would. */
  async person(username: string, password: string): Promise<string> {
    const created = await this.admin('POST', '/admin/accounts', { username, name: `${username} Example` })
    await this.setPassword(String(created.json.setup_url), password)
    return String(created.json.account.sub)
  }

  /** What the clients sign their assertions with. */
  clientKey(): Promise<webcrypto.CryptoKey> {
    const pkcs8 = this.#clientKey.privateKey.export({ format: 'der', type: 'pkcs8' })
    return webcrypto.subtle.importKey('pkcs8', pkcs8, { name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign'])
  }

  /** A person sets the password by the link that was made for him. */
  async setPassword(url: string, password: string): Promise<void> {
    const csrf = hiddenField(await (await this.fetch(url)).text(), 'csrf')
    const body = new URLSearchParams({ csrf, password, repeat: password }).toString()
    const done = await this.fetch(url, { method: 'POST', body, headers: formHeaders })
    if (done.status !== 200) throw new Error(`set-up answered ${done.status}`)
  }

  /** The certification client: openid-client, signing with the key of this test. */
  async client(clientId = 'portal'): Promise<openid.Configuration> {
    const key = await this.clientKey()
    const customFetch: openid.CustomFetch = (url, options) => this.fetch(url, options)
    return openid.discovery(
      new URL(this.issuer),
      clientId,
      { id_token_signed_response_alg: 'ES256' },
      openid.PrivateKeyJwt({ key, kid: 'test' }),
      { [openid.customFetch]: customFetch, ...(this.#options.demoPort === undefined ? {} : { execute: [openid.allowInsecureRequests] }) },
    )
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#running?.close()
    await Promise.all([this.#front.close(), this.#adminAgent.close()])
    rmSync(this.folder, { recursive: true, force: true })
  }
}

/** Names under localhost are this machine, for browsers too; Node asks the resolver of the system, which may not know them. */
const loopbackAgent = (): Agent =>
  new Agent({ connect: { lookup: (_host, _options, done) => done(null, [{ address: '127.0.0.1', family: 4 }]) } })

export const formHeaders = { 'content-type': 'application/x-www-form-urlencoded', origin: issuer, 'sec-fetch-site': 'same-origin' }

export function hiddenField(page: string, name: string): string {
  const value = new RegExp(`name="${name}" value="([^"]*)"`).exec(page)?.[1]
  if (value === undefined) throw new Error(`no field ${name} on the page:\n${page}`)
  return value
}
