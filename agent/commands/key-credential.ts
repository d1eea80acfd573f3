import { execFile, spawn } from 'node:child_process'
import { access, chmod, mkdir, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { AgentError } from '../basics/agent-error.ts'
import type { Random } from '../basics/random.ts'
import { keyCredential } from '../settings/key-secret-file.ts'

/** Encrypted for this computer: by its TPM where it has one, and by a key that only root reads (systemd-creds(1)). */
export const credentialFile = join('/etc/credstore.encrypted', keyCredential)
/** The first systemd that encrypts credentials. */
const leastVersion = 250
const secretBytes = 32

export interface KeyCredential {
  readonly file: string
  /** Whether systemd here can give a service what is encrypted. */
  available(): Promise<boolean>
  exists(): Promise<boolean>
  /** Makes a new secret, encrypted; nobody ever sees it. @throws AgentError `no_credential` */
  make(): Promise<void>
}

/** @param file other than {@link credentialFile} in tests alone */
export function systemKeyCredential(random: Random, file = credentialFile): KeyCredential {
  return {
    file,
    available: async () => {
      try {
        const { stdout } = await promisify(execFile)('systemd-creds', ['--version'])
        return Number(/^systemd (\d+)/.exec(stdout)?.[1] ?? 0) >= leastVersion
      } catch {
        return false
      }
    },
    exists: () =>
      access(file).then(
        () => true,
        () => false,
      ),
    make: async () => {
      await mkdir(dirname(file), { recursive: true, mode: 0o700 })
      const temporary = join(dirname(file), `.${keyCredential}.tmp`)
      await rm(temporary, { force: true })
      await encrypt(temporary, random)
      await chmod(temporary, 0o600)
      await rename(temporary, file)
    },
  }
}

/** Bound to this computer's TPM, and to no measurement of its firmware: an update of that must not cut off a machine in the field. */
function encrypt(target: string, random: Random): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn('systemd-creds', ['encrypt', `--name=${keyCredential}`, '--tpm2-pcrs=', '-', target], {
      stdio: ['pipe', 'ignore', 'pipe'],
    })
    let said = ''
    child.stderr.on('data', (chunk) => (said = `${said}${String(chunk)}`.slice(-500)))
    child.stdin.on('error', () => {})
    const failed = (why: string): void =>
      reject(new AgentError({ code: 'no_credential', message: `systemd-creds could not encrypt a credential: ${why}` }))
    child.once('error', (error) => failed(error.message))
    child.once('exit', (code) => (code === 0 ? resolve() : failed(said.trim() || `it ended with ${code}`)))
    child.stdin.end(random.bytes(secretBytes))
  })
}
