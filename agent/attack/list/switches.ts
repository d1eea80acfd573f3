import type { Attack, Field } from '../attack.ts'
import { letIn, observe, passes, passesNothing, refusesRequest, refusesStream, requestFor, show, withdraw } from '../moves.ts'
import { attackServices } from '../scratch-config.ts'

const { bytes, other } = attackServices

const put = async ({ gateway }: Field, body: object | string): Promise<number> =>
  (await gateway.ask('PUT', '/v1/switches', { body: typeof body === 'string' ? body : JSON.stringify(body) })).status
const allOn = { remote: true, services: {} }
const turn = async ({ operator }: Field, enabled: boolean): Promise<number> =>
  (await operator.call('POST', `/api/switches/${bytes}`, { enabled, ...(enabled ? operator.who : { operator: operator.who.operator }) }))
    .status

/** The customer's switches: a gateway may switch off, never on. */
export const switchAttacks: readonly Attack[] = [
  {
    id: 'switched-on-by-the-gateway',
    group: 'switches',
    tried: 'Switch on what was switched off at the machine: by the switches of the portal, old ones again, and with versions of its own.',
    expected: 'What is off at the panel stays off.',
    run: async (field) => {
      const off = await turn(field, false)
      try {
        const found = [observe(`it is switched off at the panel: ${off}`, off === 200)]
        for (const said of [
          allOn,
          { remote: true, services: { [bytes]: true } },
          { remote: true, services: { [bytes]: false } },
          { remote: true, services: { [bytes]: true }, version: 2 ** 40, since: 0, local: true, panel: { [bytes]: true } },
          { remote: true, enabled: true, services: { [bytes]: true } },
        ]) {
          const status = await put(field, said)
          found.push(observe(`${JSON.stringify(said).slice(0, 80)}: ${status}`, status === 204 || (status >= 400 && status < 500)))
          found.push(await refusesRequest(field, 'asking for it', requestFor(field)))
        }
        const service = (await field.operator.state()).services.find(({ name }) => name === bytes)
        return [...found, observe(`at the panel it is ${service?.enabled === false ? 'off' : 'on'}`, service?.enabled === false)]
      } finally {
        await put(field, allOn)
        await turn(field, true)
      }
    },
  },
  {
    id: 'switched-off-in-the-portal',
    group: 'switches',
    tried: 'Switch a service off as the portal does, and go on in the session that uses it.',
    expected: 'The agent itself ends the session and bars the service, whoever asks.',
    run: async (field) => {
      const asked = await letIn(field)
      const { stream } = await passes(field, bytes, asked)
      const status = await put(field, { remote: true, services: { [bytes]: false } })
      try {
        return [
          observe(`the switches: ${status}`, status === 204),
          await passesNothing(field, 'on the stream that was open', () => void (stream.destroyed || stream.write('switched off'))),
          await refusesStream(field, 'a new stream', { service: bytes, session: asked.session }),
          await refusesRequest(field, 'asking again', requestFor(field)),
        ]
      } finally {
        await put(field, allOn)
      }
    },
  },
  {
    id: 'switches-that-are-none',
    group: 'switches',
    tried:
      'Send switches of services that are not there, named after what every object has, of other kinds, a thousand of them, a megabyte.',
    expected: 'Refused or of no effect: what is here stays as it is.',
    run: async (field) => {
      const many = Object.fromEntries(Array.from({ length: 1_000 }, (_, at) => [`made-up-${at}`, false]))
      const odd: readonly (readonly [string, object | string, boolean])[] = [
        ['services that are not there', { remote: true, services: { 'made-up': false } }, false],
        ['names of every object', '{"remote":true,"services":{"__proto__":false,"constructor":false,"toString":false}}', false],
        ['a thousand', { remote: true, services: many }, true],
        ['other kinds', { remote: 'no', services: [] }, true],
        ['no object', 'null', true],
        ['half of it', '{"remote":false', true],
        ['nothing about remote service', { services: {} }, true],
        ['a megabyte', `{"remote":false,"services":{}}${' '.repeat(1024 * 1024)}`, true],
      ]
      const found = []
      for (const [name, body, refused] of odd) {
        const status = await put(field, body)
        const fits = (status >= 400 && status < 500) || status === 0
        found.push(observe(`${name}: ${status === 0 ? 'no answer' : status}`, refused ? fits : fits || status === 204))
      }
      const asked = requestFor(field, { services: [bytes, other] })
      const shown = await show(field, asked)
      await withdraw(field, asked.session)
      return [...found, observe(`the services here can be asked for as before: ${shown.status}`, shown.status === 202)]
    },
  },
  {
    id: 'switches-without-end',
    group: 'switches',
    tried: 'Switch off and on again 300 times, so that the log fills and the panel never stands still.',
    expected: 'Off is taken always; on again only as often as people would.',
    run: async (field) => {
      let on = 0
      let off = 0
      for (let times = 0; times < 300; times += 1) {
        off += Number((await put(field, { remote: true, services: { [other]: false } })) === 204)
        on += Number((await put(field, allOn)) === 204)
      }
      const { refused } = await field.operator.state()
      const told = refused.some(({ what, why }) => what === 'switches' && why === 'too_often')
      // So that what comes next finds them on: one is allowed every two seconds.
      for (let tries = 0; tries < 40 && (await put(field, allOn)) !== 204; tries += 1)
        await new Promise((resolve) => void field.clock.after(100, () => resolve(null)))
      return [
        observe(`${off} of 300 times off`, off === 300),
        observe(`${on} of 300 times on again`, on > 0 && on < 100),
        observe('the operator is told', told),
      ]
    },
  },
]
