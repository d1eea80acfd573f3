import { lookup } from 'node:dns/promises'
import { request as httpRequest } from 'node:http'
import { isIP } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { errorCode } from '../../basics/agent-error.ts'
import type { Clock } from '../../basics/clock.ts'
import { dialGateway } from '../../link/dial-gateway.ts'
import { openThroughProxy } from '../../link/open-through-proxy.ts'
import type { AgentSettings, HostPort, ProxySettings } from '../../settings/agent-settings.ts'
import { hostHeader } from '../../settings/host-port.ts'
import { proxyFor } from '../../settings/proxy-for.ts'
import { tunnelAlpn } from '../../wire/agent-api.ts'
import { judgeClock } from './check-clock.ts'
import { explainDial } from './explain-dial.ts'
import { failed, ok, warning } from './finding.ts'
import type { Finding } from './finding.ts'

const answerMs = 10_000

/** The way out as the agent goes it: names, proxy, each address of the gateway, its certificate and its clock. */
export async function checkWay({ gateway }: AgentSettings, clock: Clock): Promise<readonly Finding[]> {
  const targets = [...gateway.tunnel, ...gateway.est]
  const proxies = new Map(targets.flatMap((target) => asEntry(proxyFor(gateway, target), target)))
  const names = await checkNames([
    ...[...proxies.values()].map(({ proxy }) => proxy.address.host),
    ...targets.filter((target) => proxyFor(gateway, target) === null).map(({ host }) => host),
  ])
  const ways = await Promise.all([...proxies.values()].map((way) => checkProxy(way, clock)))
  const tunnels = await Promise.all(
    gateway.tunnel.map(async (target) => ({ target, failure: await failureOf(dialGateway({ gateway, target, clock, alpn: tunnelAlpn })) })),
  )
  const some = tunnels.some(({ failure }) => failure === null)
  const enrolments = await Promise.all(gateway.est.map((target) => checkEst(gateway, target, clock)))
  const enrols = enrolments.some(({ finding }) => finding.state === 'ok')
  return [
    names,
    ...(ways.length === 0 ? [ok('proxy', 'None is asked: neither gateway.proxy nor HTTPS_PROXY is set for these addresses.')] : ways),
    ...tunnels.map(({ target, failure }) => {
      const check = `gateway ${hostHeader(target)}`
      if (failure === null) return ok(check, 'It answers, with a certificate of the authority in gateway.caFile.')
      const { what, fix } = explainDial(failure.error, gateway, clock.nowMs())
      // One of several is enough for now.
      return (some ? warning : failed)(check, what, fix)
    }),
    // As above.
    ...enrolments.map(({ finding }) => (enrols && finding.state === 'failed' ? { ...finding, state: 'warning' as const } : finding)),
    clockOf(enrolments.map(({ clockFinding }) => clockFinding)),
  ]
}

const asEntry = (proxy: ProxySettings | null, target: HostPort): [string, Way][] =>
  proxy === null ? [] : [[hostHeader(proxy.address), { proxy, target }]]

interface Way {
  readonly proxy: ProxySettings
  readonly target: HostPort
}

async function checkNames(hosts: readonly string[]): Promise<Finding> {
  const check = 'names'
  const asked = [...new Set(hosts.filter((host) => isIP(host) === 0))]
  if (asked.length === 0) return ok(check, 'Nothing is to be looked up: all are addresses.')
  const found = await Promise.all(asked.map((name) => lookup(name).catch(() => null)))
  const missing = asked.filter((_, at) => found[at] === null)
  if (missing.length === 0)
    return ok(
      check,
      asked
        .map((name, at) => `${name} is ${found[at]?.address}`)
        .join(', ')
        .concat('.'),
    )
  return failed(
    check,
    `This network does not know the name ${missing.join(', ')}.`,
    'Look at the DNS server of this machine (/etc/resolv.conf, DHCP) and at the spelling in agent.json; an address, or a line in /etc/hosts, does without DNS.',
  )
}

async function checkProxy({ proxy, target }: Way, clock: Clock): Promise<Finding> {
  const check = `proxy ${hostHeader(proxy.address)}`
  try {
    const socket = await openThroughProxy({ proxy, target, clock })
    socket.destroy()
    return ok(check, `It leads to ${hostHeader(target)}.`)
  } catch (error) {
    // What it throws says what to do, sentence by sentence.
    const [what = '', ...fix] = (error instanceof Error ? error.message : 'It does not lead there.').split(/(?<=\.) /)
    return failed(check, what, fix.length === 0 ? 'Ask the people of this network for their proxy.' : fix.join(' '))
  }
}

async function failureOf(dialled: Promise<TLSSocket>): Promise<{ readonly error: unknown } | null> {
  try {
    const socket = await dialled
    socket.on('error', () => {}).destroy()
    return null
  } catch (error) {
    return { error }
  }
}

const notCompared = warning('clock', 'It could not be compared: the gateway said no time.', 'Mend what is above first.')

async function checkEst(
  gateway: AgentSettings['gateway'],
  target: HostPort,
  clock: Clock,
): Promise<{ readonly finding: Finding; readonly clockFinding: Finding }> {
  const check = `enrolment ${hostHeader(target)}`
  try {
    const socket = await dialGateway({ gateway, target, clock })
    const beganMs = clock.monotonicMs()
    const date = await dateFrom(socket, hostHeader(target)).finally(() => socket.destroy())
    // The answer was written about half of its way ago.
    const clockFinding = judgeClock(date, clock.nowMs() - (clock.monotonicMs() - beganMs) / 2)
    return { finding: ok(check, 'It answers, with a certificate of the authority in gateway.caFile.'), clockFinding }
  } catch (error) {
    const { what, fix } = explainDial(error, gateway, clock.nowMs())
    const byClock = errorCode(error) === 'CERT_NOT_YET_VALID' || errorCode(error) === 'CERT_HAS_EXPIRED'
    return {
      finding: failed(check, what, fix),
      clockFinding: byClock ? failed('clock', what, fix) : notCompared,
    }
  }
}

/** The first that was compared; else the first that says that the clock is to blame. */
function clockOf(found: readonly Finding[]): Finding {
  const [first] = [...found.filter(({ state }) => state !== 'warning'), ...found]
  return first ?? notCompared
}

/** The `Date` of an answer, whatever else it says: null where there is none. */
function dateFrom(socket: TLSSocket, host: string): Promise<string | null> {
  return new Promise((resolve, reject) => {
    const path = '/.well-known/est/cacerts'
    const request = httpRequest({ createConnection: () => socket, path, headers: { host, connection: 'close' }, timeout: answerMs })
    request.once('response', (response) => {
      response.resume()
      resolve(response.headers.date ?? null)
    })
    request.once('timeout', () => request.destroy(new Error('no answer')))
    request.once('error', reject)
    request.end()
  })
}
