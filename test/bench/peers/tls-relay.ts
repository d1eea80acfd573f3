import { browserHeaders } from '../station.ts'
import { startChild } from '../processes/ask-child.ts'
import { peerCertificates } from './peer-certificates.ts'
import { peerPrograms } from './peer-programs.ts'
import type { RunningPeer } from './peers.ts'

/** What one can do with `node:tls` alone in a few lines: TCP -> TLS 1.3 -> TCP, each half in a process of its own. */
export async function startTlsRelay(machinePort: number): Promise<RunningPeer> {
  await using parts = new AsyncDisposableStack()
  const { ca, key, cert } = await peerCertificates(parts.use(await peerPrograms('tls')))
  const material = { ca, key, cert }
  const program = new URL('../processes/tls-relay-entry.ts', import.meta.url)
  const exit = parts.use(startChild(program))
  const entrance = parts.use(startChild(program))
  const { port: to } = await exit.ask<{ port: number }>('exit', { to: machinePort, material })
  const { port } = await entrance.ask<{ port: number }>('entrance', { to, material })
  const all = parts.move()
  return {
    name: 'Node TLS pair',
    version: null,
    target: { port, host: 'machine.invalid', headers: browserHeaders },
    pids: [entrance.pid, exit.pid],
    [Symbol.asyncDispose]: () => all[Symbol.asyncDispose](),
  }
}
