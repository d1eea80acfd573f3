import type { IncomingMessage, ServerResponse } from 'node:http'
import type { ApprovalDesk } from '../approvals/desk-contract.ts'
import { AgentError } from '../basics/agent-error.ts'
import type { FieldProblem } from '../basics/agent-error.ts'
import type { Identify } from '../operators/identify.ts'
import { readFields } from '../settings/field-reader.ts'
import type { FieldReader } from '../settings/field-reader.ts'
import type { ChatStore } from '../state/chat-store.ts'
import type { UpdateDesk } from '../updates/update-desk.ts'
import { maxPanelBodyBytes, panelSecretHeader } from './panel-api.ts'
import type { PanelState } from './panel-api.ts'
import type { PanelEvents } from './panel-events.ts'
import { readChat, sayInSession } from './chat-routes.ts'
import { callForHelp, withdrawCall } from './help-routes.ts'
import { readHistory } from './history-routes.ts'
import type { HistoryRoutesOptions } from './history-routes.ts'
import { planWindow, setMode, withdrawWindow } from './mode-routes.ts'
import { panelError } from './panel-problem.ts'
import type { Pairing } from './pairing.ts'
import { readPin } from './read-pin.ts'
import { deleteRecording, protectRecording, serveRecordingPart } from './recording-routes.ts'
import type { RecordingRoutesOptions } from './recording-routes.ts'
import { decideUpdate } from './update-routes.ts'

export interface PanelRoutesOptions extends RecordingRoutesOptions, HistoryRoutesOptions {
  readonly desk: ApprovalDesk
  readonly chat: ChatStore
  readonly identify: Identify
  /** What also holds while the technician may be the one who presses. */
  readonly prove: Identify
  /** Somebody types a PIN at the panel, or has typed it. */
  readonly typing: (on: boolean, where: string) => void
  readonly pairing: Pairing
  readonly events: PanelEvents
  readonly updates: Pick<UpdateDesk, 'agree' | 'decline'>
  readonly mirror: { readonly open: (response: ServerResponse) => void }
  readonly state: () => PanelState
}

interface Route {
  readonly method: string
  readonly path: RegExp
  /** Answers with the new state unless it returns an answer of its own. */
  readonly run: (options: PanelRoutesOptions, name: string, body: FieldReader) => object | undefined | Promise<undefined>
  readonly hasBody?: boolean
}

const routes: readonly Route[] = [
  { method: 'GET', path: /^\/api\/state$/, run: ({ state }) => state() },
  { method: 'POST', path: /^\/api\/requests\/([^/]+)\/approve$/, hasBody: true, run: approve },
  { method: 'POST', path: /^\/api\/requests\/([^/]+)\/refuse$/, hasBody: true, run: refuse },
  { method: 'POST', path: /^\/api\/session\/end$/, hasBody: true, run: end },
  { method: 'POST', path: /^\/api\/session\/conduct$/, hasBody: true, run: changeConduct },
  { method: 'POST', path: /^\/api\/session\/chat$/, hasBody: true, run: sayInSession },
  { method: 'GET', path: /^\/api\/chat\/([^/]+)$/, run: readChat },
  { method: 'POST', path: /^\/api\/switches\/([^/]+)$/, hasBody: true, run: turnSwitch },
  { method: 'POST', path: /^\/api\/modes\/([^/]+)$/, hasBody: true, run: setMode },
  { method: 'POST', path: /^\/api\/windows$/, hasBody: true, run: planWindow },
  { method: 'POST', path: /^\/api\/windows\/([^/]+)\/withdraw$/, hasBody: true, run: withdrawWindow },
  { method: 'POST', path: /^\/api\/help$/, hasBody: true, run: callForHelp },
  { method: 'POST', path: /^\/api\/help\/withdraw$/, hasBody: true, run: withdrawCall },
  { method: 'POST', path: /^\/api\/remote$/, hasBody: true, run: turnRemote },
  { method: 'POST', path: /^\/api\/typing$/, hasBody: true, run: sayTyping },
  { method: 'POST', path: /^\/api\/recordings\/([^/]+)\/delete$/, hasBody: true, run: deleteRecording },
  { method: 'POST', path: /^\/api\/recordings\/([^/]+)\/protect$/, hasBody: true, run: protectRecording },
  { method: 'GET', path: /^\/api\/history\/(\d{1,15})$/, run: readHistory },
  { method: 'POST', path: /^\/api\/update$/, hasBody: true, run: decideUpdate },
  { method: 'DELETE', path: /^\/api\/quiet\/([^/]+)$/, run: unquiet },
]

