import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chown, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, connect, type AddressInfo } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { delimiter, join } from 'node:path'
import { existsSync } from 'node:fs'
import { promisify } from 'node:util'

export const runProgram = promisify(execFile)

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
  return { port, folder, [Symbol.asyncDispose]: () => end(server, folder) }
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
  return { port, folder, [Symbol.asyncDispose]: () => end(server, folder) }
}

const pathOf = (name: string): string => {
  const found = (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find((path) => existsSync(path))
  if (found === undefined) throw new Error(`${name} is not on the path: npm run test:long puts it there`)
  return found
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

async function untilListening(server: ChildProcess, port: number): Promise<void> {
  let said = ''
  server.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()))
  for (let left = 300; left > 0; left -= 1) {
    if (server.exitCode !== null) break
    if (await answers(port)) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error(`the server did not start: ${said}`)
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}

async function end(server: ChildProcess, folder: string): Promise<void> {
  if (server.exitCode === null) {
    server.kill('SIGINT')
    await once(server, 'exit')
  }
  await rm(folder, { recursive: true, force: true })
}
