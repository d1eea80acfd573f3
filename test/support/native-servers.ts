import { spawn } from 'node:child_process'
import { chown, mkdir, mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { endProgram, freePort, pathOf, runProgram, untilListening } from './native-program.ts'

/** A server that nobody here wrote, on loopback. */
export interface NativeServer extends AsyncDisposable {
  readonly port: number
  readonly folder: string
}

/** A real OpenSSH server that takes one key, which lies in `folder/key`. */
export async function startSshd(): Promise<NativeServer> {
  const folder = await mkdtemp(join(tmpdir(), 'sallyport-sshd-'))
  const port = await freePort()
  for (const name of ['host', 'key']) await runProgram('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(folder, name)])
  // Where sshd lets go of root.
  if (userInfo().uid === 0) await mkdir('/run/sshd', { recursive: true, mode: 0o755 })
  const config = [
    `Port ${port}`,
    'ListenAddress 127.0.0.1',
    `HostKey ${join(folder, 'host')}`,
    `AuthorizedKeysFile ${join(folder, 'key.pub')}`,
    'PasswordAuthentication no',
    'StrictModes no',
    'UsePAM no',
    'PermitRootLogin prohibit-password',
    'PidFile none',
    'Subsystem sftp internal-sftp',
  ]
  await writeFile(join(folder, 'sshd_config'), `${config.join('\n')}\n`)
  const server = spawn(pathOf('sshd'), ['-D', '-e', '-f', join(folder, 'sshd_config')], { stdio: ['ignore', 'ignore', 'pipe'] })
  await untilListening(server, port)
  return { port, folder, [Symbol.asyncDispose]: () => endProgram(server, folder) }
}

/** A real PostgreSQL with a user `technician` and an empty database of that name. */
export async function startPostgres(): Promise<NativeServer> {
  const folder = await mkdtemp(join(tmpdir(), 'sallyport-postgres-'))
  const data = join(folder, 'data')
  const port = await freePort()
  await mkdir(data, { mode: 0o700 })
  const nobody = 65_534
  // PostgreSQL refuses to run as root.
  const user = userInfo().uid === 0 ? { uid: nobody, gid: nobody } : {}
  if ('uid' in user) for (const path of [folder, data]) await chown(path, nobody, nobody)
  const options = { cwd: folder, ...user }
  await runProgram(pathOf('initdb'), ['-D', data, '-U', 'technician', '-A', 'trust', '--no-sync'], options)
  const args = ['-D', data, '-h', '127.0.0.1', '-p', String(port), '-k', folder, '-F']
  const server = spawn(pathOf('postgres'), args, { ...options, stdio: ['ignore', 'ignore', 'pipe'] })
  await untilListening(server, port)
  return { port, folder, [Symbol.asyncDispose]: () => endProgram(server, folder) }
}
