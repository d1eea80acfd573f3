import { join } from 'node:path'
import { browserHeaders } from '../station.ts'
import { freePorts } from '../processes/listen.ts'
import { buildRathole, ratholeVersion } from './build-peer.ts'
import { peerCertificates } from './peer-certificates.ts'
import { peerPrograms } from './peer-programs.ts'
import type { RunningPeer } from './peers.ts'
import { ratholeClient, ratholeServer } from './rathole-settings.ts'

export const ratholeName = `rathole ${ratholeVersion} (TLS 1.2)`

/** rathole over TLS: 1.2 at most, and no certificates of clients, so it does less than the others. */
export async function startRathole(machinePort: number): Promise<RunningPeer> {
  const folder = await buildRathole()
  await using parts = new AsyncDisposableStack()
  const programs = parts.use(await peerPrograms('rathole'))
  const { files } = await peerCertificates(programs)
  const [bind = 0, port = 0] = await freePorts(2)
  const services = [{ name: 'machine', port }]
  const server = await ratholeServer(programs, { bind, files, services })
  const local = [{ name: 'machine', port: machinePort }]
  const client = await ratholeClient(programs, { file: 'client.toml', bind, files, services: local })
  await programs.start(join(folder, 'rathole'), ['--server', server], bind)
  await programs.start(join(folder, 'rathole'), ['--client', client], port)
  const all = parts.move()
  return {
    name: ratholeName,
    version: ratholeVersion,
    target: { port, host: 'machine.invalid', headers: browserHeaders },
    pids: programs.pids(),
    [Symbol.asyncDispose]: () => all[Symbol.asyncDispose](),
  }
}
