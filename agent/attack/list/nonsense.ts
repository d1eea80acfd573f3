import { pageHeader, pageServiceHeader } from '../../wire/mirror.ts'
import type { Attack } from '../attack.ts'
import { letIn, observe, requestFor, show } from '../moves.ts'
import { attackServices } from '../scratch-config.ts'
import { waitMs } from '../wait.ts'

const { web } = attackServices

const methods = ['GET', 'PUT', 'POST', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE', 'NONSENSE']

/** Bodies that are no request. */
const bodies = (asked: object): readonly (readonly [string, string | Buffer])[] => [
  ['nothing', ''],
  ['null', 'null'],
  ['a list', '[]'],
  ['a number', '1e999'],
  ['half an object', '{"request":'],
  ['no UTF-8', Buffer.from([0xff, 0xfe, 0x00, 0xd8])],
  ['depth', '['.repeat(50_000)],
  ['a prototype', '{"__proto__":{"request":1},"request":null,"photo":null}'],
  ['members of other kinds', JSON.stringify({ request: { ...asked, services: 7, duration_s: '600', technician: [] }, photo: 1 })],
  [
    'a name of control characters',
    JSON.stringify({
      request: { ...asked, technician: { id: 'x', name: '\u202e\u0000', organisation: '', photo_sha256: null } },
      photo: null,
    }),
  ],
  ['a member twice', `{"request":1,"request":${JSON.stringify(asked)},"photo":null,"photo":"x"}`],
  ['a photo that is none', JSON.stringify({ request: asked, photo: 'x'.repeat(1_000) })],
  ['three megabytes', Buffer.alloc(3 * 1024 * 1024, 0x20)],
]

/** What makes no sense to anybody. */
export const nonsenseAttacks: readonly Attack[] = [
  {
    id: 'nonsense-bodies',
    group: 'nonsense',
    tried: 'Put bodies that are no request under every path that takes one.',
    expected: 'Each is refused by a clear answer (4xx), nothing is shown.',
    run: async (field) => {
      const found = []
      for (const [name, body] of bodies(requestFor(field))) {
        const { session } = requestFor(field)
        const { status } = await field.gateway.ask('PUT', `/v1/sessions/${session}`, { body })
        // A stream may also be reset while a body that is too long still comes.
        found.push(observe(`${name}: ${status === 0 ? 'no answer' : status}`, (status >= 400 && status < 500) || status === 0))
      }
      const { request } = await field.operator.state()
      return [...found, observe('nothing is shown to the operator', request === null)]
    },
  },
  {
    id: 'nonsense-questions',
    group: 'nonsense',
    tried: 'Ask everything that nobody may ask: each method on each path, paths of the panel, of the file system, of the debugger.',
    expected: 'Only what the protocol has is answered; the rest is 404 or 405.',
    run: async (field) => {
      const { session } = requestFor(field)
      const own = `/v1/sessions/${session}`
      const known = ['/v1/info', '/v1/sessions', '/v1/events', '/v1/switches', own, `${own}/chat`, `${own}/mirror`]
      const unknown = [
        '/',
        '/api/state',
        '/api/pair',
        '/v1',
        '/v1/approve',
        `/v1/sessions/${session}/approve`,
        '/v1/sessions/../../agent.db',
        '//v1/info',
        '/json/version',
        `/v1/sessions/${session.toUpperCase()}`,
      ]
      const allowed = new Set([
        'GET /v1/info',
        'GET /v1/sessions',
        'GET /v1/events',
        `PUT /v1/sessions/${session}`,
        `DELETE /v1/sessions/${session}`,
        'PUT /v1/switches',
        `POST ${own}/chat`,
        `POST ${own}/mirror`,
      ])
      const found = []
      for (const path of [...known, ...unknown])
        for (const method of methods) {
          if (allowed.has(`${method} ${path}`)) continue
          const { status } = await field.gateway.ask(method, path)
          found.push(observe(`${method} ${path.replace(session, '{id}')}: ${status}`, [400, 404, 405, 501].includes(status)))
        }
      return found
    },
  },
  {
    id: 'nonsense-endings',
    group: 'nonsense',
    tried: 'End sessions that never were, with reasons and names that are none, and try to write a history that did not happen.',
    expected: 'Each is answered; nothing appears in the history of the machine.',
    run: async (field) => {
      const before = (await field.operator.state()).history.length
      const headers = [
        {},
        { 'sallyport-by': '%' },
        { 'sallyport-by': '%00%0a%e2%80%ae' },
        { 'sallyport-reason': '<script>' },
        { 'sallyport-by': 'x'.repeat(8_000) },
      ]
      const found = []
      for (const odd of headers) {
        const { status } = await field.gateway.ask('DELETE', `/v1/sessions/${requestFor(field).session}`, { headers: odd })
        found.push(observe(`${JSON.stringify(odd).slice(0, 60)}: ${status}`, status === 204 || (status >= 400 && status < 500)))
      }
      const after = (await field.operator.state()).history.length
      return [...found, observe(`${after - before} entries more in the history`, after === before)]
    },
  },
  {
    id: 'nonsense-mirror',
    group: 'nonsense',
    tried:
      "Tell of a technician's page that is none: without a session, under odd ids, in lines that nobody can read, in 200 pages at once.",
    expected: 'Without a session nothing is taken; what cannot be read ends its own stream alone.',
    run: async (field) => {
      const post = (session: string, page: string, body: string | Buffer) =>
        field.gateway.ask('POST', `/v1/sessions/${session}/mirror`, { body, headers: { [pageHeader]: page, [pageServiceHeader]: web } })
      const page = (): string => field.random.hex(16)
      const nobody = await post(requestFor(field).session, page(), '{}\n')
      const asked = await letIn(field, { services: [web] })
      const odd = await post(asked.session, '../../x', '{}\n')
      const found = [
        observe(`without a session: ${nobody.status}`, nobody.status >= 400 && nobody.status < 500),
        observe(`an odd id: ${odd.status}`, odd.status >= 400 && odd.status < 500),
      ]
      for (const body of ['null\n', '[[[[\n', '{"__proto__":1}\n', `${'['.repeat(100_000)}\n`, Buffer.alloc(4 * 1024 * 1024, 0x41)])
        await post(asked.session, page(), body)
      let taken = 0
      for (let at = 0; at < 200; at += 1) {
        const headers = {
          ':method': 'POST',
          ':path': `/v1/sessions/${asked.session}/mirror`,
          [pageHeader]: page(),
          [pageServiceHeader]: web,
        }
        field.gateway.throwIn(headers, false)?.once('response', (head) => void (taken += Number(head[':status'] === 200)))
      }
      const info = await field.gateway.ask('GET', '/v1/info')
      const { session } = await field.operator.state()
      return [
        ...found,
        observe(`${taken} of 200 pages were taken`, taken > 0 && taken < 100),
        observe(`it answers: ${info.status}`, info.status === 200),
        observe('the session is the one that was approved', session?.id === asked.session),
      ]
    },
  },
  {
    id: 'nonsense-events',
    group: 'nonsense',
    tried: 'Acknowledge events that never were, and ask for those before the first.',
    expected: 'The agent keeps what it has not told, and answers on.',
    run: async (field) => {
      const found = []
      for (const after of ['-1', '1e9', '99999999999999999999', 'NaN', '', '1;DROP TABLE events', '0x10', '1&after=2']) {
        const { status } = await field.gateway.ask('GET', `/v1/events?after=${encodeURI(after)}`)
        found.push(observe(`after=${after}: ${status}`, status === 200 || (status >= 400 && status < 500)))
      }
      const info = await field.gateway.ask('GET', '/v1/info')
      return [...found, observe(`it answers: ${info.status}`, info.status === 200)]
    },
  },
  {
    id: 'refusals-are-shown',
    group: 'nonsense',
    tried: 'Do what must be refused, and look at the panel.',
    expected: 'The operator sees what was refused, how often and why.',
    run: async (field) => {
      const made = `made-up-${field.random.hex(4)}`
      for (let times = 0; times < 3; times += 1) (await field.gateway.open(made, requestFor(field).session)).stream.close()
      const asked = requestFor(field, { device: 'another-device' })
      await field.gateway.ask('PUT', `/v1/sessions/${asked.session}`, { body: JSON.stringify({ request: asked, photo: null }) })
      await field.gateway.ask('GET', `/v1/${made}`)
      const nowhere = `/v1/sessions/${requestFor(field).session}`
      await field.gateway.ask('POST', `${nowhere}/chat`, { body: '{"text":"hello"}' })
      await field.gateway.ask('POST', `${nowhere}/mirror`, {
        body: '{}\n',
        headers: { [pageHeader]: field.random.hex(16), [pageServiceHeader]: web },
      })
      await field.gateway.ask('PUT', '/v1/switches', { body: 'null' })
      await show(field, requestFor(field, { help: `hlp_${field.random.hex(16)}` }))
      await waitMs(field.clock, 50)
      const { refused } = await field.operator.state()
      const shown = (what: string, why: string, subject: string, count: number): boolean =>
        refused.some((one) => one.what === what && one.why === why && (one.subject ?? subject) === subject && one.count >= count)
      return [
        observe('streams to a service that is not there, counted', shown('stream', 'unknown_service', made, 3)),
        observe('a request for another device', shown('request', 'bad_request', asked.technician.name, 1)),
        observe('a question that nobody may ask', shown('question', 'not_known', `GET /v1/${made}`, 1)),
        observe('a message for no session', shown('message', 'no_approval', '', 1)),
        observe('a page of no session', shown('picture', 'no_approval', '', 1)),
        observe('switches that are none', shown('switches', 'bad_request', '', 1)),
        observe('an answer to a call that nobody made', shown('request', 'no_call', asked.technician.name, 1)),
        observe(`at most 20 are shown: ${refused.length}`, refused.length <= 20),
      ]
    },
  },
]
