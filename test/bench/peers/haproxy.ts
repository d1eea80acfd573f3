import { browserHeaders } from '../station.ts'
import { freePorts } from '../processes/listen.ts'
import { peerCertificates } from './peer-certificates.ts'
import { peerPrograms } from './peer-programs.ts'
import { programHere } from './program-here.ts'
import type { RunningPeer } from './peers.ts'
import { versionOf } from './version-of.ts'

const common =
  'global\n  maxconn 4096\n  nbthread 1\ndefaults\n  mode tcp\n  timeout connect 5s\n  timeout client 1h\n  timeout server 1h\n'

/** Two haproxies, TLS 1.3 between them, each verifies the other; no tunnel that was opened from inside, and nobody is asked. */
export async function startHaproxy(machinePort: number): Promise<RunningPeer> {
  const haproxy = programHere('haproxy')
  await using parts = new AsyncDisposableStack()
  const programs = parts.use(await peerPrograms('haproxy'))
  const { files } = await peerCertificates(programs)
  const [middle = 0, port = 0] = await freePorts(2)
  const exit = await programs.write(
    'exit.cfg',
    `${common}listen exit\n  bind 127.0.0.1:${middle} ssl crt ${files.both} ca-file ${files.ca} verify required ssl-min-ver TLSv1.3\n  server machine 127.0.0.1:${machinePort}\n`,
  )
  const entrance = await programs.write(
    'entrance.cfg',
    `${common}listen entrance\n  bind 127.0.0.1:${port}\n  server exit 127.0.0.1:${middle} ssl crt ${files.both} ca-file ${files.ca} verify required verifyhost localhost sni str(localhost) ssl-min-ver TLSv1.3\n`,
  )
  await programs.start(haproxy, ['-db', '-f', exit], middle)
  await programs.start(haproxy, ['-db', '-f', entrance], port)
  const all = parts.move()
  return {
    name: 'haproxy TLS pair',
    version: versionOf(haproxy, '-v'),
    target: { port, host: 'machine.invalid', headers: browserHeaders },
    pids: programs.pids(),
    [Symbol.asyncDispose]: () => all[Symbol.asyncDispose](),
  }
}
