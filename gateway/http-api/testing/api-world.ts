import { CodedError } from '../../basics/coded-error.ts'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { InjectOptions, LightMyRequestResponse } from 'fastify'
import type { FakeClock } from '../../basics/fake-clock.ts'
import type { DeviceId } from '../../basics/ids.ts'
import { silentLogger } from '../../basics/logger.ts'
import { createRequestPaces, type RequestPaceFigures } from '../../basics/request-paces.ts'
import { systemRandom } from '../../basics/random.ts'
import type { DecisionEngine } from '../../decisions/decision-engine.ts'
import { DeviceChanges } from '../../devices/device-changes.ts'
import { PeopleChanges } from '../../people/people-changes.ts'
import { startGrants, type Grants } from '../../grants/start-grants.ts'
import type { Person } from '../../people/person.ts'
import { createPhotoCache } from '../../people/photo-cache.ts'
import { createLateRenewalAdministration } from '../../pki/administer-late-renewals.ts'
import { createWaitingRenewals } from '../../pki/waiting-renewals.ts'
import { createEnrolmentAdministration } from '../../pki/enrolment-administration.ts'
import type { PolicyRoom } from '../../policies-admin/activation/policy-room.ts'
import type { SessionListener } from '../../sessions/session-room.ts'
import type { Session } from '../../sessions/session.ts'
import { startPolicies } from '../../start-policies.ts'
import { startWorkbench } from '../../start-workbench.ts'
import { startSessions } from '../../sessions/start-sessions.ts'
import { followPeople } from '../../sign-in/follow-people.ts'
import { createSignInPace } from '../../sign-in/sign-in-pace.ts'
import { csrfToken, tokenHash } from '../../sign-in/sign-in-room.ts'
import type { SessionRoom } from '../../sessions/session-room.ts'
import type { Storage } from '../../storage/create-storage.ts'
import {
  deviceId,
  exampleDevice,
  exampleOrganisation,
  examplePerson,
  exampleSession,
  exampleSignIn,
  organisationId,
} from '../../storage/testing/example-records.ts'
import { temporaryStorage } from '../../storage/testing/temporary-storage.ts'
import type { SecurityContact } from '../api-ports.ts'
import { createHttpApi, type HttpApi } from '../create-http-api.ts'
import { portalCookie } from '../signed-in.ts'
import { fakeIdentityProvider } from './fake-identity-provider.ts'

const policiesDir = fileURLToPath(new URL('../../../policies', import.meta.url))
export const portalOrigin = 'https://sallyport.example.com'

/** Of the shipped policy's data. */
const undertaking = { version: '2026-11', acceptedAt: 1_790_000_000 }
const trained = {
  undertaking,
  permissions: ['remote_access', 'service_http'],
  trainings: [{ productLine: 'press', level: 2, validUntil: 1_900_000_000 }],
}
const bare = { regions: [], permissions: [], trainings: [] }

/** Everybody who may come, each with a browser that is or was signed in. */
const everybody = {
  technician: { ...trained, roles: ['technician'] },
  'technician without facts': { ...bare, roles: ['technician'] },
  'technician elsewhere': { ...trained, regions: ['south'], organisationId: organisationId('south'), roles: ['technician'] },
  'security team': { ...bare, roles: ['security_team'] },
  'other of the security team': { ...bare, roles: ['security_team'] },
  auditor: { ...bare, roles: ['auditor'] },
  'customer administrator': { ...bare, roles: ['customer_administrator'] },
  'customer administrator elsewhere': { ...bare, organisationId: organisationId('south'), roles: ['customer_administrator'] },
  administrator: { ...bare, roles: ['service_administrator'] },
  'other administrator': { ...bare, roles: ['service_administrator'] },
  'disabled administrator': { ...trained, roles: ['service_administrator'], status: 'disabled' },
  'signed-out administrator': { ...bare, roles: ['service_administrator'] },
} as const satisfies Record<string, Partial<Person>>

export type Actor = keyof typeof everybody | 'nobody'

