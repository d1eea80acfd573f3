import { createHash } from 'node:crypto'
import type { DeviceId, GrantRequestId, OrganisationId, PersonId, ServiceName, SessionId } from '../../basics/ids.ts'
import type { DecisionRecord } from '../../decisions/decision.ts'
import type { Device } from '../../devices/device.ts'
import type { GrantRequest } from '../../grants/grant-request.ts'
import { gatewayActor } from '../../ledger/event.ts'
import type { EventType, NewEvent } from '../../ledger/event.ts'
import type { Organisation, Person } from '../../people/person.ts'
import type { Approval, Session } from '../../sessions/session.ts'
import type { SignIn } from '../../sign-in/sign-in-store.ts'
import type { Storage } from '../create-storage.ts'

// Records for the contract suites. Everything is fixed, so that a failure reads the same each time.

const hex = (name: string, length: number): string => createHash('sha256').update(name).digest('hex').slice(0, length)

export const organisationId = (name: string): OrganisationId => `org_${hex(name, 32)}` as OrganisationId
export const personId = (name: string): PersonId => `per_${hex(name, 32)}` as PersonId
export const sessionId = (name: string): SessionId => `ses_${hex(name, 32)}` as SessionId
export const deviceId = (name: string): DeviceId => name as DeviceId

export const exampleOrganisation = (name: string): Organisation => ({ id: organisationId(name), name, kind: 'customer' })

export const exampleDevice = (name: string, change: Partial<Device> = {}): Device => ({
  id: deviceId(name),
  organisationId: organisationId('north'),
  name: `Press ${name}`,
  site: 'Hamburg',
  region: 'north',
  country: 'DE',
  timeZone: 'Europe/Berlin',
  productLine: 'press',
  model: 'XL 106',
  contract: 'active',
  status: 'active',
  services: [{ name: 'hmi', kind: 'http', title: 'Operating panel', enabled: true }],
  switches: { hmi: true, shell: false },
  remoteAllowed: true,
  recording: {},
  attendedOnly: [],
  agentVersion: null,
  boot: null,
  lastEvent: 0,
  lastSeenAt: null,
  remoteOffAt: null,
  createdAt: 1_790_000_000,
  version: 1,
  ...change,
})

export const examplePerson = (name: string, change: Partial<Person> = {}): Person => ({
  id: personId(name),
  organisationId: organisationId('north'),
  issuer: 'https://id.example',
  subject: name,
  username: name.toLowerCase(),
  name,
  photoSha256: null,
  status: 'active',
  roles: ['technician'],
  regions: ['north'],
  permissions: ['remote_access'],
  trainings: [{ productLine: 'press', level: 2, validUntil: 1_900_000_000 }],
  undertaking: { version: '1', acceptedAt: 1_790_000_000 },
  createdAt: 1_790_000_000,
  version: 1,
  ...change,
})

export const exampleSession = (name: string, change: Partial<Session> = {}): Session => ({
  id: sessionId(name),
  organisationId: organisationId('north'),
  deviceId: deviceId('press-1'),
  personId: personId('Ada'),
  authentication: { methods: ['pwd', 'otp'], time: 1_790_000_000 },
  address: '192.0.2.1',
  state: 'requested',
  request: {
    v: 1,
    kind: 'open',
    session: sessionId(name),
    device: 'press-1',
    gateway: 'example.org',
    technician: { id: personId('Ada'), name: 'Ada', organisation: 'north', photo_sha256: null },
    services: ['hmi'],
    purpose: 'The feeder stops',
    ticket: null,
    duration_s: 3600,
    requested_at: 1_790_000_000,
    expires_at: 1_790_000_120,
    salt: 'c2FsdA==',
  },
  requestDigest: 'ZGlnZXN0',
  pendingExtension: null,
  approval: null,
  extensions: 0,
  requestedAt: 1_790_000_000,
  shownAt: null,
  approvedAt: null,
  openedAt: null,
  expiresAt: null,
  endedAt: null,
  endReason: null,
  endedBy: null,
  endCodes: [],
  tunnelLostAt: null,
  version: 1,
  ...change,
})

