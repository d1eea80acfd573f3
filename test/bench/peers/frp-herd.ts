import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { freePorts } from '../processes/listen.ts'
import { buildFrp } from './build-peer.ts'
import { frpClient, frpServer, frpSettings } from './frp-settings.ts'
import { peerCertificates } from './peer-certificates.ts'
import type { PeerHerd } from './peer-herd.ts'
import { peerPrograms } from './peer-programs.ts'
import { until } from './until.ts'

/**
 * frps with its defaults. Each client is one of a `frpc --config-dir` with a login, a connection and a web proxy of its own: like our machines they share
 * the server's public port by host name.
 */
export async function startFrpHerd(): Promise<PeerHerd> {
  const folder = await buildFrp()
  await using parts = new AsyncDisposableStack()
  const programs = parts.use(await peerPrograms('frp-herd'))
  const { files } = await peerCertificates(programs)
  const [bind = 0, vhost = 0, admin = 0] = await freePorts(3)
  const web = `vhostHTTPPort = ${vhost}\nwebServer.addr = "127.0.0.1"\nwebServer.port = ${admin}\nwebServer.pprofEnable = true\n`
  const server = await programs.write('frps.toml', `${frpServer(bind)}${web}${frpSettings(files)}`)
  const { pid: serverPid } = await programs.start(join(folder, 'frps'), ['-c', server], admin)
  let joined = 0
  let herds = 0
  const all = parts.move()
  return {
    serverPid,
    async join(clients) {
      const herd = (herds += 1)
      await mkdir(join(programs.folder, `herd-${herd}`))
      for (let index = 0; index < clients; index += 1) {
        const name = `machine-${herd}-${index}`
        const proxy = `[[proxies]]\nname = "${name}"\ntype = "http"\ncustomDomains = ["${name}.invalid"]\nlocalIP = "127.0.0.1"\nlocalPort = 9\n`
        await programs.write(`herd-${herd}/${name}.toml`, `${patient}${frpClient(bind)}${frpSettings(files)}${proxy}`)
      }
      joined += clients
      await programs.start(join(folder, 'frpc'), ['--config-dir', join(programs.folder, `herd-${herd}`)])
      await until(`${joined} clients of frps`, async () => {
        const { clientCounts, proxyTypeCount } = await ask<ServerInfo>(admin, '/api/serverinfo')
        return clientCounts === joined && proxyTypeCount.http === joined
      })
    },
    // Go's profile of the heap collects garbage first when it is told to.
    collect: async () => void (await fetch(`http://127.0.0.1:${admin}/debug/pprof/heap?gc=1`).then((answer) => answer.arrayBuffer())),
    [Symbol.asyncDispose]: () => all[Symbol.asyncDispose](),
  }
}

/** A client whose first login fails on a busy machine must try again, not end. */
const patient = 'loginFailExit = false\n'

interface ServerInfo {
  readonly clientCounts: number
  readonly proxyTypeCount: { readonly http?: number }
}

const ask = async <Answer>(port: number, path: string): Promise<Answer> =>
  (await (await fetch(`http://127.0.0.1:${port}${path}`)).json()) as Answer
