import type { Device, Organisation, Person } from '../../gateway/http-api/contract/administration.ts'
import type { Machine, MachineService } from '../../gateway/http-api/contract/machines.ts'
import type { Me } from '../../gateway/http-api/contract/me.ts'
import type { Session } from '../../gateway/http-api/contract/sessions.ts'
import type { Demo } from '../../gateway/http-api/contract/walk-through.ts'
import { deviceServiceOf, serviceOf } from './fake-services.ts'

const hex = (digit: string): string => digit.repeat(32)
export const personIds = {
  mia: `per_${hex('1')}`,
  ada: `per_${hex('2')}`,
  noah: `per_${hex('3')}`,
  lena: `per_${hex('4')}`,
  ari: `per_${hex('5')}`,
}
export const sessionIdOf = (digit: string): string => `ses_${hex(digit)}`

export const organisations: Organisation[] = [
  { id: `org_${hex('a')}`, name: 'Northwind Service', kind: 'service' },
  { id: `org_${hex('b')}`, name: 'Möbelwerk Hansen', kind: 'customer' },
]
const service = { id: `org_${hex('a')}`, name: 'Northwind Service' }
const customer = { id: `org_${hex('b')}`, name: 'Möbelwerk Hansen' }

export const nowS = (): number => Math.floor(Date.now() / 1000)
const days = 86_400

const meOf = (id: string, name: string, username: string, roles: Me['roles'], accepted: boolean): Me => ({
  id,
  name,
  username,
  organisation: service,
  roles,
  photo_url: `/api/v1/people/${id}/photo`,
  undertaking: { required_version: '1', accepted_version: accepted ? '1' : null },
  signed_in_until: nowS() + 8 * 3600,
  authentication: { methods: ['pwd'], time: nowS() - 1200 },
  demo: true,
  csrf_token: 'fake-csrf-token',
})

export const makeAccounts = (): Record<string, Me> => ({
  mia: meOf(personIds.mia, 'Mia Bauer', 'mia.bauer', ['technician'], true),
  noah: meOf(personIds.noah, 'Noah Winter', 'noah.winter', ['technician'], false),
  ada: meOf(personIds.ada, 'Ada Lindqvist', 'ada.lindqvist', ['service_administrator'], true),
  sam: meOf(`per_${hex('6')}`, 'Sam Okafor', 'sam.okafor', ['security_team'], true),
  ines: meOf(`per_${hex('7')}`, 'Ines Duarte', 'ines.duarte', ['security_team'], true),
  ari: meOf(personIds.ari, 'Ari Cohen', 'ari.cohen', ['auditor'], true),
})

const trainingOver = { code: 'training_expired', message: 'Your training for plate_setter ran out yesterday.' }
const switchedOff = { code: 'switch_off', message: 'The customer has switched this remote service off.' }

export const makeMachines = (): Machine[] => [
  machineOf('press-1', 'Press 1', 'Hall 3, Bielefeld', 'press', 'Hydra 400', true, 2, [
    serviceOf('hmi', 'Web interface', 'http'),
    serviceOf('shell', 'Service shell', 'ssh', [switchedOff]),
  ]),
  machineOf('plate-2', 'Plate setter 2', 'Hall 1, Bielefeld', 'plate_setter', 'Avalon N8', true, 5, [
    serviceOf('hmi', 'Web interface', 'http', [trainingOver, switchedOff]),
  ]),
  machineOf('flow-3', 'Workflow server', 'Data room, Herford', 'workflow', 'PF-9', false, 3 * 3600, [
    serviceOf('hmi', 'Workflow pages', 'http'),
  ]),
]

const machineOf = (
  id: string,
  name: string,
  site: string,
  product_line: string,
  model: string,
  online: boolean,
  seenAgoS: number,
  services: MachineService[],
): Machine => ({
  id,
  name,
  organisation: customer.name,
  site,
  region: 'eu-west',
  country: 'DE',
  product_line,
  model,
  online,
  last_seen_at: nowS() - seenAgoS,
  remote_off_at: null,
  help: null,
  session: null,
  time_zone: 'Europe/Berlin',
  agent_version: '0.1.0',
  services,
})

