import { readFile } from 'node:fs/promises'
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { AgentError, errorCode } from '../basics/agent-error.ts'
import type { Clock } from '../basics/clock.ts'
import type { HostPort, ProxySettings } from '../settings/agent-settings.ts'
import { hostHeader } from '../settings/host-port.ts'
import { dialTimeoutMs } from './until-secure.ts'

const mostHeadBytes = 16 * 1024

/**
 * A connection to the target through the network's HTTP proxy (`CONNECT`, RFC 9110, section 9.3.6). The proxy sees the target's name and TLS.
 *
 * @throws AgentError `proxy_unreachable`, `proxy_wants_password`, `proxy_refused`, `proxy_password_unreadable`, `dial_timeout`, `aborted`
 */
export async function openThroughProxy(options: {
  readonly proxy: ProxySettings
  readonly target: HostPort
  readonly clock: Clock
  readonly signal?: AbortSignal
  readonly onReached?: () => void
}): Promise<Socket> {
  const { proxy, target } = options
  const head = await connectHead(proxy, target)
  const socket = connect(proxy.address)
  if (options.onReached !== undefined) socket.once('connect', options.onReached)
  socket.setNoDelay(true)
  try {
    judge(await answerTo(socket, head, options), proxy, target)
    // What breaks it ends the TLS that lies on it, which tells.
    socket.on('error', () => {})
    return socket
  } catch (error) {
    socket.on('error', () => {})
    socket.destroy()
    throw error
  }
}

async function connectHead(proxy: ProxySettings, target: HostPort): Promise<string> {
  const to = hostHeader(target)
  const password = await passwordOf(proxy)
  const basic = password === null ? '' : `Proxy-Authorization: Basic ${Buffer.from(`${proxy.user}:${password}`).toString('base64')}\r\n`
  return `CONNECT ${to} HTTP/1.1\r\nHost: ${to}\r\n${basic}\r\n`
}

async function passwordOf({ user, password }: ProxySettings): Promise<string | null> {
  if (user === null || password === null) return null
  if ('text' in password) return password.text
  try {
    return (await readFile(password.file, 'utf8')).replace(/\r?\n$/, '')
  } catch (cause) {
    throw new AgentError({
      code: 'proxy_password_unreadable',
      message: `The proxy's password file ${password.file} cannot be read.`,
      cause,
    })
  }
}

/** The head of the proxy's answer. What comes behind it stays in the socket: TLS reads it. */
function answerTo(
  socket: Socket,
  head: string,
  { proxy, clock, signal }: { readonly proxy: ProxySettings; readonly clock: Clock; readonly signal?: AbortSignal },
): Promise<string> {
  return new Promise((resolve, reject) => {
    let received = Buffer.alloc(0)
    const settle = (outcome: string | Error): void => {
      timer.cancel()
      signal?.removeEventListener('abort', abort)
      socket.removeListener('readable', read)
      socket.removeListener('error', failed)
      socket.removeListener('close', closed)
      if (typeof outcome === 'string') resolve(outcome)
      else reject(outcome)
    }
    const at = hostHeader(proxy.address)
    const unreachable = (why: string, cause?: unknown): AgentError =>
      new AgentError({ code: 'proxy_unreachable', message: `The proxy ${at} ${why}. Check gateway.proxy or HTTPS_PROXY.`, cause })
    const abort = (): void => settle(new AgentError({ code: 'aborted', message: 'The agent ends.' }))
    const failed = (error: Error): void => settle(unreachable(`cannot be reached (${errorCode(error)})`, error))
    const closed = (): void => settle(unreachable('closed the connection'))
    const read = (): void => {
      for (let chunk; (chunk = socket.read() as Buffer | null) !== null;) received = Buffer.concat([received, chunk])
      const end = received.indexOf('\r\n\r\n')
      if (end >= 0) {
        const rest = received.subarray(end + 4)
        settle(received.subarray(0, end).toString('latin1'))
        if (rest.length > 0) socket.unshift(rest)
      } else if (received.length > mostHeadBytes) settle(unreachable('gave an answer that is no answer of a proxy'))
    }
    const timer = clock.after(dialTimeoutMs, () =>
      settle(new AgentError({ code: 'dial_timeout', message: `The proxy ${at} did not answer within ${dialTimeoutMs / 1000} s.` })),
    )
    socket.on('readable', read)
    socket.once('error', failed)
    socket.once('close', closed)
    signal?.addEventListener('abort', abort)
    if (signal?.aborted === true) abort()
    else socket.write(head)
  })
}

function judge(answer: string, proxy: ProxySettings, target: HostPort): void {
  const status = Number(/^HTTP\/1\.[01] (\d{3})(?: |\r|$)/.exec(answer)?.[1] ?? 0)
  if (status >= 200 && status < 300) return
  const [at, to] = [hostHeader(proxy.address), hostHeader(target)]
  // tinyproxy says 401 to a wrong password, and 407 to none.
  if (status === 407 || status === 401) {
    throw new AgentError({
      code: 'proxy_wants_password',
      message: `The proxy ${at} wants a user and password (Basic). Set gateway.proxy.user and gateway.proxy.passwordFile, or correct them (without gateway.proxy: those in HTTPS_PROXY).`,
    })
  }
  throw new AgentError({
    code: 'proxy_refused',
    message: `The proxy ${at} does not lead to ${to}${status === 0 ? '' : ` (HTTP ${status})`}. Ask its people to allow CONNECT to ${to}.`,
  })
}
