import type { Attack, Field, Observation } from '../attack.ts'
import { letIn, nobodyIsIn, observe, refusesRequest, refusesStream, requestFor, show, snapshot, withdraw } from '../moves.ts'
import { operatorName } from '../panel-operator.ts'
import { attackServices } from '../scratch-config.ts'

const { bytes, other } = attackServices

/** Somebody at the panel calls for help; the id of the call. */
async function call({ operator }: Field, letInMinutes?: number): Promise<string> {
  const letting = letInMinutes === undefined ? {} : { let_in_minutes: letInMinutes, pin: operator.who.pin }
  await operator.call('POST', '/api/help', { what: 'Help', ticket: null, services: [bytes], operator: operator.who.operator, ...letting })
  return (await operator.state()).help?.id ?? ''
}

async function withdrawCall({ operator }: Field): Promise<void> {
  if ((await operator.state()).help !== null) await operator.call('POST', '/api/help/withdraw', { operator: operator.who.operator })
}

/** The operator calls for help: what a gateway can make of that. */
export const callAttacks: readonly Attack[] = [
  {
    id: 'call-that-was-not-made',
    group: 'calls',
    tried: 'Answer calls for help that nobody made, that were withdrawn or are over, and with services that the call does not name.',
    expected: 'None of those requests is shown.',
    run: async (field) => {
      const made = `hlp_${field.random.hex(16)}`
      const found = [await refusesRequest(field, 'a call that nobody made', requestFor(field, { help: made }))]
      const withdrawn = await call(field)
      await withdrawCall(field)
      found.push(await refusesRequest(field, 'one that was withdrawn', requestFor(field, { help: withdrawn })))
      const open = await call(field)
      try {
        found.push(
          observe('a call is open', open.startsWith('hlp_')),
          await refusesRequest(field, 'for more than it names', requestFor(field, { help: open, services: [bytes, other] })),
          await refusesRequest(field, 'for something else', requestFor(field, { help: open, services: [other] })),
        )
        await letIn(field, { help: open })
        await field.operator.end()
        found.push(await refusesRequest(field, 'a second time, when whoever took it has been there', requestFor(field, { help: open })))
        return found
      } finally {
        await withdrawCall(field)
      }
    },
  },
  {
    id: 'call-taken-twice',
    group: 'calls',
    tried: 'Send two technicians for one call: while the first is shown, and while he is in.',
    expected: 'One is shown and waits for the press; the other is not.',
    run: async (field) => {
      const id = await call(field)
      try {
        const first = requestFor(field, { help: id })
        await show(field, first)
        const found = [
          await nobodyIsIn(field, 'without a press'),
          await refusesStream(field, 'a stream', { service: bytes, session: first.session }),
          await refusesRequest(field, 'a second technician while the first is shown', requestFor(field, { help: id })),
        ]
        await field.operator.press(first)
        const second = requestFor(field, { help: id, technician: { ...first.technician, id: 'per_second' } })
        return [...found, await refusesRequest(field, 'a second one while the first is in', second)]
      } finally {
        await field.operator.end()
        await withdrawCall(field)
      }
    },
  },
  {
    id: 'call-that-lets-in',
    group: 'calls',
    tried: 'The operator lets in who comes for her call: come for no call, for another one, for more, and after she withdrew it.',
    expected: 'It holds for this call and its services alone, and ends with it.',
    run: async (field) => {
      const id = await call(field, 30)
      try {
        const found: Observation[] = []
        const plain = requestFor(field)
        await show(field, plain)
        found.push(await nobodyIsIn(field, 'without naming the call'))
        await withdraw(field, plain.session)
        const made = `hlp_${field.random.hex(16)}`
        found.push(
          await refusesRequest(field, 'for another call', requestFor(field, { help: made })),
          await refusesRequest(field, 'for more than it names', requestFor(field, { help: id, services: [bytes, other] })),
        )
        const asked = requestFor(field, { help: id, duration_s: 86_400 })
        await show(field, asked)
        const [live] = (await snapshot(field)).live
        const untilS = field.clock.nowS() + 30 * 60
        found.push(
          observe('whom she lets in is in', live?.id === asked.session),
          observe(`until her time is over, not for the day that he asked for`, (live?.expires_at ?? untilS + 60) <= untilS + 5),
        )
        await withdrawCall(field)
        found.push(await nobodyIsIn(field, 'after she withdrew it'))
        found.push(await refusesStream(field, 'a stream', { service: bytes, session: asked.session }))
        return found
      } finally {
        await withdrawCall(field)
      }
    },
  },
  {
    id: 'confirmation-of-the-operator-forged',
    group: 'calls',
    tried: 'Put the word of the operator into a request: confirmed, approved by her, with her PIN, under her own name.',
    expected: 'What the machine does not know is not shown, and a name gives nobody a right.',
    run: async (field) => {
      const id = await call(field)
      try {
        const found: Observation[] = []
        for (const forged of [
          { confirmed: true },
          { approved_by: operatorName },
          { operator: operatorName, pin: '1234' },
          { lets_in: true },
        ])
          found.push(await refusesRequest(field, JSON.stringify(forged), { ...requestFor(field, { help: id }), ...forged }))
        const asked = requestFor(field, { help: id })
        const beside = await field.gateway.ask('PUT', `/v1/sessions/${asked.session}`, {
          body: JSON.stringify({ request: asked, photo: null, confirmed_by: operatorName }),
        })
        found.push(observe(`beside the request: ${beside.status}`, beside.status === 400))
        const inHerName = requestFor(field, {
          help: id,
          technician: { id: 'per_attack', name: operatorName, organisation: field.settings.device.name, photo_sha256: null },
        })
        const headers = { 'sallyport-by': operatorName, 'sallyport-operator': operatorName }
        await field.gateway.ask('PUT', `/v1/sessions/${inHerName.session}`, {
          body: JSON.stringify({ request: inHerName, photo: null }),
          headers,
        })
        return [...found, await nobodyIsIn(field, 'under her own name')]
      } finally {
        await withdrawCall(field)
      }
    },
  },
]
