import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { panelSecretHeader } from '../../agent/panel/panel-api.ts'
import type {
  PanelChatMessage,
  PanelHelp,
  PanelMode,
  PanelRequest,
  PanelSession,
  PanelState,
  PanelTechnician,
} from '../../agent/panel/panel-api.ts'
import { fakePhotoUrl } from './fake-photo.ts'
import { pastBefore } from './fake-history.ts'
import { noUpdate, updateOf } from './fake-update.ts'
import { startFakeMirror } from './fake-mirror.ts'
import { serveBuiltPages } from './serve-built-pages.ts'

const secret = 'fake-panel-secret'
export const pairingCode = 'AB12-CD34'
export const rightPin = '2468'

export const technician: PanelTechnician = {
  id: 'per_1',
  name: 'Mia Bauer',
  organisation: 'Northwind Service',
  photo: fakePhotoUrl('#5b3a21', '#0b5cad'),
}

export const requestOf = (members: Partial<PanelRequest> = {}): PanelRequest => ({
  session: 'ses_1',
  digest: `${members.kind ?? 'open'} ${members.session ?? 'ses_1'} ${members.purpose ?? ''}`,
  kind: 'open',
  technician,
  services: [
    { name: 'hmi', title: 'Web interface', recorded: true, record_demanded: false, pauses: false },
    { name: 'shell', title: 'Service shell', recorded: null, record_demanded: false, pauses: false },
  ],
  purpose: 'The feeder stops after every third sheet; I want to read its log and adjust the sensor.',
  ticket: 'INC-4711',
  answers_call: false,
  duration_s: 3600,
  requested_at: Date.now(),
  decide_by: Date.now() + 60_000,
  request_timeout_s: 60,
  ...members,
})

export const liveSessionOf = (members: Partial<PanelSession> = {}): PanelSession => ({
  id: 'ses_1',
  technician,
  services: [
    { name: 'hmi', title: 'Web interface', open_streams: 2, bytes_up: 48_213, bytes_down: 12_400_000, held: false, messages_pass: false },
    { name: 'shell', title: 'Service shell', open_streams: 0, bytes_up: 0, bytes_down: 0, held: false, messages_pass: false },
  ],
  purpose: 'The feeder stops after every third sheet; I want to read its log and adjust the sensor.',
  ticket: 'INC-4711',
  answers_call: false,
  approved_by: 'Olga Petrova',
  proof: 'none',
  mode: 'attended',
  paused: false,
  paused_at: null,
  view_only: false,
  started_at: Date.now() - 60_000,
  expires_at: Math.floor(Date.now() / 1000) + 3_125,
  recording: { state: 'on', stopped: null },
  chat: [],
  last_activity: Date.now() - 2_000,
  ...members,
})

/** What a gateway that was taken over leaves behind, every kind and reason once. */
export const refusedByAgent = (): PanelState['refused'] => {
  const at = (minutes: number): { readonly first_at: number; readonly last_at: number } => ({
    first_at: Date.now() - 3_600_000,
    last_at: Date.now() - minutes * 60_000,
  })
  return [
    { what: 'stream', why: 'no_approval', subject: 'Web interface', count: 212, ...at(0) },
    { what: 'message', why: 'too_often', subject: null, count: 469, ...at(1) },
    { what: 'request', why: 'no_call', subject: 'Mia Bauer', count: 1, ...at(1) },
    { what: 'switches', why: 'too_often', subject: null, count: 30, ...at(1) },
    { what: 'picture', why: 'no_approval', subject: null, count: 1, ...at(1) },
    { what: 'stream', why: 'unknown_service', subject: '127.0.0.1:22', count: 1, ...at(1) },
    { what: 'stream', why: 'service_not_approved', subject: 'Service shell', count: 3, ...at(1) },
    { what: 'stream', why: 'expired', subject: 'Web interface', count: 1, ...at(2) },
    { what: 'stream', why: 'view_only', subject: 'Service shell', count: 1, ...at(2) },
    { what: 'request', why: 'switch_off', subject: 'Mia Bauer', count: 1, ...at(3) },
    { what: 'request', why: 'bad_request', subject: null, count: 12, ...at(4) },
    { what: 'question', why: 'not_known', subject: `GET /v1/${'everything/'.repeat(4)}`, count: 2, ...at(5) },
    { what: 'bytes', why: 'bad_request', subject: 'Web interface', count: 1, ...at(6) },
    { what: 'flood', why: 'too_often', subject: null, count: 1, ...at(7) },
  ]
}
export const chatOf = (): PanelChatMessage[] => [
  { n: 1, at: Date.now() - 120_000, from: 'technician', name: technician.name, text: 'Which sheet size is on the feeder?' },
  { n: 2, at: Date.now() - 60_000, from: 'operator', name: 'Olga Petrova', text: 'A1, since this morning.' },
]

