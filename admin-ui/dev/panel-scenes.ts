import type { PanelState } from '../../agent/panel/panel-api.ts'
import { liveSessionOf, requestOf, technician } from './fake-agent.ts'

export interface PanelScene {
  readonly name: string
  readonly state: () => Partial<PanelState>
}

const longWord = 'Bogenoffsetdruckmaschinenzuführeinheitsüberwachung'

const stranger = { issuer: 'Corp Web Filter Root CA 2, Corp Security', addresses: ['gw.example.com:7443', 'gw.example.com:7444'] }

const nothing = {
  connection: { state: 'connected', since: 0, reason: null, stranger: null, next_attempt_at: null },
  remote: { on: true, by: 'Olga Petrova', since: Date.now() - 86_400_000 },
  request: null,
  session: null,
  renewal: null,
  quiet: [],
} satisfies Partial<PanelState>

/** Every face of the panel once. */
export const panelScenes: readonly PanelScene[] = [
  { name: 'idle', state: () => nothing },
  {
    name: 'delivered',
    state: () => ({
      ...nothing,
      remote: { on: false, by: null, since: null },
      connection: { state: 'off', since: Date.now(), reason: null, stranger: null, next_attempt_at: null },
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
        services: Array.from({ length: 12 }, (_, n) => ({ name: `s${n}`, title: n % 3 === 0 ? `${longWord} ${n}` : `Service ${n}` })),
        purpose: `${longWord} `.repeat(12),
      }),
    }),
  },
  { name: 'session', state: () => ({ ...nothing, session: liveSessionOf() }) },
  { name: 'session-paused', state: () => ({ ...nothing, session: liveSessionOf({ paused: true }) }) },
  { name: 'session-view-only', state: () => ({ ...nothing, session: liveSessionOf({ view_only: true }) }) },
  { name: 'session-warning', state: () => ({ ...nothing, session: liveSessionOf({ expires_at: Math.floor(Date.now() / 1000) + 200 }) }) },
  { name: 'extension', state: () => ({ ...nothing, session: liveSessionOf(), request: requestOf({ kind: 'extend', duration_s: 1800 }) }) },
]
