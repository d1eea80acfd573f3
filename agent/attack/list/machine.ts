import { request as httpRequest } from 'node:http'
import type { Attack, Field, Observation } from '../attack.ts'
import { listenersOf } from '../listeners-of.ts'
import { observe } from '../moves.ts'
import { openPorts, ownAddresses } from '../scan-ports.ts'
import { waitMs } from '../wait.ts'

/** What a page of a stranger in a browser on this machine could send, or somebody in its network. */
function askPanel(field: Field, path: string, headers: Readonly<Record<string, string>>, method = 'GET'): Promise<number> {
  return new Promise((resolve) => {
    const sent = httpRequest({ host: '127.0.0.1', port: field.operator.port, path, method, headers, agent: false, timeout: 3_000 })
    sent.on('error', () => resolve(0))
    sent.on('timeout', () => sent.destroy())
    sent.on('response', (response) => {
      response.resume()
      resolve(response.statusCode ?? 0)
    })
    sent.end()
  })
}

/** Whatever is open only while the agent runs is its own. */
async function closedWithAgent(field: Field, open: ReadonlyMap<string, readonly number[]>): Promise<string[]> {
  const closed: string[] = []
  await field.restart(async () => {
    await waitMs(field.clock, 100)
    for (const [address, ports] of open) {
      const left = new Set(await openPorts(address, field.clock, ports))
      closed.push(...ports.filter((port) => !left.has(port)).map((port) => `${address} port ${port}`))
    }
  })
  return closed
}

/** The agent's own doors, from the machine and from its network. */
export const machineAttacks: readonly Attack[] = [
  {
    id: 'panel-without-pairing',
    group: 'machine',
    tried: 'Ask the panel without being paired, by another name (DNS rebinding), from a foreign page, and guess its code.',
    expected: 'Each is refused.',
    run: async (field) => {
      const own = `127.0.0.1:${field.operator.port}`
      const cases: readonly (readonly [string, string, Readonly<Record<string, string>>])[] = [
        ['without a secret', '/api/state', {}],
        ['with a secret that is none', '/api/state', { 'sallyport-panel': 'A'.repeat(43) }],
        ['by another name', '/api/state', { host: 'evil.example' }],
        ['by another name for the same address', '/api/state', { host: `panel.localtest.me:${field.operator.port}` }],
        ['from a foreign page', '/api/state', { host: own, origin: 'https://evil.example' }],
        ['from a foreign frame', '/api/state', { host: own, 'sec-fetch-site': 'cross-site' }],
        ['its events', '/api/events', {}],
      ]
      const found: Observation[] = []
      for (const [name, path, headers] of cases) {
        const status = await askPanel(field, path, headers)
        found.push(observe(`${name}: ${status}`, status === 401 || status === 403 || status === 421))
      }
      for (const code of ['', 'AAAA-AAAA', '0000-0000']) {
        const { status } = await field.operator.call('POST', '/api/pair', { code })
        found.push(observe(`the code ${JSON.stringify(code)}: ${status}`, status >= 400 && status < 500))
      }
      return found
    },
  },
  {
    id: 'service-that-is-the-panel',
    group: 'machine',
    tried: "Start the agent with a service that leads to the panel's own port, so that a technician could press for himself.",
    expected: 'The agent does not start.',
    run: async (field) => {
      const said = await field.startOnPanel()
      return [
        observe(
          said === null ? 'it started' : `it says: ${said.replaceAll('\n', ' ').slice(0, 160)}`,
          said !== null && said.includes("panel's own port"),
        ),
      ]
    },
  },
  {
    id: 'ports-of-the-machine',
    group: 'machine',
    tried: 'Try all 65,535 TCP ports of each of the addresses of this machine that others can reach.',
    expected: 'None of them is a port of the agent; the panel answers on loopback alone.',
    run: async (field) => {
      const addresses = ownAddresses()
      const open = new Map<string, readonly number[]>()
      for (const address of addresses) open.set(address, await openPorts(address, field.clock))
      const panelOpen = addresses.filter((address) => open.get(address)?.includes(field.operator.port) === true)
      const listeners = await listenersOf(field.agent.pid)
      const ofAgent =
        listeners === null
          ? await closedWithAgent(field, open)
          : listeners.filter(({ onLoopback }) => !onLoopback).map(({ port }) => `port ${port}`)
      const count = [...open.values()].reduce((sum, ports) => sum + ports.length, 0)
      return [
        observe(`${addresses.length} addresses: ${addresses.join(', ') || 'none but loopback'}`, true),
        observe(`${count} ports are open, of whatever program`, true),
        observe(
          `the agent listens on ${listeners === null ? 'ports that this system does not tell' : listeners.map(({ port, onLoopback }) => `${onLoopback ? 'loopback ' : ''}port ${port}`).join(', ')}`,
          listeners === null || listeners.length > 0,
        ),
        observe(ofAgent.length === 0 ? 'none is a port of the agent' : `open by the agent: ${ofAgent.join(', ')}`, ofAgent.length === 0),
        observe(`the panel is ${panelOpen.length === 0 ? 'closed' : 'open'} from outside`, panelOpen.length === 0),
      ]
    },
  },
]