export const helpOf = (members: Partial<PanelHelp> = {}): PanelHelp => ({
  id: `hlp_${'1'.repeat(32)}`,
  what: 'The feeder stops after every third sheet',
  ticket: null,
  services: [{ name: 'hmi', title: 'Web interface' }],
  by: 'Olga Petrova',
  called_at: Date.now() - 240_000,
  lets_in_until: null,
  taken: false,
  ...members,
})

const firstState = (): PanelState => ({
  device: { id: 'press-1', name: 'Press 1', site: 'Hall 3, Bielefeld' },
  version: '0.1.0',
  connection: { state: 'connected', since: Date.now() - 3_600_000, reason: null, stranger: null, next_attempt_at: null },
  renewal: null,
  now: Date.now(),
  operators: ['Olga Petrova', 'Jonas Keller', 'Shift leader'],
  pins: false,
  hardware: null,
  windows: [],
  known: [{ id: technician.id, name: technician.name, organisation: technician.organisation }],
  remote: { on: true, portal: null, by: 'Olga Petrova', since: Date.now() - 86_400_000 },
  acts: [{ at: Date.now() - 86_400_000, act: 'remote_on', service: null, by: 'Olga Petrova' }],
  services: [
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
      mode: { name: 'reconnect', minutes: 15, by: 'Olga Petrova' },
      portal_attended: false,
      enabling: false,
      recorded: null,
    },
  ],
  request: null,
  session: null,
  history: [
    {
      session: 'ses_9',
      technician,
      started_at: Date.now() - 7_200_000,
      ended_at: Date.now() - 5_000_000,
      outcome: 'ended',
      reason: 'ended_by_operator',
      by: 'Olga Petrova',
      messages: 2,
      recording: { state: 'kept', bytes: 1_400_000, stopped: null, protected_by: null, by: null, at: null },
    },
    {
      session: 'ses_8',
      technician,
      started_at: Date.now() - 90_000_000,
      ended_at: Date.now() - 90_000_000,
      outcome: 'refused',
      reason: 'refused',
      by: 'Jonas Keller',
      messages: 0,
      recording: null,
    },
  ],
  refused: [],
  help: null,
  quiet: [],
  updates: noUpdate,
})

/** Members of all acts that change what is shown. */
interface ActBody {
  readonly operator?: string
  readonly enabled?: boolean
  readonly paused?: boolean
  readonly view_only?: boolean
  readonly mode?: PanelMode['name']
  readonly minutes?: number
  readonly what?: string
  readonly text?: string
  readonly agree?: boolean
  readonly let_in_minutes?: number
}

