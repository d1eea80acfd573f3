import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { systemRandom } from '../../basics/random.ts'
import { lockDatabase } from '../../database/database-lock.ts'
import { writeInstallation } from '../write-installation.ts'
import { checkAuthority } from './check-authority.ts'
import { checkCertificate } from './check-certificate.ts'
import { checkData } from './check-data.ts'
import { checkNames } from './check-names.ts'
import { checkPort } from './check-ports.ts'
import { checkSocket } from './check-socket.ts'
import { examine } from './examine.ts'
import type { Finding } from './finding.ts'

const dayMs = 86_400_000
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sallyport-doctor-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

function certificate(name: string, names: readonly string[], days: number): { certFile: string; keyFile: string } {
  const files = { certFile: join(folder, `${name}.pem`), keyFile: join(folder, `${name}.key`) }
  const alt = `subjectAltName=${names.map((one) => `DNS:${one}`).join(',')}`
  const args = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-subj', '/CN=x', '-addext', alt]
  execFileSync('openssl', [...args, '-days', String(days), '-keyout', files.keyFile, '-out', files.certFile], { stdio: 'ignore' })
  return files
}

describe('the certificate of the public port', () => {
  const names = ['gw.example.com', 'id.gw.example.com', 'x.machines.example.net']
  const nowMs = Date.now()
  const judge = async (files: { certFile: string; keyFile: string }, atMs = nowMs): Promise<[string, string]> => {
    const { state, what } = await checkCertificate({ ...files, names, nowMs: atMs })
    return [state, what]
  }

  it('is right when it covers every name, warns a fortnight before its end, and fails after it', async () => {
    const files = certificate('good', ['gw.example.com', 'id.gw.example.com', '*.machines.example.net'], 90)
    expect(await judge(files)).toEqual(['ok', expect.stringContaining('89 more days')])
    expect(await judge(files, nowMs + 80 * dayMs)).toEqual(['warning', expect.stringContaining('runs out in 9 days')])
    expect(await judge(files, nowMs + 91 * dayMs)).toEqual(['failed', expect.stringContaining('ran out')])
    expect(await judge(files, nowMs - 2 * dayMs)).toEqual(['failed', expect.stringContaining('not valid before')])
  })

  it('names what it does not cover, a key of another certificate, and files that are none', async () => {
    const narrow = certificate('narrow', ['gw.example.com'], 90)
    expect(await judge(narrow)).toEqual(['failed', 'It does not cover id.gw.example.com, x.machines.example.net.'])
    const other = certificate('other', names, 90)
    expect(await judge({ ...narrow, keyFile: other.keyFile })).toEqual([
      'failed',
      expect.stringContaining('is not that of the certificate'),
    ])
    expect(await judge({ ...narrow, certFile: other.keyFile })).toEqual(['failed', expect.stringContaining('not a PEM file')])
    expect(await judge({ ...narrow, keyFile: '/nowhere/key.pem' })).toEqual(['failed', '/nowhere/key.pem cannot be read by this user.'])
  })
})

describe('ports', () => {
  const question = (port: number) => ({ name: 'tunnel', host: '127.0.0.1', port }) as const

  it('are right when taken by a gateway that runs or free for one that does not, and wrong otherwise', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    expect((await checkPort(question(port), true)).state).toBe('ok')
    expect(await checkPort(question(port), false)).toMatchObject({
      state: 'failed',
      what: `127.0.0.1:${port} is in use by another program.`,
    })
    server.close()
    await once(server, 'close')
    expect((await checkPort(question(port), false)).state).toBe('ok')
    expect(await checkPort(question(port), true)).toMatchObject({ state: 'failed', what: expect.stringContaining('does not listen') })
  })

  it('on an address of another machine are named', async () => {
    const finding = await checkPort({ name: 'est', host: '192.0.2.1', port: 7444 }, false)
    expect(finding).toMatchObject({ check: 'port est', state: 'failed', what: '192.0.2.1 is no address of this machine.' })
  })
})

