import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { browserHeaders } from '../installation.ts'
import { freePorts } from '../processes/listen.ts'
import { buildRathole, ratholeVersion } from './build-peer.ts'
import { peerCertificates } from './peer-certificates.ts'
import { peerPrograms } from './peer-programs.ts'
import type { RunningPeer } from './peers.ts'

export const ratholeName = `rathole ${ratholeVersion} (TLS 1.2)`

/** rathole over TLS: 1.2 at most, and no certificates of clients, so it does less than the others. */
export async function startRathole(machinePort: number): Promise<RunningPeer> {
  const folder = await buildRathole()
  await using parts = new AsyncDisposableStack()
  const programs = parts.use(await peerPrograms('rathole'))
  const { files } = await peerCertificates(programs)
  const [bind = 0, port = 0] = await freePorts(2)
  const identity = join(programs.folder, 'identity.pfx')
  await promisify(execFile)('openssl', [
    'pkcs12',
    '-export',
    '-out',
    identity,
    '-inkey',
    files.key,
    '-in',
    files.cert,
    '-certfile',
    files.ca,
    '-passout',
    'pass:bench',
  ])
  const server = await programs.write(
    'server.toml',
    `[server]\nbind_addr = "127.0.0.1:${bind}"\ndefault_token = "bench"\n[server.transport]\ntype = "tls"\n[server.transport.tls]\npkcs12 = "${identity}"\npkcs12_password = "bench"\n[server.services.machine]\nbind_addr = "127.0.0.1:${port}"\n`,
  )
  const client = await programs.write(
    'client.toml',
    `[client]\nremote_addr = "localhost:${bind}"\ndefault_token = "bench"\n[client.transport]\ntype = "tls"\n[client.transport.tls]\ntrusted_root = "${files.ca}"\nhostname = "localhost"\n[client.services.machine]\nlocal_addr = "127.0.0.1:${machinePort}"\n`,
  )
  await programs.start(join(folder, 'rathole'), ['--server', server], bind)
  await programs.start(join(folder, 'rathole'), ['--client', client], port)
  const all = parts.move()
  return {
    version: ratholeVersion,
    name: ratholeName,
    target: { port, host: 'machine.invalid', headers: browserHeaders },
    pids: programs.pids(),
    [Symbol.asyncDispose]: () => all[Symbol.asyncDispose](),
  }
}
