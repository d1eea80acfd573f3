import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { systemRandom } from '../basics/random.ts'
import { checkKey } from '../commands/doctor/check-key.ts'
import { systemKeyCredential } from '../commands/key-credential.ts'
import { keyCredential, keySecretFile } from '../settings/key-secret-file.ts'
import { deviceKey, keyFile } from './device-key.ts'

let folder: string
let stateDir: string
let credentials: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'agent-key-'))
  stateDir = join(folder, 'state')
  credentials = join(folder, 'credentials')
  mkdirSync(credentials)
})
afterEach(() => rmSync(folder, { recursive: true }))

const secretFile = (): string => join(credentials, keyCredential)
const give = (byte = 7): void => writeFileSync(secretFile(), Buffer.alloc(32, byte))
const key = async (withFolder = true): Promise<string> => {
  const settings = {
    stateDir,
    keyType: 'ec-p256' as const,
    keySecretFile: withFolder ? keySecretFile({ CREDENTIALS_DIRECTORY: credentials }) : null,
    random: systemRandom,
  }
  return (await deviceKey(settings)).export({ type: 'pkcs8', format: 'pem' }).toString()
}
const onDisk = (): string => readFileSync(keyFile(stateDir), 'utf8')
const doctor = async () => (await checkKey(stateDir, join(folder, 'encrypted'))).what

describe('the key of the machine', () => {
  it('is a file for its user alone where systemd gives no secret', async () => {
    const made = await key(false)
    expect([onDisk(), await key(false), await key()]).toEqual([made, made, made])
    expect(statSync(keyFile(stateDir)).mode & 0o777).toBe(0o600)
    expect(await doctor()).toMatch(/is a file for its user alone/)
  })

  it('is encrypted from the first where systemd does, and opened again', async () => {
    give()
    const made = await key()
    expect(onDisk()).toMatch(/^sallyport-agent-key\/1 hkdf-sha256 aes-256-gcm\n[A-Za-z0-9+/=]+\n$/)
    expect(onDisk()).not.toContain('PRIVATE KEY')
    expect(await key()).toBe(made)
    expect(await doctor()).toMatch(/is encrypted, and .* is not there/)
    writeFileSync(join(folder, 'encrypted'), '')
    expect(await doctor()).toMatch(/is encrypted with a credential/)
  })

  it('that was a file is the same, encrypted, at the first start with the secret', async () => {
    const made = await key(false)
    give()
    expect(await key()).toBe(made)
    expect(onDisk()).not.toContain('PRIVATE KEY')
    expect(readdirSync(stateDir)).toEqual(['device.key'])
    expect(statSync(keyFile(stateDir)).mode & 0o777).toBe(0o600)
  })

  it('that is encrypted is never replaced: without the secret, with another, or with a byte changed, it says so', async () => {
    give()
    await key()
    const kept = onDisk()
    await expect(key(false)).rejects.toMatchObject({
      code: 'key_locked',
      message: expect.stringContaining('Start the agent as that service'),
    })
    rmSync(secretFile())
    await expect(key()).rejects.toMatchObject({ code: 'key_locked' })
    give(8)
    await expect(key()).rejects.toMatchObject({ code: 'key_locked', message: expect.stringContaining('encrypted with another one') })
    expect(onDisk()).toBe(kept)
    give()
    const bytes = Buffer.from(kept.split('\n')[1]!, 'base64')
    for (const at of [0, 20, 30, 60, bytes.length - 1]) {
      const changed = Buffer.from(bytes)
      changed[at]! ^= 1
      writeFileSync(keyFile(stateDir), `${kept.split('\n')[0]}\n${changed.toString('base64')}\n`)
      await expect(key()).rejects.toMatchObject({ code: 'key_locked' })
    }
    for (const torn of [kept.slice(0, 30), kept.slice(0, 80), kept.replace('/1 ', '/2 ')]) {
      writeFileSync(keyFile(stateDir), torn)
      await expect(key()).rejects.toMatchObject({ code: 'key_locked' })
    }
  })

  it('is not encrypted with a secret that is none', async () => {
    writeFileSync(secretFile(), Buffer.alloc(31))
    await expect(key()).rejects.toMatchObject({ code: 'bad_credential' })
    expect(keySecretFile({ CREDENTIALS_DIRECTORY: 'relative' })).toBeNull()
    expect(keySecretFile({})).toBeNull()
  })

  const version = Number(/^systemd (\d+)/.exec(spawnSync('systemd-creds', ['--version'], { encoding: 'utf8' }).stdout ?? '')?.[1] ?? 0)
  const can = version >= 250 && process.getuid?.() === 0
  it.skipIf(!can)(
    `is encrypted with what systemd encrypts and decrypts${can ? '' : ' (skipped: not root, or no systemd-creds of version 250)'}`,
    async () => {
      const credential = systemKeyCredential(systemRandom, join(folder, 'store', keyCredential))
      expect([await credential.available(), await credential.exists()]).toEqual([true, false])
      await credential.make()
      expect([await credential.exists(), statSync(credential.file).mode & 0o777]).toEqual([true, 0o600])
      // As systemd does for the service.
      const opened = spawnSync('systemd-creds', ['decrypt', `--name=${keyCredential}`, credential.file, secretFile()], { encoding: 'utf8' })
      expect([opened.status, opened.stderr, readFileSync(secretFile()).length]).toEqual([0, expect.any(String), 32])
      const made = await key()
      expect(await key()).toBe(made)
    },
  )
})