describe('the rest', () => {
  it('finds a data folder that others can read, and one that is not there', async () => {
    const directory = await mkdtemp(join(folder, 'data-'))
    expect((await checkData(directory))[0]).toMatchObject({ check: 'data', state: 'ok' })
    await chmod(directory, 0o755)
    expect((await checkData(directory))[0]).toMatchObject({ state: 'failed', fix: `chmod 0700 ${directory}` })
    expect(await checkData(join(directory, 'none'))).toMatchObject([{ check: 'data', state: 'failed' }])
  })

  it('leaves names under .localhost to browsers, and names one that DNS cannot know', async () => {
    expect((await checkNames(['gw.localhost'])).state).toBe('ok')
    expect(await checkNames(['gw.localhost', 'nobody.invalid'])).toMatchObject({
      state: 'failed',
      what: 'DNS does not know nobody.invalid here.',
    })
  })

  it('asks the identity provider for a sign of life', async () => {
    const path = join(folder, 'idp.sock')
    expect((await checkSocket(path, true)).state).toBe('failed')
    expect((await checkSocket(path, false)).state).toBe('warning')
    const server = createServer((socket) => socket.end()).listen(path)
    await once(server, 'listening')
    expect((await checkSocket(path, true)).state).toBe('ok')
    server.close()
  })

  it('takes an authority that is not made yet for what it is', async () => {
    expect(await checkAuthority(folder, Date.now())).toMatchObject({ state: 'ok', what: 'It is made at the first start.' })
  })
})

describe('an installation', () => {
  const findingsOf = (findings: readonly Finding[]): Record<string, string> =>
    Object.fromEntries(findings.map(({ check, state }) => [check, state]))

  it('is examined whole, without a change, whether the gateway runs or not', async () => {
    const { settings, gatewayFile } = await writeInstallation(
      {
        dataDir: join(folder, 'installation'),
        organisation: 'Test',
        portalOrigin: 'http://gw.sallyport.localhost:8080',
        issuer: 'http://id.sallyport.localhost:8080',
        accessDomain: 'machines.localhost',
        trustDomain: 'sallyport.localhost',
        tunnelNames: ['gw.sallyport.localhost'],
        public: { host: '127.0.0.1', port: 0, tls: null },
        tunnel: { host: '127.0.0.1', port: 0 },
        est: { host: '127.0.0.1', port: 0 },
        demo: true,
        logLevel: 'error',
      },
      systemRandom,
    )
    const question = { config: gatewayFile, environment: {}, nowMs: Date.now() }
    expect(findingsOf(await examine(question))).toMatchObject({
      node: 'ok',
      settings: 'ok',
      gateway: 'ok',
      data: 'ok',
      authority: 'ok',
      names: 'ok',
      'port public': 'ok',
      'port tunnel': 'ok',
      'port est': 'ok',
      'identity provider': 'ok',
      policy: 'ok',
    })
    const lock = lockDatabase(join(settings.dataDir, 'gateway.sqlite'), 4711)
    const findings = await examine(question)
    lock.release()
    const lockFile = join(settings.dataDir, 'gateway.sqlite.lock')
    const before = [await readFile(lockFile), (await stat(lockFile)).mtimeMs, await readdir(settings.dataDir)]
    expect(await examine(question)).toContainEqual({ check: 'gateway', state: 'ok', what: 'It does not run now.', fix: null })
    expect([await readFile(lockFile), (await stat(lockFile)).mtimeMs, await readdir(settings.dataDir)]).toEqual(before)
    expect(findings).toContainEqual({ check: 'gateway', state: 'ok', what: 'It runs.', fix: null })
    expect(findingsOf(findings)['identity provider']).toBe('failed')
  })

  it('whose settings have errors is told all of them', async () => {
    const findings = await examine({ config: join(folder, 'none.json'), environment: {}, nowMs: Date.now() })
    expect(findings).toMatchObject([
      { check: 'node' },
      { check: 'settings', state: 'failed', what: expect.stringContaining('sallyport init') },
    ])
  })
})
