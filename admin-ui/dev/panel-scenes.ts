import type { PanelState } from '../../agent/panel/panel-api.ts'
import { noUpdate, updateFailed, updateOf } from './fake-update.ts'
import { chatOf, helpOf, liveSessionOf, refusedByAgent, requestOf, technician } from './fake-agent.ts'

export interface PanelScene {
  readonly name: string
  readonly state: () => Partial<PanelState>
}

const longWord = 'Bogenoffsetdruckmaschinenzuführeinheitsüberwachung'

const stranger = { issuer: 'Corp Web Filter Root CA 2, Corp Security', addresses: ['gw.example.com:7443', 'gw.example.com:7444'] }

const unrecorded = { recorded: false, record_demanded: false, pauses: false }

const plainServices: PanelState['services'] = [
  {
    name: 'hmi',
    title: 'Web interface',
    kind: 'http',
    enabled: true,
    portal: null,
    mode: { name: 'attended', minutes: null, by: null },
    portal_attended: false,
    enabling: false,
    recorded: true,
  },
  {
    name: 'shell',
    title: 'Service shell',
    kind: 'ssh',
    enabled: false,
    portal: null,
    mode: { name: 'attended', minutes: null, by: null },
    portal_attended: false,
    enabling: false,
    recorded: null,
  },
]

const nothing = {
  connection: { state: 'connected', since: 0, reason: null, stranger: null, next_attempt_at: null },
  remote: { on: true, portal: null, by: 'Olga Petrova', since: Date.now() - 86_400_000 },
  request: null,
  session: null,
  help: null,
  renewal: null,
  hardware: null,
  windows: [],
  updates: noUpdate,
  services: plainServices,
  refused: [],
  quiet: [],
} satisfies Partial<PanelState>