/** What of them changes something, pairing too: each has to be out of reach of other pages, so tests go through them all. */
export const changingPanelRoutes: readonly { readonly method: string; readonly path: string }[] = [
  { method: 'POST', path: '/api/pair' },
  ...routes.filter(({ method }) => method !== 'GET').map(({ method, path }) => ({ method, path: pathOf(path) })),
]

/** `{name}` for what differs. */
function pathOf({ source }: RegExp): string {
  return source
    .replaceAll('\\/', '/')
    .replace(/^\^|\$$/g, '')
    .replaceAll('([^/]+)', '{name}')
}

/** The API of panel-api.ts. @throws AgentError with a PanelProblemCode */
export async function servePanelApi(
  options: PanelRoutesOptions,
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
): Promise<void> {
  const method = request.method ?? ''
  if (method === 'POST' && path === '/api/pair') return answer(response, pair(options, await readJson(request)))
  if (!options.pairing.isPaired(request.headers[panelSecretHeader]))
    throw panelError('not_paired', 'This browser is not paired with the agent. Open the address that the agent printed.')
  if (method === 'GET' && path === '/api/events') return options.events.open(response)
  if (method === 'GET' && path === '/api/mirror') return options.mirror.open(response)
  if (method === 'GET' && path.startsWith('/api/recordings/')) return await serveRecordingPart(options, response, path)
  const fitting = routes.filter((route) => route.path.test(path))
  const route = fitting.find((one) => one.method === method)
  if (route === undefined)
    throw fitting.length > 0 || path === '/api/events' || path === '/api/mirror'
      ? panelError('method_not_allowed', 'Not this method.')
      : panelError('not_found', 'There is no such thing.')
  const name = decode(route.path.exec(path)?.[1] ?? '')
  const body = route.hasBody === true ? await readJson(request) : {}
  const own = await readBody(body, (fields) => route.run(options, name, fields))
  answer(response, own ?? options.state())
}

function answer(response: ServerResponse, body: object): void {
  response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-store' })
  response.end(JSON.stringify(body))
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw panelError('bad_request', 'The path is not readable.')
  }
}

/** Runs `run` with a reader; what it reads must be checked by `complete` before it acts. */
function readBody<T>(value: unknown, run: (fields: FieldReader) => T): T {
  const problems: FieldProblem[] = []
  const fields = readFields(value, '', problems)
  const complete = (): void => {
    fields.noOthers()
    if (problems.length > 0)
      throw new AgentError({ code: 'bad_request', message: problems.map((one) => `${one.path}: ${one.message}`).join('; '), problems })
  }
  return run({ ...fields, noOthers: complete })
}

function pair({ pairing }: PanelRoutesOptions, body: unknown): object {
  const given = readBody(body, (fields) => {
    const code = fields.text('code', { maxLength: 100 })
    fields.noOthers()
    return code
  })
  const paired = pairing.pair(given)
  if (paired === 'wrong') throw panelError('wrong_code', 'This code is not the one that the agent printed.')
  if (paired === 'throttled')
    throw panelError('too_many_codes', 'Too many wrong codes. The agent has printed a new one; use that in a few seconds.')
  return paired
}

async function approve({ desk, prove }: PanelRoutesOptions, session: string, body: FieldReader): Promise<undefined> {
  const digest = body.text('digest', { maxLength: 100 })
  const operator = body.text('operator', { maxLength: 120 })
  const pin = readPin(body)
  const services = body.has('services') ? body.list('services') : undefined
  const durationS = body.has('duration_s') ? body.integer('duration_s', { min: 1, max: 2 ** 31 }) : undefined
  if (services?.some((one) => typeof one !== 'string') === true) body.problem('services', 'must be names')
  body.noOthers()
  // The gateway may have put another request under the finger, before the PIN was looked at and while it was.
  const stillThere = (): void => {
    if (desk.pending?.digest !== digest) throw panelError('no_such_request', 'This request is no longer there.')
  }
  stillThere()
  const by = await prove(operator, pin)
  stillThere()
  desk.approve(session, { operator: by, services: services?.map(String), durationS })
}