export interface ApiWorld extends AsyncDisposable {
  readonly api: HttpApi
  readonly storage: Storage
  readonly clock: FakeClock
  readonly decisions: DecisionEngine
  readonly policies: PolicyRoom
  readonly people: Readonly<Record<keyof typeof everybody, Person>>
  /** Open calls for help. */
  readonly calls: SessionRoom['calls']
  readonly deviceChanges: DeviceChanges
  readonly peopleChanges: PeopleChanges
  readonly grants: Pick<Grants, 'settled'>
  /** As if this session had changed just now. */
  tellSession(session: Session): void
  /** Cookie and CSRF token of this person's browser. */
  headersOf(actor: Actor): Record<string, string>
  send(actor: Actor, request: InjectOptions): Promise<LightMyRequestResponse>
  /** What was logged, oldest first. */
  readonly logged: readonly object[]
  /** How many requests came in at the real port. */
  requests(): number
  /** The same API on a real port, for what needs a connection: `http://127.0.0.1:<port>`. */
  listen(): Promise<string>
}

export interface ApiWorldOptions {
  readonly pagesDir?: string
  readonly portalOrigin?: string
  readonly securityContact?: SecurityContact
  readonly paces?: RequestPaceFigures
}

const generous = { strangerRequestsPerSecond: 10_000, portalRequestsPerSecond: 10_000, machineRequestsPerSecond: 10_000 }

/** The whole API over real storage, policy and sessions; only the identity provider and the machines are not there. */
export async function apiWorld(options: ApiWorldOptions = {}): Promise<ApiWorld> {
  const temporary = await temporaryStorage()
  const { storage, clock } = temporary
  const people = await storePeople(storage, clock)
  await storeMachines(storage, people.technician, people['technician elsewhere'])
  const peopleChanges = new PeopleChanges()
  const deviceChanges = new DeviceChanges()
  const logged: object[] = []
  const logger = { ...silentLogger, error: (fields: object, message: string) => void logged.push({ level: 'error', ...fields, message }) }
  const shared = { clock, random: systemRandom, logger }
  const dataDir = await mkdtemp(join(tmpdir(), 'api-world-'))
  const policies = await startPolicies({
    ...shared,
    storage,
    organisation: organisationId('north'),
    settings: { dataDir, policiesDir, policy: { fourEyes: null }, demo: false },
    environment: process.env,
  })
  const { decisions } = policies
  const provider = fakeIdentityProvider('https://id.example')
  const photos = createPhotoCache(provider)
  const sessions = await startSessions({
    ...shared,
    store: storage.sessions,
    devices: storage.devices,
    deviceChanges,
    people: storage.people,
    peopleChanges,
    links: { get: () => undefined, list: () => [], onConnected: () => () => {}, onDisconnected: () => () => {} },
    decisions,
    photos,
    settings: { trustDomain: 'example.com', gracePeriodS: 60, requestTimeoutS: 60, sessionsPerPerson: 32, streamsPerPerson: 1_024 },
  })
  const sessionListeners = new Set<SessionListener>()
  const onChange = sessions.room.onChange.bind(sessions.room)
  sessions.room.onChange = (listener) => {
    sessionListeners.add(listener)
    return onChange(listener)
  }
  const signIns = {
    ...shared,
    store: storage.signIns,
    people: storage.people,
    events: storage.events,
    issuer: provider.issuer,
    settings: { lifetimeS: 36_000, idleS: 7_200 },
    pace: createSignInPace(clock),
    client: {
      start: async () => ({ url: new URL(`${provider.issuer}/auth`), state: 's', nonce: 'n', codeVerifier: 'v' }),
      finish: async () => ({ subject: 'nobody', idToken: '', authenticatedAt: 0, methods: [], providerSession: null }),
      endSessionUrl: async () => new URL(`${provider.issuer}/session/end`),
    },
  }
  const offPeople = followPeople(signIns, peopleChanges)
  const grants = startGrants({ ...shared, store: storage.grantRequests, sessions: sessions.room, decisions, people: peopleChanges })
  const bench = startWorkbench({ ...shared, settings: { policiesDir }, storage, policies, sessions: sessions.room })
  const api = await createHttpApi(
    {
      ...shared,
      simulations: bench.simulations,
      sessions: sessions.room,
      people: { ...shared, store: storage.people, provider, changes: peopleChanges },
      signIns,
      photos,
      enrolments: createEnrolmentAdministration(storage.enrolments, systemRandom),
      bundles: { issue: () => Promise.reject(new CodedError({ code: 'wrong_state', message: 'No authority here.', remedy: 'conflict' })) },
      lateRenewals: createLateRenewalAdministration({ store: storage.lateRenewals, waiting: createWaitingRenewals(clock) }, clock),
      access: {
        mint: async () => new URL('https://hmi-x.machines.example.net/.sallyport/enter'),
        mintBar: async () => new URL('https://bar-x.machines.example.net/.sallyport/enter'),
      },
      tunnels: { disconnect: () => {} },
      decisionLog: storage.decisionLog,
      activePolicy: decisions,
      grants: grants.room,
      policies: policies.room,
      canary: policies.canary,
      recoveryKeys: storage.recoveryKeys,
      workbench: bench.workbench,
      events: storage.events,
      paces: createRequestPaces(clock, options.paces ?? generous),
      addressOf: () => '192.0.2.1',
      settings: {
        portalOrigin: options.portalOrigin ?? portalOrigin,
        isFront: null,
        serviceOrganisation: organisationId('north'),
        undertaking: { version: '1', text: { de: 'Ich verpflichte mich', en: 'I undertake' } },
        agents: { tunnel: 'gw:7443', est: 'https://gw:7444', trust_domain: 'example.com', ca_pem: 'PEM' },
        deviceCertificateDays: 90,
        pagesDir: options.pagesDir ?? null,
        securityContact: options.securityContact ?? null,
        demo: null,
      },
    },
    peopleChanges,
  )
  const headersOf = (actor: Actor): Record<string, string> =>
    actor === 'nobody'
      ? {}
      : {
          cookie: `${portalCookie}=token-of-${actor.replaceAll(' ', '-')}`,
          'sallyport-csrf': csrfToken(`token-of-${actor.replaceAll(' ', '-')}`),
        }
  let requests = 0
  const server = createServer((request, response) => {
    api.request(request, response)
    requests += 1
  })
  return {
    api,
    storage,
    clock,
    decisions,
    policies: policies.room,
    people,
    calls: sessions.room.calls,
    deviceChanges,
    peopleChanges,
    grants,
    tellSession: (session) => {
      for (const listener of sessionListeners) listener(session, session)
    },
    headersOf,
    send: (actor, request) => api.app.inject({ ...request, headers: { ...headersOf(actor), ...request.headers } }),
    logged,
    requests: () => requests,
    async listen() {
      if (!server.listening) await once(server.listen(0, '127.0.0.1'), 'listening')
      return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    },
    async [Symbol.asyncDispose]() {
      await api.close()
      server.closeAllConnections()
      server.close()
      offPeople()
      await grants.close()
      await bench.close()
      await sessions.close()
      await policies.close()
      await rm(dataDir, { recursive: true, force: true })
      await temporary.close()
    },
  }
}

