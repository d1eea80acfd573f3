import { chmod, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { systemRandom } from '../basics/random.ts'
import { socketDirectory, writeInstallation, type InstallationPlan } from './write-installation.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'installation-'))
})
afterEach(async () => {
  await rm(socketDirectory(deep()), { recursive: true, force: true })
  await rm(folder, { recursive: true, force: true })
})

/** Too deep for a socket's address. */
const deep = (): string => join(folder, 'a'.repeat(120))

const planFor = (dataDir: string): InstallationPlan => ({
  dataDir,
  organisation: 'Acme',
  portalOrigin: 'https://sallyport.example.com',
  issuer: 'https://id.sallyport.example.com',
  accessDomain: 'machines.example.net',
  trustDomain: 'sallyport.example.com',
  tunnelNames: ['sallyport.example.com'],
  public: { host: '127.0.0.1', port: 8080, tls: null },
  tunnel: { host: '127.0.0.1', port: 7443 },
  est: { host: '127.0.0.1', port: 7444 },
  demo: false,
  logLevel: 'info',
})

it('keeps sockets beside the data, and where that is too deep at a short place of its own', async () => {
  expect(socketDirectory(folder)).toBe(join(folder, 'run'))
  const short = socketDirectory(deep())
  expect(short.length).toBeLessThan(80)
  expect(socketDirectory(`${deep()}b`)).not.toBe(short)
  const { settings } = await writeInstallation(planFor(deep()), systemRandom)
  expect(settings.identityProvider.socket).toBe(join(short, 'idp.sock'))
})

it('takes no folder for sockets that others may write into: they could put theirs there', async () => {
  const short = socketDirectory(deep())
  await mkdir(short)
  await chmod(short, 0o777)
  await expect(writeInstallation(planFor(deep()), systemRandom)).rejects.toMatchObject({ code: 'folder_not_private' })
  expect(await readdir(folder)).toEqual([])
})

it('writes nothing when a setting is wrong', async () => {
  const plan = { ...planFor(join(folder, 'new')), accessDomain: 'm.sallyport.example.com' }
  await expect(writeInstallation(plan, systemRandom)).rejects.toMatchObject({ code: 'settings_invalid' })
  expect(await readdir(folder)).toEqual([])
})
