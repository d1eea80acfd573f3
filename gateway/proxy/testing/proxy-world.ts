import { createServer, request, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { systemClock, type Clock } from '../../basics/clock.ts'
import type { DeviceId, ServiceName, SessionId } from '../../basics/ids.ts'
import { silentLogger } from '../../basics/logger.ts'
import { systemRandom } from '../../basics/random.ts'
import { createAccessProxy, type AccessProxy, type AccessProxyOptions } from '../access-proxy.ts'
import { defaultAccessLimits, type AccessLimits } from '../access-settings.ts'
import type { AccessOrigins } from '../ports.ts'
import { fakeAuthority, type FakeAuthority } from './fake-authority.ts'
import { memoryOrigins } from './memory-origins.ts'
import { rawBrowser, type RawBrowser } from './raw-browser.ts'

export const sessionId = 'ses_00000000000000000000000000000001' as SessionId
export const service = 'hmi' as ServiceName

export interface Answer {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  readonly body: Buffer
}

/** Public server, proxy, authority and machine, all real but the authority; closed by `await using`. */
export interface ProxyWorld extends AsyncDisposable {
  readonly proxy: AccessProxy
  readonly authority: FakeAuthority
  readonly origins: AccessOrigins
  /** Sign-ins that count no more; the browser's own is `mia`. */
  readonly signedOut: Set<string>
  readonly publicServer: Server
  readonly port: number
  /** Host and origin of the one session's service, and a browser's cookie for it. */
  readonly host: string
  readonly origin: string
  readonly cookie: string
  ask(path: string, options?: { method?: string; headers?: Record<string, string | string[]>; body?: string | Buffer }): Promise<Answer>
  raw(): Promise<RawBrowser>
  /** First lines of a raw request that has entered. */
  head(line: string): string
}

export interface ProxyWorldOptions {
  readonly machine?: Server
  readonly raw?: (socket: Socket) => void
  readonly limits?: Partial<AccessLimits>
  readonly clock?: Clock
  readonly recorder?: Buffer | undefined
  readonly bar?: AccessProxyOptions['bar']
  readonly stranger?: (req: IncomingMessage) => boolean
  /** Those of a gateway that ran before, whose browser comes back. */
  readonly before?: Pick<ProxyWorld, 'origins'>
}

export async function proxyWorld(options: ProxyWorldOptions = {}): Promise<ProxyWorld> {
  const authority = await fakeAuthority({ ...options, deviceId: 'press-7' as DeviceId })
  const origins = options.before?.origins ?? memoryOrigins()
  const signedOut = new Set<string>()
  const counts = async (signIn: string): Promise<boolean> => !signedOut.has(signIn)
  const publicServer = createServer({ requestTimeout: 0, maxHeaderSize: 64 * 1024 })
  await new Promise<void>((resolve) => publicServer.listen(0, '127.0.0.1', resolve))
  const port = (publicServer.address() as AddressInfo).port
  const proxy = createAccessProxy({
    origins,
    authority,
    signIns: { use: counts, stillCounts: counts },
    settings: {
      accessDomain: 'machines.localhost',
      portalOrigin: `http://sallyport.localhost:${port}`,
      secureCookies: true,
      publicPort: port,
      limits: { ...defaultAccessLimits, ...options.limits },
    },
    clock: options.clock ?? systemClock,
    random: systemRandom,
    logger: silentLogger,
    stranger: options.stranger ?? (() => true),
    recorder: options.recorder ?? null,
    bar: options.bar ?? null,
  })
  publicServer.on('request', proxy.request).on('upgrade', proxy.upgrade)
  const entry = await proxy.mint(sessionId, service, 'mia')
  const entered = await ask(port, entry.host, entry.pathname + entry.search, {})
  const cookie = entered.headers['set-cookie']![0]!.split(';')[0]!
  return {
    proxy,
    authority,
    origins,
    signedOut,
    publicServer,
    port,
    host: entry.host,
    origin: entry.origin,
    cookie,
    ask: (path, more = {}) => ask(port, entry.host, path, { ...more, headers: { cookie, ...more.headers } }),
    raw: () => rawBrowser(port),
    head: (line) => `${line}\r\nHost: ${entry.host}\r\nCookie: ${cookie}\r\n`,
    async [Symbol.asyncDispose]() {
      await proxy.close()
      publicServer.closeAllConnections()
      await new Promise((resolve) => publicServer.close(resolve))
      await authority.close()
    },
  }
}

export function ask(
  port: number,
  host: string,
  path: string,
  options: { method?: string; headers?: Record<string, string | string[]>; body?: string | Buffer },
): Promise<Answer> {
  // Node's client sends a DELETE's body without any framing otherwise.
  const length = options.body === undefined ? {} : { 'content-length': String(Buffer.byteLength(options.body)) }
  return new Promise((resolve, reject) => {
    const req = request(
      { host: '127.0.0.1', port, path, method: options.method ?? 'GET', headers: { host, ...length, ...options.headers }, agent: false },
      (res) => {
        const chunks: Buffer[] = []
        res.on('data', (chunk: Buffer) => chunks.push(chunk))
        res.on('end', () => resolve({ status: res.statusCode!, headers: res.headers, body: Buffer.concat(chunks) }))
        res.on('error', reject)
      },
    )
    req.on('error', reject)
    req.end(options.body)
  })
}
