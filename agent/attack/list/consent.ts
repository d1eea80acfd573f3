import { requestDigest } from '../../wire/session-request.ts'
import type { Attack, Field, Observation } from '../attack.ts'
import { letIn, observe, passes, passesNothing, refusesRequest, refusesStream, requestFor, show, snapshot, withdraw } from '../moves.ts'
import { attackServices } from '../scratch-config.ts'
import { waitMs } from '../wait.ts'

const { web, bytes, other } = attackServices
const stranger = { id: 'per_stranger', name: 'Somebody else', organisation: 'Captured gateway', photo_sha256: null }

/** A session lives only if somebody at the machine pressed for it. */
const nobodyIsIn = async (field: Field, as: string): Promise<Observation> => {
  const { live } = await snapshot(field)
  const { session } = await field.operator.state()
  return observe(
    `${as}: ${live.length === 0 && session === null ? 'nobody is in' : 'a session lives'}`,
    live.length === 0 && session === null,
  )
}

/** Requests, presses and extensions that are not what the operator thinks. */
export const consentAttacks: readonly Attack[] = [
  {
    id: 'request-replaced-under-the-press',
    group: 'consent',
    tried: 'Show a harmless request, and put another one in its place in the moment of the press.',
    expected: 'The press is for what was shown: it lets nobody in.',
    run: async (field) => {
      const harmless = requestFor(field, { services: [bytes], duration_s: 60 })
      await show(field, harmless)
      await withdraw(field, harmless.session)
      const wide = requestFor(field, { services: [bytes, other, web], duration_s: 86_400, technician: stranger })
      const shown = await show(field, wide)
      const old = await field.operator.press(harmless)
      const moved = await field.operator.press(wide, { digest: requestDigest(harmless) })
      return [
        observe(`the other request is shown: ${shown.status}`, shown.status === 202),
        observe(`the press for the first one: ${old.status}`, old.status === 404),
        observe(`that press, moved to the second: ${moved.status}`, moved.status === 404),
        await nobodyIsIn(field, 'afterwards'),
        await refusesStream(field, 'a stream', { service: bytes, session: wide.session }),
      ]
    },
  },
  {
    id: 'extension-replaced-under-the-press',
    group: 'consent',
    tried: 'Ask for one minute more, and put a day more in its place, under the same session id, in the moment of the press.',
    expected: 'The session is not prolonged.',
    run: async (field) => {
      const asked = await letIn(field, { duration_s: 120 })
      const before = (await snapshot(field)).live[0]?.expires_at
      const minute = requestFor(field, { kind: 'extend', session: asked.session, duration_s: 60 })
      await show(field, minute)
      await field.operator.call('POST', `/api/requests/${asked.session}/refuse`, { operator: null, how: 'refused' })
      const day = requestFor(field, { kind: 'extend', session: asked.session, duration_s: 86_400 })
      const shown = await show(field, day)
      const pressed = await field.operator.press(minute)
      const after = (await snapshot(field)).live[0]?.expires_at
      return [
        observe(`the longer one is shown: ${shown.status}`, shown.status === 202),
        observe(`the press for the shorter one: ${pressed.status}`, pressed.status === 404),
        observe(`the end is ${after === before ? 'where it was' : 'another'}`, before !== undefined && after === before),
      ]
    },
  },
  {
    id: 'extension-without-a-press',
    group: 'consent',
    tried: 'Prolong a session of 5 s by an extension that nobody pressed, and go on.',
    expected: 'It ends when it was to end.',
    run: async (field) => {
      const asked = await letIn(field, { duration_s: 5 })
      const { stream } = await passes(field, bytes, asked)
      const extension = requestFor(field, { kind: 'extend', session: asked.session, duration_s: 3_600 })
      const shown = await show(field, extension)
      await waitMs(field.clock, 6_200)
      return [
        observe(`the extension is shown: ${shown.status}`, shown.status === 202),
        await passesNothing(field, 'on the stream that was open', () => void (stream.destroyed || stream.write('prolonged'))),
        await refusesStream(field, 'a new stream', { service: bytes, session: asked.session }),
        await nobodyIsIn(field, 'afterwards'),
      ]
    },
  },
  {
    id: 'extension-that-widens',
    group: 'consent',
    tried:
      'Widen a session by an extension: further services, another technician or name, more time than any session has, a session that is not there.',
    expected: 'None is shown.',
    run: async (field) => {
      const { session, technician } = await letIn(field)
      const renamed = { ...technician, name: 'Somebody whom the operator knows' }
      const extend = { kind: 'extend' as const, session }
      return [
        await refusesRequest(field, 'further services', requestFor(field, { ...extend, services: [bytes, other] })),
        await refusesRequest(field, 'another technician', requestFor(field, { ...extend, technician: stranger })),
        await refusesRequest(field, 'the same one under another name', requestFor(field, { ...extend, technician: renamed })),
        await refusesRequest(field, 'for longer than any session', requestFor(field, { ...extend, duration_s: 7 * 86_400 + 1 })),
        await refusesRequest(field, 'for no time, so that it never ends', requestFor(field, { ...extend, duration_s: 0 })),
        await refusesRequest(field, 'a session that is not there', requestFor(field, { kind: 'extend' })),
      ]
    },
  },
  {
    id: 'session-id-used-twice',
    group: 'consent',
    tried: 'Ask again under the id of a session that was ended, refused or taken back.',
    expected: 'No id is shown twice.',
    run: async (field) => {
      const ended = await letIn(field)
      await field.operator.end()
      const refused = requestFor(field)
      await show(field, refused)
      await field.operator.call('POST', `/api/requests/${refused.session}/refuse`, { operator: null, how: 'refused' })
      const taken = requestFor(field)
      await show(field, taken)
      await withdraw(field, taken.session)
      return [
        await refusesRequest(field, 'one that was ended', requestFor(field, { session: ended.session })),
        await refusesRequest(field, 'the very same request', ended),
        await refusesRequest(field, 'one that was refused', requestFor(field, { session: refused.session })),
        await refusesRequest(field, 'one that was taken back', requestFor(field, { session: taken.session })),
      ]
    },
  },
  {
    id: 'request-for-somebody-else',
    group: 'consent',
    tried: 'Show requests for another device, of another trust domain, from another time, with members that nobody would see.',
    expected: 'None is shown.',
    run: async (field) => {
      const now = field.clock.nowS()
      return [
        await refusesRequest(field, 'another device', requestFor(field, { device: 'another-device' })),
        await refusesRequest(field, 'another trust domain', requestFor(field, { gateway: 'evil.example' })),
        await refusesRequest(field, 'of an hour ago', requestFor(field, { requested_at: now - 3_600 })),
        await refusesRequest(field, 'of the next hour', requestFor(field, { requested_at: now + 3_600, expires_at: now + 7_200 })),
        await refusesRequest(field, 'already over', requestFor(field, { expires_at: now - 1 })),
        await refusesRequest(field, 'for a month', requestFor(field, { duration_s: 31 * 86_400 })),
        await refusesRequest(field, 'under the path of another session', requestFor(field), `ses_${field.random.hex(16)}`),
        await refusesRequest(field, 'with a member that is not shown', { ...requestFor(field), mode: 'unattended' } as never),
        await refusesRequest(field, 'with an approval of its own', { ...requestFor(field), approval: 'x.y.z' } as never),
        await refusesRequest(field, 'for a service that is not there', requestFor(field, { services: ['attack-nowhere'] })),
      ]
    },
  },
  {
    id: 'approval-replayed',
    group: 'consent',
    tried: 'Use the signed approval of an earlier session, and of an earlier start of the agent, with every header that could carry it.',
    expected: 'An approval is good for its own session and its own process alone.',
    run: async (field) => {
      const first = await letIn(field)
      const approval = (await snapshot(field)).live[0]?.approval ?? ''
      const carry = { 'sallyport-approval': approval, authorization: `Bearer ${approval}`, 'x-approval': approval }
      await field.operator.end()
      const found = [
        observe('there was an approval to replay', approval.split('.').length === 3),
        await refusesStream(field, 'after its session', { service: bytes, session: first.session, headers: carry }),
        await refusesStream(field, 'as the session itself', { service: bytes, session: approval.slice(0, 1_000) }),
        await refusesStream(field, 'for a new session', { service: bytes, session: requestFor(field).session, headers: carry }),
      ]
      const second = await letIn(field)
      await field.restart()
      return [
        ...found,
        await refusesStream(field, 'after the agent started anew', { service: bytes, session: second.session, headers: carry }),
        await refusesRequest(field, 'asking for that session again', requestFor(field, { session: second.session })),
        await nobodyIsIn(field, 'afterwards'),
      ]
    },
  },
  {
    id: 'consent-that-nobody-gave',
    group: 'consent',
    tried: 'Ask for services that need a press in every mode: as if they were unattended, planned, or entered again.',
    expected: 'The request waits for the press; nobody is in.',
    run: async (field) => {
      const asked = requestFor(field, { services: [bytes, other] })
      const headers = { 'sallyport-mode': 'unattended', 'sallyport-reason': 'unattended' }
      const answer = await field.gateway.ask('PUT', `/v1/sessions/${asked.session}`, {
        body: JSON.stringify({ request: asked, photo: null }),
        headers,
      })
      return [
        observe(`the request waits: ${answer.status}`, (await field.operator.state()).request?.session === asked.session),
        await nobodyIsIn(field, 'meanwhile'),
        await refusesStream(field, 'a stream', { service: bytes, session: asked.session }),
      ]
    },
  },
]
