import type { OutgoingHttpHeaders } from 'node:http2'
import { AgentError } from '../basics/agent-error.ts'
import type { AgentSnapshot } from '../wire/agent-api.ts'
import type { SessionRequest } from '../wire/session-request.ts'
import type { Field, Observation } from './attack.ts'
import type { Answer, OpenedStream } from './hostile-gateway.ts'
import { attackServices } from './scratch-config.ts'
import { until, waitMs } from './wait.ts'

/** Bytes that left the agent would have come by then. */
const arriveMs = 150
/** What is allowed comes at once, unless this machine has much else to do. */
const allowedMs = 10_000

export function requestFor({ settings, clock, random }: Field, change: Partial<SessionRequest> = {}): SessionRequest {
  const now = clock.nowS()
  return {
    v: 1,
    kind: 'open',
    session: `ses_${random.hex(16)}`,
    device: settings.device.id,
    gateway: settings.gateway.trustDomain,
    technician: { id: 'per_attack', name: 'Attack technician', organisation: 'Captured gateway', photo_sha256: null },
    services: [attackServices.bytes],
    purpose: 'sallyport-agent attack',
    ticket: null,
    duration_s: 600,
    requested_at: now,
    expires_at: now + 120,
    salt: random.bytes(32).toString('base64'),
    ...change,
  }
}

export const show = (field: Field, asked: SessionRequest): Promise<Answer> =>
  field.gateway.ask('PUT', `/v1/sessions/${asked.session}`, { body: JSON.stringify({ request: asked, photo: null }) })

export const withdraw = (field: Field, session: string, reason = 'withdrawn'): Promise<Answer> =>
  field.gateway.ask('DELETE', `/v1/sessions/${session}`, { headers: { 'sallyport-reason': reason } })

/** A session as it should be: asked for, and pressed. @throws AgentError `no_session`: then nothing can be said about what follows */
export async function letIn(field: Field, change: Partial<SessionRequest> = {}): Promise<SessionRequest> {
  const asked = requestFor(field, change)
  const shown = await show(field, asked)
  const pressed = await field.operator.press(asked)
  if (shown.status === 202 && pressed.status === 200) return asked
  const message = `An honest session could not be opened (${shown.status} ${shown.body}; ${pressed.status}).`
  throw new AgentError({ code: 'no_session', message })
}

export async function snapshot(field: Field): Promise<AgentSnapshot> {
  return JSON.parse((await field.gateway.ask('GET', '/v1/sessions')).body) as AgentSnapshot
}

/** The agent must not open this stream, and nothing may come to the witness. */
export async function refusesStream(
  field: Field,
  as: string,
  to: { readonly service: string; readonly session: string | null; readonly headers?: OutgoingHttpHeaders },
): Promise<Observation> {
  const before = field.witness.seen()
  const opened = await field.gateway.open(to.service, to.session, to.headers)
  if (opened.status === 200) opened.stream.write('GET /attack HTTP/1.1\r\nHost: attack\r\n\r\n')
  if (opened.status === 200) await field.gateway.ask('GET', '/v1/info')
  await waitMs(field.clock, opened.status === 200 ? arriveMs * 2 : 20)
  opened.stream.close()
  const after = field.witness.seen()
  const came = after.connections - before.connections
  const answered = opened.status === 0 ? 'no answer' : `${opened.status} ${opened.error ?? ''}`.trim()
  return {
    what: `${as}: ${answered}, ${came === 0 ? 'nothing reached a service' : `${came} connections reached a service`}`,
    held: opened.status !== 200 && came === 0 && after.bytes === before.bytes,
  }
}

/** Writes, and looks whether anything of it comes to a service. */
export async function passesNothing(
  field: Field,
  as: string,
  act: () => void | Promise<void>,
  waitForMs = arriveMs * 2,
): Promise<Observation> {
  const before = field.witness.seen()
  await act()
  // The agent has read what stands before this question when it answers.
  await field.gateway.ask('GET', '/v1/info')
  await waitMs(field.clock, waitForMs)
  const after = field.witness.seen()
  const [bytes, connections] = [after.bytes - before.bytes, after.connections - before.connections]
  const none = bytes === 0 && connections === 0
  return { what: `${as}: ${none ? 'no byte reached a service' : `${bytes} bytes on ${connections} connections did`}`, held: none }
}

/** What the attack needs in order to mean something: bytes do pass where they were allowed. */
export async function passes(field: Field, service: string, asked: SessionRequest): Promise<OpenedStream> {
  const before = field.witness.seen()
  const opened = await field.gateway.open(service, asked.session)
  opened.stream.write('allowed')
  const passed = (): boolean => field.witness.bytesSince(service, before) === 'allowed'
  if (opened.status === 200 && (await until(field.clock, passed, allowedMs))) return opened
  throw new AgentError({ code: 'no_session', message: `What was allowed does not pass (${opened.status}), so this attack says nothing.` })
}

/** The agent refuses what the gateway says, and shows nothing to the operator. */
export async function refusesRequest(field: Field, as: string, asked: SessionRequest, path = asked.session): Promise<Observation> {
  const answer = await field.gateway.ask('PUT', `/v1/sessions/${path}`, { body: JSON.stringify({ request: asked, photo: null }) })
  const state = await field.operator.state()
  const shown = state.request?.digest !== undefined && state.request.session === asked.session
  if (shown) await withdraw(field, asked.session)
  return {
    what: `${as}: ${answer.status}, ${shown ? 'shown to the operator' : 'not shown'}`,
    held: answer.status >= 400 && answer.status < 500 && !shown,
  }
}

export const observe = (what: string, held: boolean): Observation => ({ what, held })

/** Nobody was let in: `as` says after what. */
export async function nobodyIsIn(field: Field, as: string): Promise<Observation> {
  const { live } = await snapshot(field)
  return observe(`${as}: ${live.length === 0 ? 'nobody is in' : 'a session lives'}`, live.length === 0)
}
