import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { isSea } from 'node:sea'
import { AgentError } from '../basics/agent-error.ts'
import { systemRandom } from '../basics/random.ts'
import { systemKeyCredential } from './key-credential.ts'
import type { ServiceHost } from './service-command.ts'

/** This machine. */
export const systemServiceHost = (): ServiceHost => ({
  unitFolder: '/etc/systemd/system',
  stateRoot: '/var/lib',
  isRoot: process.getuid?.() === 0,
  booted: existsSync('/run/systemd/system'),
  credential: systemKeyCredential(systemRandom),
  systemctl,
})

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