async function storePeople(storage: Storage, clock: FakeClock): Promise<Record<keyof typeof everybody, Person>> {
  for (const name of ['north', 'south']) await storage.people.insertOrganisation(exampleOrganisation(name), [])
  const stored: Record<string, Person> = {}
  for (const [name, facts] of Object.entries<Partial<Person>>(everybody)) {
    const slug = name.replaceAll(' ', '-')
    const person = examplePerson(slug, facts)
    await storage.people.insert(person, [])
    stored[name] = person
    if (name === 'signed-out administrator') continue
    const nowS = clock.nowS()
    const times = { createdAt: nowS, lastSeenAt: nowS, authenticatedAt: nowS, expiresAt: nowS + 36_000 }
    await storage.signIns.insert(exampleSignIn(slug, { ...times, tokenHash: tokenHash(`token-of-${slug}`), personId: person.id }), [])
  }
  return stored
}

/** Two machines, and one session of each technician that is over. */
async function storeMachines(storage: Storage, technician: Person, elsewhere: Person): Promise<void> {
  await storage.devices.insert(exampleDevice('press-1'), [])
  await storage.devices.insert(exampleDevice('press-2', { region: 'south', organisationId: organisationId('south') }), [])
  await storage.sessions.insert(endedSession('one', technician, deviceId('press-1')), [])
  await storage.sessions.insert(endedSession('two', elsewhere, deviceId('press-2')), [])
}

const endedSession = (name: string, person: Person, device: DeviceId) =>
  exampleSession(name, {
    personId: person.id,
    organisationId: person.organisationId,
    deviceId: device,
    state: 'ended',
    endedAt: 1_790_000_100,
    endReason: 'withdrawn',
  })