function refuse({ desk }: PanelRoutesOptions, session: string, body: FieldReader): undefined {
  const operator = body.nullableText('operator', { maxLength: 120 })
  const how = body.choice('how', ['refused', 'not_now', 'not_today'])
  body.noOthers()
  desk.refuse(session, how, operator)
}

/** Ending asks nothing back: whatever the body says, the session ends. */
function end({ desk }: PanelRoutesOptions, _name: string, body: FieldReader): undefined {
  desk.endByOperator(body.nullableText('operator', { maxLength: 120 }))
}

async function changeConduct({ desk, prove }: PanelRoutesOptions, _name: string, body: FieldReader): Promise<undefined> {
  const operator = body.nullableText('operator', { maxLength: 120 })
  const pin = readPin(body)
  const paused = body.has('paused') ? body.flag('paused', false) : undefined
  const viewOnly = body.has('view_only') ? body.flag('view_only', false) : undefined
  if (paused === undefined && viewOnly === undefined) body.problem('paused', 'or view_only must be given')
  const seen = body.has('session') ? body.text('session', { maxLength: 100 }) : desk.live?.id
  body.noOthers()
  if (paused === true || viewOnly === true)
    desk.narrow({ ...(paused === true ? { paused } : {}), ...(viewOnly === true ? { viewOnly } : {}) }, operator)
  if (paused !== false && viewOnly !== false) return
  const by = await prove(operator ?? '', pin)
  // Another session may have begun while the PIN was typed, and stand still at something that nobody here has seen.
  if (desk.live?.id !== seen) throw panelError('no_session', 'The session is over.')
  desk.widen({ ...(paused === false ? { paused } : {}), ...(viewOnly === false ? { viewOnly } : {}) }, by)
}

function sayTyping({ typing }: PanelRoutesOptions, _name: string, body: FieldReader): undefined {
  const on = body.flag('on', false)
  if (!body.has('on')) body.problem('on', 'is missing')
  const where = body.has('where') ? body.text('where', { maxLength: 64 }) : ''
  body.noOthers()
  typing(on, where)
}

async function turnRemote({ desk, prove }: PanelRoutesOptions, _name: string, body: FieldReader): Promise<undefined> {
  const { operator, pin, enabled } = readSwitch(body)
  if (enabled) desk.remoteOn(await prove(operator, pin))
  else desk.remoteOff(operator)
}

async function turnSwitch({ desk, prove }: PanelRoutesOptions, service: string, body: FieldReader): Promise<undefined> {
  const { operator, pin, enabled } = readSwitch(body)
  if (enabled) desk.switchOn(service, await prove(operator, pin))
  else desk.switchOff(service, operator)
}

function readSwitch(body: FieldReader): { readonly operator: string; readonly pin: string | null; readonly enabled: boolean } {
  const operator = body.text('operator', { maxLength: 120 })
  const pin = readPin(body)
  const enabled = body.flag('enabled', false)
  if (!body.has('enabled')) body.problem('enabled', 'is missing')
  body.noOthers()
  return { operator, pin, enabled }
}

function unquiet({ desk }: PanelRoutesOptions, technician: string): undefined {
  desk.unquiet(technician)
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const type = request.headers['content-type'] ?? ''
  if (!/^application\/json\s*(;\s*charset=utf-8\s*)?$/i.test(type)) throw panelError('not_json', 'Send application/json.')
  const chunks: Buffer[] = []
  let total = 0
  for await (const chunk of request) {
    const bytes = chunk as Buffer
    total += bytes.length
    if (total > maxPanelBodyBytes) throw panelError('too_large', `Send at most ${maxPanelBodyBytes} bytes.`)
    chunks.push(bytes)
  }
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks)))
  } catch {
    throw panelError('bad_request', 'The body is not JSON.')
  }
}