/** A session as the API shows it; members given replace the usual ones. */
export const sessionOf = (id: string, members: Partial<Session>): Session => ({
  id,
  state: 'awaiting_approval',
  machine: { id: 'press-1', name: 'Press 1', site: 'Hall 3, Bielefeld', online: true },
  technician: { id: personIds.mia, name: 'Mia Bauer', organisation: service.name, photo_url: `/api/v1/people/${personIds.mia}/photo` },
  mine: true,
  services: [{ name: 'hmi', title: 'Web interface', kind: 'http', approved: false, open_streams: 0 }],
  purpose: 'The feeder stops after every third sheet; I want to read its log and adjust the sensor.',
  ticket: 'INC-4711',
  help: null,
  asked_duration_s: 3600,
  requested_at: nowS() - 20,
  decide_by: nowS() + 40,
  approved_at: null,
  approved_by: null,
  opened_at: null,
  expires_at: null,
  ended_at: null,
  end_reason: null,
  ended_by: null,
  end_denials: [],
  conduct: { paused: false, view_only: false, held: null, why: null, by: null },
  recorded: false,
  watched: false,
  messages: [],
  extension: null,
  extensions: 0,
  tunnel_lost_at: null,
  now: nowS(),
  ...members,
})

const running = (expiresInS: number): Partial<Session> => ({
  state: 'open',
  decide_by: null,
  requested_at: nowS() - 400,
  approved_at: nowS() - 380,
  approved_by: 'Olga Petrova',
  opened_at: nowS() - 360,
  expires_at: nowS() + expiresInS,
  services: [
    { name: 'hmi', title: 'Web interface', kind: 'http', approved: true, open_streams: 2 },
    { name: 'shell', title: 'Service shell', kind: 'ssh', approved: false, open_streams: 0 },
  ],
})

export const makeSessions = (): Session[] => [
  sessionOf(sessionIdOf('1'), {}),
  sessionOf(sessionIdOf('2'), running(3_125)),
  sessionOf(sessionIdOf('3'), { ...running(250), tunnel_lost_at: nowS() - 12, extension: { duration_s: 1800, requested_at: nowS() } }),
  sessionOf(sessionIdOf('4'), {
    ...running(-600),
    state: 'ended',
    requested_at: nowS() - 9000,
    approved_at: nowS() - 8900,
    ended_at: nowS() - 5000,
    end_reason: 'ended_by_operator',
    ended_by: 'Olga Petrova',
  }),
  sessionOf(sessionIdOf('5'), {
    state: 'ended',
    decide_by: null,
    ended_at: nowS() - 3 * days,
    requested_at: nowS() - 3 * days - 30,
    end_reason: 'refused',
    ended_by: 'Olga Petrova',
  }),
  sessionOf(sessionIdOf('6'), {
    ...running(1000),
    state: 'ended',
    ended_at: nowS() - 100,
    end_reason: 'policy',
    end_denials: [{ code: 'training_expired', message: 'The training for press ran out.' }],
  }),
  sessionOf(sessionIdOf('7'), {
    ...running(1800),
    mine: false,
    technician: { id: personIds.lena, name: 'Lena Roth', organisation: service.name, photo_url: null },
    machine: { id: 'plate-2', name: 'Plate setter 2', site: 'Hall 1, Bielefeld', online: true },
  }),
]

