import { browserHeaders } from '../station.ts'
import { startChild } from '../processes/ask-child.ts'
import type { RunningPeer } from './peers.ts'

/** One Node process that copies bytes, without TLS: what the runtime alone costs. */
export async function startTcpRelay(machinePort: number): Promise<RunningPeer> {
  await using parts = new AsyncDisposableStack()
  const relay = parts.use(startChild(new URL('../processes/tls-relay-entry.ts', import.meta.url)))
  const { port } = await relay.ask<{ port: number }>('plain', { to: machinePort })
  const all = parts.move()
  return {
    name: 'bare Node TCP relay',
    version: null,
    target: { port, host: 'machine.invalid', headers: browserHeaders },
    pids: [relay.pid],
    [Symbol.asyncDispose]: () => all[Symbol.asyncDispose](),
  }
}
