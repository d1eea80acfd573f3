import { execFile } from 'node:child_process'
import { mkdir, readFile } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { browserHeaders } from '../station.ts'
import { freePorts } from '../processes/listen.ts'
import { peerPrograms } from './peer-programs.ts'
import { programHere } from './program-here.ts'
import type { RunningPeer } from './peers.ts'
import { versionOf } from './version-of.ts'

/** `ssh -R` against an sshd of its own; `cipher`: another one than OpenSSH chooses. */
export async function startSsh(machinePort: number, cipher?: string): Promise<RunningPeer> {
  const [sshd, ssh] = [programHere('sshd'), programHere('ssh')]
  await using parts = new AsyncDisposableStack()
  const programs = parts.use(await peerPrograms('ssh'))
  const [bind = 0, port = 0] = await freePorts(2)
  for (const name of ['host', 'key'])
    await promisify(execFile)('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(programs.folder, name)])
  // Where sshd lets go of root.
  if (userInfo().uid === 0) await mkdir('/run/sshd', { recursive: true, mode: 0o755 })
  const config = await programs.write(
    'sshd_config',
    `Port ${bind}\nListenAddress 127.0.0.1\nHostKey ${join(programs.folder, 'host')}\nAuthorizedKeysFile ${join(programs.folder, 'key.pub')}\nStrictModes no\nUsePAM no\nPermitRootLogin prohibit-password\nPidFile none\nAllowTcpForwarding yes\n`,
  )
  await programs.start(sshd, ['-D', '-e', '-f', config], bind)
  const hostKey = await readFile(join(programs.folder, 'host.pub'), 'utf8')
  const knownHosts = await programs.write('known_hosts', `[127.0.0.1]:${bind} ${hostKey}`)
  const options = [
    'StrictHostKeyChecking=yes',
    `UserKnownHostsFile=${knownHosts}`,
    'GlobalKnownHostsFile=/dev/null',
    'LogLevel=ERROR',
    'ExitOnForwardFailure=yes',
    'BatchMode=yes',
  ]
  const args = ['-N', '-p', String(bind), '-i', join(programs.folder, 'key'), ...options.flatMap((option) => ['-o', option])]
  const forward = ['-R', `127.0.0.1:${port}:127.0.0.1:${machinePort}`, '127.0.0.1']
  await programs.start(ssh, [...args, ...(cipher === undefined ? [] : ['-c', cipher]), ...forward], port)
  const all = parts.move()
  return {
    name: `ssh -R${cipher === undefined ? '' : ` ${cipher.replace('@openssh.com', '')}`}`,
    version: versionOf(ssh, '-V'),
    target: { port, host: 'machine.invalid', headers: browserHeaders },
    pids: programs.pids(),
    [Symbol.asyncDispose]: () => all[Symbol.asyncDispose](),
  }
}