/** The agent's panel door as its contract says, in memory. */
export const startFakeAgent = async ({ pagesDir, port = 0 }: { readonly pagesDir: string; readonly port?: number }) => {
  let state = firstState()
  const calls: { readonly method: string; readonly path: string; readonly body: unknown }[] = []
  const streams = new Set<ServerResponse>()
  const written = (): string => JSON.stringify({ ...state, now: Date.now() })
  const tell = (): void => {
    for (const stream of streams) stream.write(`event: state\ndata: ${written()}\n\n`)
  }
  const set = (members: Partial<PanelState>): void => {
    state = { ...state, ...members }
    tell()
  }
  const heartbeat = setInterval(tell, 5_000)
  const act = (method: string, path: string, body: ActBody): void => {
    const [, , kind, name] = path.split('/')
    if (path.endsWith('/approve')) set({ request: null, session: state.session ?? liveSessionOf({ approved_by: body.operator ?? '' }) })
    else if (path.endsWith('/refuse')) set({ request: null })
    else if (path === '/api/session/end') set({ session: null, request: null })
    else if (path === '/api/help')
      set({
        help: helpOf({
          what: body.what ?? '',
          by: body.operator ?? '',
          called_at: Date.now(),
          lets_in_until: body.let_in_minutes === undefined ? null : Date.now() + body.let_in_minutes * 60_000,
        }),
      })
    else if (path === '/api/session/chat' && state.session !== null) {
      const { chat } = state.session
      const message = { n: chat.length + 1, at: Date.now(), from: 'operator' as const, name: body.operator ?? null, text: body.text ?? '' }
      set({ session: { ...state.session, chat: [...chat, message] } })
    } else if (path === '/api/help/withdraw') set({ help: null })
    else if (path === '/api/session/conduct' && state.session !== null)
      set({
        session: { ...state.session, paused: body.paused ?? state.session.paused, view_only: body.view_only ?? state.session.view_only },
      })
    else if (kind === 'modes')
      set({
        services: state.services.map((service) =>
          service.name === name
            ? { ...service, mode: { name: body.mode ?? 'attended', minutes: body.minutes ?? null, by: body.operator ?? null } }
            : service,
        ),
      })
    else if (path === '/api/update')
      set({ updates: body.agree === true ? updateOf({ state: 'agreed', by: body.operator ?? '', waits: 'offline' }) : noUpdate })
    else if (path === '/api/remote')
      set({ remote: { on: body.enabled === true, portal: null, by: body.operator ?? '', since: Date.now() } })
    else if (kind === 'switches')
      set({ services: state.services.map((service) => (service.name === name ? { ...service, enabled: body.enabled === true } : service)) })
    else if (method === 'DELETE') set({ quiet: [] })
  }
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = request.url ?? '/'
    if (!path.startsWith('/api/')) return serveBuiltPages(pagesDir, path, response, mirror.origin)
    const text = Buffer.concat(await Array.fromAsync(request as AsyncIterable<Buffer>)).toString('utf8')
    const body = (text === '' ? {} : JSON.parse(text)) as ActBody & { readonly code?: string }
    const refuse = (status: number, code: string): void =>
      void response
        .writeHead(status, { 'content-type': 'application/problem+json' })
        .end(JSON.stringify({ title: code, status, code, message: code }))
    if (path === '/api/pair') {
      if (body.code !== pairingCode) return refuse(403, 'wrong_code')
      return void response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ secret }))
    }
    if (request.headers[panelSecretHeader] !== secret) return refuse(401, 'not_paired')
    if (path === '/api/mirror') return mirror.open(response)
    if (path === '/api/events') {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write(`event: state\ndata: ${written()}\n\n`)
      streams.add(response)
      response.on('close', () => streams.delete(response))
      return
    }
    if (state.pins && 'pin' in body && body.pin !== rightPin) return refuse(403, 'wrong_pin')
    if (state.pins && path.endsWith('/approve') && !('pin' in body)) return refuse(403, 'pin_needed')
    calls.push({ method: request.method ?? '', path, body })
    const read = (body: object): void => void response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    if (path.startsWith('/api/recordings/') && request.method === 'GET') return read(mirror.recorded())
    if (path.startsWith('/api/chat/')) return read({ messages: chatOf() })
    if (path.startsWith('/api/history/')) return read(pastBefore(Number(path.split('/')[3])))
    act(request.method ?? '', path, body)
    response.writeHead(200, { 'content-type': 'application/json' }).end(written())
  }
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => response.writeHead(500).end(String(error)))
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const mirror = await startFakeMirror({ pagesDir: join(pagesDir, '../mirror'), panelOrigin: origin })
  const cut = (): void => {
    for (const stream of streams) stream.destroy()
    server.closeAllConnections()
  }
  return {
    origin,
    mirror,
    calls,
    set,
    /** Stops answering, as an agent that was killed. */
    async close(): Promise<void> {
      clearInterval(heartbeat)
      cut()
      mirror.close()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
