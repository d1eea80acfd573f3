import { join } from 'node:path'
import { freePorts, portsOutsideTheEphemeral } from '../processes/listen.ts'
import { buildRathole } from './build-peer.ts'
import { connectionsTo } from './connections-to.ts'
import { peerCertificates } from './peer-certificates.ts'
import type { PeerHerd } from './peer-herd.ts'
import { peerPrograms } from './peer-programs.ts'
import { ratholeClient, ratholeServer, type RatholeService } from './rathole-settings.ts'
import { until } from './until.ts'

/** One for control, eight that wait for data. */
const connectionsOfClient = 9

/** rathole's server for at most so many clients, which it must know before. To it a client is a service, whether one process has them or many. */
export async function startRatholeHerd(most: number): Promise<PeerHerd> {
  const program = join(await buildRathole(), 'rathole')
  await using parts = new AsyncDisposableStack()
  const programs = parts.use(await peerPrograms('rathole-herd'))
  const { files } = await peerCertificates(programs)
  const [bind = 0] = await freePorts(1)
  const ports = await portsOutsideTheEphemeral(most)
  const free = ports.map((port): RatholeService => ({ name: `machine-${port}`, port }))
  const server = await ratholeServer(programs, { bind, files, services: free })
  const { pid: serverPid } = await programs.start(program, ['--server', server], bind)
  let [herds, joined] = [0, 0]
  const all = parts.move()
  return {
    serverPid,
    async join(clients) {
      const services = free.splice(0, clients)
      if (services.length < clients) throw new Error(`rathole's server knows no more than ${most} clients`)
      const [file, local] = [`client-${(herds += 1)}.toml`, services.map((service) => ({ ...service, port: 9 }))]
      await programs.start(program, ['--client', await ratholeClient(programs, { file, bind, files, services: local })])
      joined += clients
      await until(`${clients} clients of rathole`, () => connectionsTo(bind) === joined * connectionsOfClient)
    },
    collect: async () => {},
    [Symbol.asyncDispose]: () => all[Symbol.asyncDispose](),
  }
}
