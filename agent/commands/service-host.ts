import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { access, constants, readFile, stat } from 'node:fs/promises'
import { isSea } from 'node:sea'
import { join } from 'node:path'
import { AgentError, errorCode } from '../basics/agent-error.ts'
import { systemRandom } from '../basics/random.ts'
import type { DeviceNode } from './judge-hardware.ts'
import { systemKeyCredential } from './key-credential.ts'
import type { ServiceHost } from './service-command.ts'

/** This machine. */
export const systemServiceHost = (): ServiceHost => ({
  unitFolder: '/etc/systemd/system',
  stateRoot: '/var/lib',
  isRoot: process.getuid?.() === 0,
  booted: existsSync('/run/systemd/system'),
  credential: systemKeyCredential(systemRandom),
  look: lookAtDevice,
  hasProgram: async (name) => (await Promise.all(servicePath.map((folder) => mayRun(join(folder, name))))).includes(true),
  systemctl,
})

/** Where systemd lets a service look for programs. */
const servicePath = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin'] as const

const mayRun = (path: string): Promise<boolean> =>
  access(path, constants.X_OK).then(
    () => true,
    () => false,
  )

async function lookAtDevice(path: string): Promise<DeviceNode | string> {
  try {
    const node = await stat(path)
    return { isDevice: node.isCharacterDevice(), mode: node.mode, group: node.gid === 0 ? null : await groupOf(node.gid) }
  } catch (error) {
    return errorCode(error)
  }
}

/** Its name in /etc/group; systemd takes a number as well. */
async function groupOf(gid: number): Promise<string> {
  const groups = await readFile('/etc/group', 'utf8').catch(() => '')
  const line = groups.split('\n').find((one) => one.split(':')[2] === String(gid))
  return line?.split(':')[0] ?? String(gid)
}

/** How this program was started, for starting it again. */
export const ownProgram = (): readonly string[] =>
  isSea() ? [process.execPath] : [process.execPath, ...process.execArgv, ...process.argv.slice(1, 2)]

function systemctl(args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn('systemctl', args, { stdio: ['ignore', 'inherit', 'inherit'] })
    const failed = (why: string): void =>
      reject(new AgentError({ code: 'systemctl_failed', message: `systemctl ${args.join(' ')}: ${why}.` }))
    child.once('error', (error) => failed(error.message))
    child.once('exit', (code) => (code === 0 ? resolve() : failed(`it ended with ${code}`)))
  })
}
