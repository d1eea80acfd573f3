import { execFileSync } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { newTestCsr } from '../../test/support/test-credentials.ts'
import { FakeClock } from '../basics/fake-clock.ts'
import type { DeviceId } from '../basics/ids.ts'
import { systemRandom } from '../basics/random.ts'
import { openCertificateAuthority } from './certificate-authority.ts'
import { checkCsr } from './check-csr.ts'
import { renewAuthority } from './renew-authority.ts'

let directory: string
beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'sallyport-ca-'))
})
afterEach(() => rm(directory, { recursive: true, force: true }))

const yearMs = 365.25 * 86_400_000
const clock = new FakeClock(Date.now())
const room = { trustDomain: 'gateway.test', clock, random: systemRandom }
const open = () => openCertificateAuthority({ directory, ...room })
const renew = () => renewAuthority({ directory, ...room })
const at = (name: string): string => path.join(directory, 'authority', name)

/** Whether OpenSSL follows a device's certificate, alone, to the bundle. */
async function isTrusted(leafPem: string, bundlePem: string): Promise<boolean> {
  await writeFile(path.join(directory, 'leaf.pem'), leafPem)
  await writeFile(path.join(directory, 'bundle.pem'), bundlePem)
  try {
    execFileSync('openssl', ['verify', '-CAfile', 'bundle.pem', '-purpose', 'sslclient', 'leaf.pem'], { cwd: directory, stdio: 'pipe' })
    return true
  } catch {
    return false
  }
}

it('issues by another authority under the same root, and trusts what was issued before', async () => {
  const before = await open()
  const issue = async ({ issueDeviceCertificate }: typeof before): Promise<string> =>
    String(await issueDeviceCertificate('press-1' as DeviceId, checkCsr((await newTestCsr()).der), 86_400_000))
  const leafBefore = await issue(before)
  expect(await renew()).toBeGreaterThan(clock.nowMs() + 9 * yearMs)
  const after = await open()
  const leafAfter = await issue(after)
  expect(after.bundleDer[0]).toEqual(before.bundleDer[0])
  expect(after.bundleDer[1]).not.toEqual(before.bundleDer[1])
  expect(await isTrusted(leafBefore, after.bundlePem)).toBe(true)
  expect(await isTrusted(leafAfter, after.bundlePem)).toBe(true)
  expect(await isTrusted(leafAfter, before.bundlePem)).toBe(false)
  // And again: none of them is forgotten.
  await renew()
  const { bundlePem } = await open()
  expect(await isTrusted(leafBefore, bundlePem)).toBe(true)
  expect(await isTrusted(leafAfter, bundlePem)).toBe(true)
})

it('needs the key of the root, and says where', async () => {
  await expect(renew()).rejects.toMatchObject({ code: 'no_authority' })
  await open()
  const key = await readFile(at('root/root-key.pem'), 'utf8')
  await rm(at('root'), { recursive: true })
  await expect(renew()).rejects.toMatchObject({ code: 'no_root_key', message: expect.stringContaining('root/root-key.pem') })
  execFileSync('mkdir', [at('root')])
  await writeFile(at('root/root-key.pem'), await readFile(at('issuing-key.pem')))
  await expect(renew()).rejects.toMatchObject({ code: 'wrong_root_key' })
  await writeFile(at('root/root-key.pem'), key)
  await renew()
})

it('leaves, when it is cut between key and certificate, what no gateway starts with, and is simply done again', async () => {
  await open()
  const certificate = await readFile(at('issuing.pem'))
  await renew()
  // As if the second file had not come to its place.
  await writeFile(at('issuing.pem.new'), 'half')
  await writeFile(at('issuing.pem'), certificate)
  await expect(open()).rejects.toMatchObject({ code: 'authority_unusable', message: expect.stringContaining('issuing-key.pem') })
  await renew()
  await open()
  expect((await readdir(path.join(directory, 'authority'))).filter((name) => name.endsWith('.new'))).toEqual([])
})

it('takes no authority of before that the root has not issued', async () => {
  await open()
  await writeFile(
    at('former-1.pem'),
    execFileSync('openssl', [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-keyout',
      '/dev/null',
      '-subj',
      '/CN=x',
      '-batch',
    ]),
  )
  await expect(open()).rejects.toMatchObject({ code: 'authority_unusable', message: expect.stringContaining('not issued by root.pem') })
})