export const makePeople = (): Person[] =>
  (
    [
      [personIds.mia, 'mia.bauer', 'Mia Bauer', ['technician'], [{ product_line: 'press', level: 2, valid_until: nowS() + 200 * days }]],
      [personIds.lena, 'lena.roth', 'Lena Roth', ['technician'], [{ product_line: 'plate_setter', level: 1, valid_until: nowS() - days }]],
      [personIds.ada, 'ada.lindqvist', 'Ada Lindqvist', ['service_administrator'], []],
      [personIds.ari, 'ari.cohen', 'Ari Cohen', ['auditor'], []],
    ] as const
  ).map(([id, username, name, roles, trainings]) => ({
    id,
    username,
    name,
    organisation: service,
    status: username === 'lena.roth' ? 'disabled' : 'active',
    roles: [...roles],
    regions: trainings.length === 0 ? [] : ['eu-west', 'eu-north'],
    permissions: trainings.length === 0 ? [] : ['remote_service'],
    trainings: [...trainings],
    undertaking: username === 'mia.bauer' ? { version: '1', accepted_at: nowS() - days } : null,
    photo_url: username === 'mia.bauer' ? `/api/v1/people/${id}/photo` : null,
    created_at: nowS() - 90 * days,
    version: 3,
  }))

const lateRenewal = (): Device['late_renewal'] => ({
  waiting: {
    public_key: '5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef',
    own_key: false,
    code: '4F7K-QX2M',
    ended_at: nowS() - 240 * days,
    since: nowS() - 600,
    address: '198.51.100.17',
  },
  decided: { standing: 'refused', by_person: true, ended_at: nowS() - 240 * days, decided_at: nowS() - 300 },
})

export const makeDevices = (): Device[] =>
  makeMachines().map((machine, index) => ({
    id: machine.id,
    name: machine.name,
    organisation: customer,
    site: machine.site,
    region: machine.region,
    country: machine.country,
    time_zone: machine.time_zone,
    product_line: machine.product_line,
    model: machine.model,
    contract: 'active',
    status: (['active', 'suspended', 'registered'] as const)[index] ?? 'active',
    enrolment: (['used', 'used', 'locked'] as const)[index] ?? 'used',
    online: machine.online,
    last_seen_at: machine.last_seen_at,
    remote_off_at: machine.remote_off_at,
    remote_allowed: true,
    enrolment_code: null,
    late_renewal: ([null, lateRenewal()] as const)[index] ?? null,
    agent_version: machine.agent_version,
    services: machine.services.map(deviceServiceOf),
    certificate_expires_at: nowS() + 60 * days,
    created_at: nowS() - 90 * days,
    version: 1,
  }))

export const demoOf = (): Demo => ({
  accounts: [
    {
      role: 'technician',
      name: 'Mia Bauer',
      username: 'mia.bauer',
      password: 'open-sesame-42',
      note: { en: 'Technician, sees two of the three machines', de: 'Technikerin, sieht zwei der drei Maschinen' },
    },
    {
      role: 'technician',
      name: 'Lena Roth',
      username: 'lena.roth',
      password: 'open-sesame-43',
      note: { en: 'Technician whose training ran out yesterday', de: 'Technikerin, deren Schulung gestern ablief' },
    },
  ],
  machines: [
    { id: 'press-1', name: 'Press 1', panel: 'http://127.0.0.1:7701/#pair=AB12-CD34' },
    { id: 'plate-2', name: 'Plate setter 2', panel: 'http://127.0.0.1:7702/#pair=EF56-GH78' },
  ],
})

export const undertaking = {
  version: '1',
  text: {
    en: 'When I access machines of our customers remotely, I undertake the following:\n1. I use my account myself alone.\n2. I access a machine only for the purpose that I named to its operator.\n3. I know that every access is approved and can be ended at the machine.',
    de: 'Ich verpflichte mich beim Fernzugriff auf Maschinen unserer Kunden:\n1. Ich nutze mein Konto nur selbst.\n2. Ich greife nur zu dem Zweck zu, den ich dem Bediener genannt habe.\n3. Ich weiß, dass jeder Zugriff an der Maschine freigegeben wird und dort beendet werden kann.',
  },
}
