import { join } from 'node:path'
import { browserHeaders } from '../station.ts'
import { freePorts } from '../processes/listen.ts'
import { buildFrp, frpVersion } from './build-peer.ts'
import { frpClient, frpServer, frpSettings } from './frp-settings.ts'
import { peerCertificates } from './peer-certificates.ts'
import { peerPrograms } from './peer-programs.ts'
import type { RunningPeer } from './peers.ts'

export const frpName = `frp ${frpVersion}`

/** frp: TLS with certificates on both sides; `mux`: its default, everything over one connection. `http`: its own reverse proxy by host name. */
export async function startFrp(machinePort: number, kind: 'mux' | 'no mux' | 'http'): Promise<RunningPeer> {
  const folder = await buildFrp()
  await using parts = new AsyncDisposableStack()
  const programs = parts.use(await peerPrograms('frp'))
  const { files } = await peerCertificates(programs)
  const [bind = 0, remote = 0, vhost = 0] = await freePorts(3)
  const both = `transport.tcpMux = ${kind !== 'no mux'}\n${frpSettings(files)}`
  const server = await programs.write('frps.toml', `${frpServer(bind)}vhostHTTPPort = ${vhost}\n${both}`)
  const proxy = kind === 'http' ? `type = "http"\ncustomDomains = ["machine.invalid"]` : `type = "tcp"\nremotePort = ${remote}`
  const client = await programs.write(
    'frpc.toml',
    `${frpClient(bind)}transport.poolCount = 5\n${both}
[[proxies]]\nname = "machine"\nlocalIP = "127.0.0.1"\nlocalPort = ${machinePort}\n${proxy}\n`,
  )
  await programs.start(join(folder, 'frps'), ['-c', server], bind)
  const port = kind === 'http' ? vhost : remote
  await programs.start(join(folder, 'frpc'), ['-c', client], port)
  const all = parts.move()
  return {
    name: `${frpName}${kind === 'mux' ? '' : `, ${kind}`}`,
    version: frpVersion,
    target: { port, host: 'machine.invalid', headers: browserHeaders },
    pids: programs.pids(),
    [Symbol.asyncDispose]: () => all[Symbol.asyncDispose](),
  }
}