export const exampleApproval: Approval = {
  jws: 'eyJ.eyJ.sig',
  jti: '0'.repeat(32),
  boot: '1'.repeat(32),
  mode: 'attended',
  operator: 'Olga',
  proof: 'none',
  services: ['hmi' as ServiceName],
  requestDigest: 'ZGlnZXN0',
  grantedAt: 1_790_000_010,
  expiresAt: 1_790_003_610,
}

export const exampleSignIn = (name: string, change: Partial<SignIn> = {}): SignIn => ({
  tokenHash: hex(name, 64),
  client: 'browser',
  personId: personId('Ada'),
  createdAt: 1_790_000_000,
  expiresAt: 1_790_030_000,
  lastSeenAt: 1_790_000_000,
  authenticatedAt: 1_790_000_000,
  methods: ['pwd'],
  idToken: 'eyJ.eyJ.sig',
  providerSession: null,
  address: null,
  ...change,
})

export const exampleDecision = (name: string, change: Partial<DecisionRecord> = {}): DecisionRecord => ({
  id: `dec_${hex(name, 32)}` as DecisionRecord['id'],
  input: {
    action: 'request',
    time: {
      unix: 1_790_000_000,
      utc: '2026-09-21T14:13:20Z',
      local: { date: '2026-09-21', weekday: 'monday', hour: 16, minute: 13, zone: 'Europe/Berlin' },
    },
    technician: {
      id: personId('Ada'),
      name: 'Ada',
      organisation: organisationId('north'),
      regions: ['north'],
      permissions: [],
      trainings: [],
      undertaking: null,
      authentication: { methods: ['pwd'], time: 1_790_000_000 },
      workstation: null,
      status: 'active',
    },
    device: {
      id: 'press-1',
      organisation: organisationId('north'),
      site: 'Hamburg',
      region: 'north',
      country: 'DE',
      product_line: 'press',
      model: 'XL 106',
      switches: { hmi: true },
      recording: { hmi: 'mask_all' },
      contract: null,
      status: 'active',
    },
    service: null,
    approval: null,
    session: null,
    context: { ip: null },
  },
  result: {
    allow: true,
    denials: [],
    missing: [],
    limits: { max_duration_s: 3600, services: ['hmi'], transfer: false, record: true, on_unexplained: 'mark', request_rules: [] },
    valid_until: 1_790_000_060,
  },
  revision: `sha256:${hex('policy', 64)}`,
  cached: false,
  durationUs: 130,
  evaluatedAt: 1_790_000_000_000,
  ...change,
})

export const deviceEvent = (device: string, change: Partial<NewEvent> = {}): NewEvent => ({
  log: { kind: 'g', device: deviceId(device) },
  type: 'device.changed',
  session: null,
  actor: gatewayActor,
  detail: {},
  ...change,
})

export const organisationEvent = (organisation: string, type: EventType = 'facts.changed', change: Partial<NewEvent> = {}): NewEvent => ({
  log: { kind: 'o', organisation: organisationId(organisation) },
  type,
  session: null,
  actor: gatewayActor,
  detail: {},
  ...change,
})

/** Two organisations, `north` with everything and `south` with its own person and device. */
export async function storeExamples({ people, devices }: Pick<Storage, 'people' | 'devices'>): Promise<void> {
  for (const name of ['north', 'south']) await people.insertOrganisation(exampleOrganisation(name), [])
  await people.insert(examplePerson('Ada'), [])
  await people.insert(examplePerson('Bea', { organisationId: organisationId('south') }), [])
  await devices.insert(exampleDevice('press-1'), [])
  await devices.insert(exampleDevice('press-2', { organisationId: organisationId('south') }), [])
}

export const exampleGrantRequest = (n: number, change: Partial<GrantRequest> = {}): GrantRequest => ({
  id: `gnt_${String(n).padStart(32, '0')}` as GrantRequestId,
  organisationId: organisationId('north'),
  personId: personId('Ada'),
  about: { deviceId: deviceId('press-1'), service: 'hmi' as ServiceName, code: 'switch_off' },
  note: 'The feeder stops',
  answeredByRole: 'service_administrator',
  answeredByOrganisation: null,
  state: 'open',
  askedAt: 1_790_000_000 + n,
  answer: null,
  ...change,
})
