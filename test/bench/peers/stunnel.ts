import { browserHeaders } from '../station.ts'
import { freePorts } from '../processes/listen.ts'
import { peerCertificates } from './peer-certificates.ts'
import { peerPrograms } from './peer-programs.ts'
import { programHere } from './program-here.ts'
import type { RunningPeer } from './peers.ts'
import { versionOf } from './version-of.ts'

/** Two stunnels, TLS 1.3 between them, each verifies the other. */
export async function startStunnel(machinePort: number): Promise<RunningPeer> {
  const stunnel = programHere('stunnel4')
  await using parts = new AsyncDisposableStack()
  const programs = parts.use(await peerPrograms('stunnel'))
  const { files } = await peerCertificates(programs)
  const [middle = 0, port = 0] = await freePorts(2)
  const common = `foreground = yes\npid =\ndebug = err\ncert = ${files.cert}\nkey = ${files.key}\nCAfile = ${files.ca}\nverifyChain = yes\nsslVersionMin = TLSv1.3\nsocket = l:TCP_NODELAY=1\nsocket = r:TCP_NODELAY=1\n`
  const exit = await programs.write('exit.conf', `${common}[exit]\naccept = 127.0.0.1:${middle}\nconnect = 127.0.0.1:${machinePort}\n`)
  const entrance = await programs.write(
    'entrance.conf',
    `${common}[entrance]\nclient = yes\naccept = 127.0.0.1:${port}\nconnect = 127.0.0.1:${middle}\ncheckHost = localhost\nsni = localhost\n`,
  )
  await programs.start(stunnel, [exit], middle)
  await programs.start(stunnel, [entrance], port)
  const all = parts.move()
  return {
    name: 'stunnel pair',
    version: versionOf(stunnel, '-version'),
    target: { port, host: 'machine.invalid', headers: browserHeaders },
    pids: programs.pids(),
    [Symbol.asyncDispose]: () => all[Symbol.asyncDispose](),
  }
}
