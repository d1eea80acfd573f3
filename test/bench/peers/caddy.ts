import { browserHeaders } from '../station.ts'
import { freePorts } from '../processes/listen.ts'
import { peerPrograms } from './peer-programs.ts'
import { programHere } from './program-here.ts'
import type { RunningPeer } from './peers.ts'
import { versionOf } from './version-of.ts'

/** Caddy as a reverse proxy in front of the machine, over plain HTTP: no tunnel. */
export async function startCaddy(machinePort: number): Promise<RunningPeer> {
  const caddy = programHere('caddy')
  await using parts = new AsyncDisposableStack()
  const programs = parts.use(await peerPrograms('caddy'))
  const [port = 0] = await freePorts(1)
  const file = await programs.write(
    'Caddyfile',
    `{\n\tadmin off\n\tauto_https off\n\tlog {\n\t\tlevel ERROR\n\t}\n}\nhttp://:${port} {\n\tbind 127.0.0.1\n\treverse_proxy 127.0.0.1:${machinePort}\n}\n`,
  )
  await programs.start(caddy, ['run', '--config', file, '--adapter', 'caddyfile'], port)
  const all = parts.move()
  return {
    name: 'Caddy',
    version: versionOf(caddy, 'version'),
    target: { port, host: 'machine.invalid', headers: browserHeaders },
    pids: programs.pids(),
    [Symbol.asyncDispose]: () => all[Symbol.asyncDispose](),
  }
}