/** Every face of the panel once. */
export const panelScenes: readonly PanelScene[] = [
  { name: 'idle', state: () => nothing },
  {
    name: 'unattended',
    state: () => ({
      ...nothing,
      services: [
        {
          name: 'hmi',
          title: 'Web interface',
          kind: 'http',
          enabled: true,
          portal: null,
          mode: { name: 'unattended', minutes: null, by: 'Olga Petrova' },
          portal_attended: false,
          enabling: false,
          recorded: true,
        },
        {
          name: 'shell',
          title: 'Service shell',
          kind: 'ssh',
          enabled: true,
          portal: null,
          mode: { name: 'reconnect', minutes: 15, by: 'Olga Petrova' },
          portal_attended: false,
          enabling: false,
          recorded: null,
        },
      ],
      windows: [
        {
          id: 'w1',
          technician,
          services: [{ name: 'hmi', title: 'Web interface' }],
          from: Date.now() + 3_600_000,
          until: Date.now() + 7_200_000,
          by: 'Olga Petrova',
        },
      ],
    }),
  },
  { name: 'refused', state: () => ({ ...nothing, refused: refusedByAgent() }) },
  { name: 'session-refused', state: () => ({ ...nothing, session: liveSessionOf(), refused: refusedByAgent().slice(0, 2) }) },
  {
    name: 'delivered',
    state: () => ({
      ...nothing,
      remote: { on: false, portal: null, by: null, since: null },
      connection: { state: 'off', since: Date.now(), reason: null, stranger: null, next_attempt_at: null },
    }),
  },
  {
    name: 'hardware-gone',
    state: () => ({
      ...nothing,
      hardware: {
        button: { gone: 'exit_1' },
        lamp: { gone: 'ENOENT' },
        enabling: { gone: null, held: false, letGoFirst: true },
        awaiting: false,
        refused: { code: 'switch_off', at: Date.now() },
      },
    }),
  },
  {
    name: 'press-awaited',
    state: () => ({
      ...nothing,
      hardware: {
        button: { gone: null },
        lamp: null,
        enabling: { gone: null, held: false, letGoFirst: false },
        awaiting: true,
        refused: null,
      },
      services: plainServices.map((service) => ({ ...service, enabling: service.name === 'shell' })),
      session: {
        ...liveSessionOf({ paused: true, proof: 'hardware', approved_by: 'Button' }),
        services: liveSessionOf().services.map((service) => ({ ...service, held: service.name === 'shell' })),
      },
    }),
  },
  {
    name: 'enabling',
    state: () => ({ ...nothing, services: plainServices.map((service) => ({ ...service, enabling: service.name === 'shell' })) }),
  },
  {
    name: 'off-in-portal',
    state: () => ({
      ...nothing,
      remote: { ...nothing.remote, portal: false },
      services: plainServices.map((service) => ({ ...service, portal: service.name !== 'hmi' })),
    }),
  },
  {
    name: 'offline',
    state: () => ({
      ...nothing,
      quiet: [{ technician, until: Date.now() + 400_000 }],
      connection: { state: 'offline', since: Date.now(), reason: 'ECONNREFUSED', stranger: null, next_attempt_at: Date.now() + 9_000 },
    }),
  },
  {
    name: 'inspected',
    state: () => ({
      ...nothing,
      connection: { state: 'offline', since: Date.now(), reason: 'tls_inspected', stranger, next_attempt_at: Date.now() + 29_000 },
    }),
  },
  {
    name: 'not-enrolled',
    state: () => ({
      ...nothing,
      connection: { state: 'enrolment_failed', since: Date.now(), reason: 'tls_inspected', stranger, next_attempt_at: Date.now() + 59_000 },
    }),
  },
  {
    name: 'enrolment-code',
    state: () => ({
      ...nothing,
      connection: {
        state: 'enrolment_failed',
        since: Date.now(),
        reason: 'enrolment_pending',
        stranger: null,
        next_attempt_at: Date.now() + 9_000,
        enrolment_code: '4F7K-QX2M',
      },
    }),
  },
  {
    name: 'away-for-long',
    state: () => ({
      ...nothing,
      connection: {
        state: 'enrolment_failed',
        since: Date.now(),
        reason: 'renewal_pending',
        stranger: null,
        next_attempt_at: Date.now() + 9_000,
        enrolment_code: '4F7K-QX2M',
      },
    }),
  },
  {
    name: 'not-renewed',
    state: () => ({
      ...nothing,
      connection: { state: 'connected', since: Date.now(), reason: null, stranger: null, next_attempt_at: null },
      renewal: { reason: 'tls_inspected', stranger, expires_at: Date.now() + 20 * 86_400_000 },
    }),
  },
  {
    name: 'request',
    state: () => ({
      ...nothing,
      connection: { state: 'connected', since: Date.now(), reason: null, stranger: null, next_attempt_at: null },
      request: requestOf(),
    }),
  },
  {
    name: 'request-long',
    state: () => ({
      ...nothing,
      request: requestOf({
        technician: { ...technician, name: 'Maximiliane-Charlotte von und zu Donaudampfschifffahrt', organisation: longWord },
        services: Array.from({ length: 12 }, (_, n) => ({
          name: `s${n}`,
          title: n % 3 === 0 ? `${longWord} ${n}` : `Service ${n}`,
          ...unrecorded,
        })),
        purpose: `${longWord} `.repeat(12),
      }),
    }),
  },
  {
    name: 'request-demands',
    state: () => ({
      ...nothing,
      request: requestOf({
        services: [
          { name: 'hmi', title: 'Web interface', recorded: true, record_demanded: true, pauses: true },
          { name: 'docs', title: 'Manuals', recorded: false, record_demanded: false, pauses: false },
        ],
      }),
    }),
  },
  { name: 'help-called', state: () => ({ ...nothing, help: helpOf({ ticket: 'INC-4711' }) }) },
  {
    name: 'help-lets-in',
    state: () => ({ ...nothing, help: helpOf({ what: `${longWord} `.repeat(4), lets_in_until: Date.now() + 1_800_000 }) }),
  },
  { name: 'help-taken', state: () => ({ ...nothing, help: helpOf(), request: requestOf({ answers_call: true }) }) },
  { name: 'help-in', state: () => ({ ...nothing, help: helpOf({ taken: true }), session: liveSessionOf({ answers_call: true }) }) },
  {
    name: 'session-unrecorded',
    state: () => ({ ...nothing, session: liveSessionOf({ recording: { state: 'stopped', stopped: 'disk_full' } }) }),
  },
  { name: 'update', state: () => ({ ...nothing, updates: { ...updateOf(), keys: 'development' } }) },
  { name: 'update-agreed', state: () => ({ ...nothing, updates: updateOf({ state: 'agreed', by: 'Olga Petrova', waits: 'offline' }) }) },
  {
    name: 'update-long',
    state: () => ({
      ...nothing,
      updates: updateOf({
        signers: [longWord, `${longWord}-2`],
        news: { en: [], de: Array.from({ length: 12 }, () => `${longWord} `.repeat(3)) },
        state: 'installing',
      }),
    }),
  },
  { name: 'update-back', state: () => ({ ...nothing, updates: updateFailed('not_reached') }) },
  { name: 'session', state: () => ({ ...nothing, session: liveSessionOf() }) },
  {
    name: 'session-chat',
    state: () => ({
      ...nothing,
      session: liveSessionOf({ chat: [...chatOf(), { ...chatOf()[0]!, n: 3, text: `${longWord} `.repeat(9) }] }),
    }),
  },
  { name: 'session-paused', state: () => ({ ...nothing, session: liveSessionOf({ paused: true }) }) },
  {
    name: 'session-stopped',
    state: () => ({
      ...nothing,
      session: liveSessionOf({
        paused: true,
        paused_at: { service: 'Web interface', method: 'POST', path: '/api/drives/3/parameters', at: Date.now() - 4_000 },
      }),
    }),
  },
  { name: 'session-view-only', state: () => ({ ...nothing, session: liveSessionOf({ view_only: true }) }) },
  {
    name: 'session-view-only-messages',
    state: () => ({
      ...nothing,
      session: liveSessionOf({
        view_only: true,
        services: liveSessionOf().services.map((service) => ({ ...service, messages_pass: service.name === 'hmi' })),
      }),
    }),
  },
  { name: 'session-warning', state: () => ({ ...nothing, session: liveSessionOf({ expires_at: Math.floor(Date.now() / 1000) + 200 }) }) },
  { name: 'extension', state: () => ({ ...nothing, session: liveSessionOf(), request: requestOf({ kind: 'extend', duration_s: 1800 }) }) },
]
