import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '../../../gateway/basics/clock.ts'
import { systemRandom } from '../../../gateway/basics/random.ts'
import { openCertificateAuthority } from '../../../gateway/pki/certificate-authority.ts'
import { browserHeaders } from '../installation.ts'
import { startChild } from '../processes/ask-child.ts'
import type { Peer } from './peers.ts'

/** What one can do with `node:tls` alone in a few lines: TCP -> TLS 1.3 -> TCP, each half in a process of its own. */
export async function startTlsRelay(machinePort: number): Promise<Peer & AsyncDisposable> {
  await using parts = new AsyncDisposableStack()
  const directory = await mkdtemp(join(tmpdir(), 'sallyport-relay-'))
  parts.defer(() => rm(directory, { recursive: true, force: true }))
  const authority = await openCertificateAuthority({ directory, trustDomain: 'relay.test', clock: systemClock, random: systemRandom })
  const server = await authority.issueServerCertificate(['localhost'], 24 * 60 * 60_000)
  const material = { ca: authority.bundlePem, key: server.keyPem, cert: server.certificatePem }
  const program = new URL('../processes/tls-relay-entry.ts', import.meta.url)
  const exit = parts.use(startChild(program))
  const entrance = parts.use(startChild(program))
  const { port: to } = await exit.ask<{ port: number }>('exit', { to: machinePort, material })
  const { port } = await entrance.ask<{ port: number }>('entrance', { to, material })
  const all = parts.move()
  return {
    name: 'Node TLS relay',
    target: { port, host: 'machine.invalid', headers: browserHeaders },
    pids: [entrance.pid, exit.pid],
    [Symbol.asyncDispose]: () => all[Symbol.asyncDispose](),
  }
}
