import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { systemClock } from '../basics/clock.ts'
import { silentLogger } from '../basics/logger.ts'
import { systemRandom } from '../basics/random.ts'
import { openDatabase } from '../database/open-database.ts'
import { policyKeyFile } from '../policies-admin/activation/policy-signer.ts'
import { registerRecoveryKey } from '../policies-admin/recovery/recovery-keys.ts'
import { startPolicies, type Policies } from '../start-policies.ts'
import { createStorage, type Storage } from '../storage/create-storage.ts'
import { migrations } from '../storage/migrations.ts'
import type { Schema } from '../storage/schema.ts'
import { examplePerson, organisationId, personId, storeExamples } from '../storage/testing/example-records.ts'
import { runCommandLine } from './command-line.ts'

const policiesDir = fileURLToPath(new URL('../../policies', import.meta.url))
const people = ['ada-admin', 'ben-admin']
let folder: string
const at = (name: string): string => join(folder, name)

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'recover-policy-'))
  await mkdir(at('data'))
  await writeFile(at('passphrase'), 'a long enough sentence\n')
  const port = { host: '127.0.0.1', port: 0 }
  const idp = { issuer: 'https://id.example.com', socket: at('s'), adminSocket: at('a'), adminTokenFile: at('t') }
  const names = {
    organisation: 'Acme',
    trustDomain: 'example.com',
    portalOrigin: 'https://portal.example.com',
    accessDomain: 'm.example.net',
  }
  const listeners = { public: port, tunnel: { ...port, names: ['gw.example.com'] }, est: port }
  const settings = { dataDir: at('data'), ...names, ...listeners, identityProvider: idp, pagesDir: at('pages'), policiesDir }
  await writeFile(at('gateway.json'), JSON.stringify(settings))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** What the gateway does of it, as if it had been started and stopped. */
async function asTheGateway(work: (storage: Storage, policies: Policies) => Promise<void>): Promise<void> {
  const shared = { clock: systemClock, random: systemRandom, logger: silentLogger }
  const database = await openDatabase<Schema>({ file: join(at('data'), 'gateway.sqlite'), migrations, ...shared })
  const storage = createStorage({ database, ...shared, boot: systemRandom.hex(16) })
  if ((await storage.installation.get('service_organisation')) === undefined) {
    await storeExamples(storage)
    await storage.installation.put('service_organisation', organisationId('north'), 0, [])
    for (const name of people) await storage.people.insert(examplePerson(name, { roles: ['service_administrator'] }), [])
  }
  const settings = { dataDir: at('data'), policiesDir, policy: { fourEyes: null }, demo: false }
  const policies = await startPolicies({ ...shared, settings, storage, organisation: organisationId('north'), environment: process.env })
  await work(storage, policies)
  await policies.close()
  await database.close()
}

async function sallyport(...args: string[]): Promise<{ readonly code: number; readonly out: string; readonly err: string }> {
  const said = { out: '', err: '' }
  const spies = (['out', 'err'] as const).map((stream) =>
    vi.spyOn(process[`std${stream}`], 'write').mockImplementation((chunk) => {
      said[stream] += String(chunk)
      return true
    }),
  )
  const code = await runCommandLine(['node', 'sallyport', ...args])
  for (const spy of spies) spy.mockRestore()
  return { code, ...said }
}

it('brings a policy back, from the keys made beforehand to a gateway that decides again', async () => {
  const passphrase = ['--passphrase-file', at('passphrase')]
  for (const name of people) {
    const made = await sallyport('recovery-key', 'create', '--out', at(`${name}.pem`), ...passphrase)
    expect(made).toMatchObject({ code: 0, out: expect.stringContaining('BEGIN PUBLIC KEY') })
    await asTheGateway(async (storage, { room }) => {
      await registerRecoveryKey(room, storage.recoveryKeys, { person: personId(name), publicKeyPem: made.out })
    })
    expect((await sallyport('recovery-key', 'create', '--out', at(`${name}.pem`), ...passphrase)).code).toBe(1)
  }
  const request = [
    'recover-policy',
    'request',
    policiesDir,
    '--config',
    at('gateway.json'),
    '--reason',
    'the key is lost',
    '--out',
    at('request.json'),
  ]
  expect(await sallyport(...request)).toMatchObject({ code: 1, err: expect.stringContaining('A good policy is there') })
  await rm(policyKeyFile(at('data')))
  await asTheGateway(async (_storage, { room, decisions }) => {
    expect([room.active, decisions.revision]).toEqual([null, ''])
    // Nothing is signed or applied beside a gateway that runs.
    expect(await sallyport(...request)).toMatchObject({ code: 1, err: expect.stringMatching(/in use|runs|another/i) })
  })

  expect(await sallyport(...request)).toMatchObject({ code: 0 })
  const apply = ['recover-policy', 'apply', at('request.json'), policiesDir, '--config', at('gateway.json')]
  const sign = (name: string) => sallyport('recover-policy', 'sign', at('request.json'), '--key', at(`${name}.pem`), ...passphrase)
  expect(await sign('ada-admin')).toMatchObject({ code: 0, err: expect.stringContaining('1 of 2') })
  expect(await sallyport(...apply)).toMatchObject({ code: 1, err: expect.stringContaining('it has 1') })
  expect(await sign('ben-admin')).toMatchObject({ code: 0, err: expect.stringContaining('2 of 2') })
  const applied = await sallyport(...apply)
  expect(JSON.parse(applied.out)).toMatchObject({ sequence: 2 })
  await asTheGateway(async (_storage, { room, decisions }) => {
    expect([room.active?.sequence, decisions.revision]).toEqual([2, room.active?.revision])
  })
  expect(await readFile(at('request.json'), 'utf8')).not.toContain('PRIVATE')
}, 120_000)
