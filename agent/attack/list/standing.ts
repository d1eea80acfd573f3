import type { Attack, Field } from '../attack.ts'
import { letIn, nobodyIsIn, observe, passes, passesNothing, refusesStream, requestFor, show, withdraw } from '../moves.ts'
import { attackServices } from '../scratch-config.ts'

const { bytes, other } = attackServices
const stranger = { id: 'per_stranger', name: 'Somebody else', organisation: 'Captured gateway', photo_sha256: null }

/** Consent that stands without a press: coming back, planned times. */
export const standingAttacks: readonly Attack[] = [
  {
    id: 'coming-back-after-the-end',
    group: 'consent',
    tried: 'Where technicians may come back for a while: come back after the operator ended the session, and as somebody else.',
    expected: 'After an end by the operator only a press lets anybody in; only the same technician may come back.',
    run: async (field) => {
      const set = await mode(field, { mode: 'reconnect', minutes: 60 })
      try {
        await letIn(field)
        await field.operator.end()
        const again = requestFor(field)
        await show(field, again)
        const afterEnd = await nobodyIsIn(field, 'after the end')
        await withdraw(field, again.session)
        const left = await letIn(field)
        await withdraw(field, left.session, 'completed')
        const another = requestFor(field, { technician: stranger })
        await show(field, another)
        const asStranger = await nobodyIsIn(field, 'as somebody else')
        await withdraw(field, another.session)
        const more = requestFor(field, { services: [bytes, other] })
        await show(field, more)
        const withMore = await nobodyIsIn(field, 'with one service more')
        await withdraw(field, more.session)
        return [observe(`technicians may come back: ${set}`, set === 200), afterEnd, asStranger, withMore]
      } finally {
        await mode(field, { mode: 'attended' })
      }
    },
  },
  {
    id: 'window-of-another-technician',
    group: 'consent',
    tried: 'Use the time that was planned for one technician as another one, and for services that were not planned.',
    expected: 'The request waits for the press.',
    run: async (field) => {
      const { technician } = requestFor(field)
      const planned = await plan(field)
      try {
        const found = [observe(`a time is planned: ${planned}`, planned === 200)]
        for (const [as, change] of [
          ['as another technician', { technician: stranger }],
          ['with his id and another name', { technician: { ...technician, name: 'Somebody whom the operator knows' } }],
          ['with his name and another id', { technician: { ...technician, id: 'per_forged' } }],
          ['for another service', { services: [other] }],
        ] as const) {
          const asked = requestFor(field, change)
          await show(field, asked)
          found.push(await nobodyIsIn(field, as))
          await withdraw(field, asked.session)
        }
        return found
      } finally {
        await withdrawWindows(field)
      }
    },
  },
  {
    id: 'window-that-was-withdrawn',
    group: 'consent',
    tried:
      'Use a planned time after the operator withdrew it: in the session that it let in, and in new ones, also after a new start of the agent.',
    expected: 'Whoever came by it is out, and nobody comes in by it again.',
    run: async (field) => {
      await plan(field)
      try {
        const asked = requestFor(field)
        await show(field, asked)
        const { stream } = await passes(field, bytes, asked)
        await withdrawWindows(field)
        const found = [
          await passesNothing(field, 'on the stream that was open', () => void (stream.destroyed || stream.write('withdrawn'))),
          await refusesStream(field, 'a new stream', { service: bytes, session: asked.session }),
        ]
        const again = requestFor(field)
        await show(field, again)
        found.push(await nobodyIsIn(field, 'a new request'))
        await withdraw(field, again.session)
        await field.restart()
        const later = requestFor(field)
        await show(field, later)
        return [...found, await nobodyIsIn(field, 'after a new start')]
      } finally {
        await withdrawWindows(field)
      }
    },
  },
  {
    id: 'mode-chosen-by-the-gateway',
    group: 'consent',
    tried: 'Say that a service is unattended or planned: by members and headers of a request, by the switches, by paths of its own.',
    expected: 'The modes at the panel stay as they are, and the request waits for the press.',
    run: async (field) => {
      const { gateway, operator } = field
      const body = JSON.stringify({ mode: 'unattended', service: bytes, operator: operator.who.operator, minutes: 60 })
      for (const [method, path] of [
        ['PUT', `/v1/modes/${bytes}`],
        ['POST', `/v1/modes/${bytes}`],
        ['POST', '/v1/windows'],
        ['POST', `/api/modes/${bytes}`],
        ['PUT', `/v1/services/${bytes}`],
      ] as const)
        await gateway.ask(method, path, { body })
      await gateway.ask('PUT', '/v1/switches', { body: JSON.stringify({ remote: true, services: {}, modes: { [bytes]: 'unattended' } }) })
      const asked = requestFor(field)
      const headers = { 'sallyport-mode': 'planned', 'sallyport-window': 'w1', 'sallyport-operator': operator.who.operator }
      await gateway.ask('PUT', `/v1/sessions/${asked.session}`, { body: JSON.stringify({ request: asked, photo: null }), headers })
      const { services, windows } = await operator.state()
      const mode = services.find(({ name }) => name === bytes)?.mode.name
      return [
        observe(`the mode is ${mode}, ${windows.length} times are planned`, mode === 'attended' && windows.length === 0),
        await nobodyIsIn(field, 'the request'),
      ]
    },
  },
]

const mode = async ({ operator }: Field, choice: { readonly mode: string; readonly minutes?: number }): Promise<number> =>
  (await operator.call('POST', `/api/modes/${bytes}`, { ...choice, ...operator.who })).status

/** A time for the technician of these attacks, from now on. */
async function plan(field: Field): Promise<number> {
  const now = field.clock.nowMs()
  // Windows are planned for somebody who asked here before.
  const known = requestFor(field)
  await show(field, known)
  await withdraw(field, known.session)
  const window = { technician: known.technician.id, services: [bytes], from: now - 60_000, until: now + 3_600_000, ...field.operator.who }
  return (await field.operator.call('POST', '/api/windows', window)).status
}

async function withdrawWindows({ operator }: Field): Promise<void> {
  for (const { id } of (await operator.state()).windows)
    await operator.call('POST', `/api/windows/${id}/withdraw`, { operator: operator.who.operator })
}
