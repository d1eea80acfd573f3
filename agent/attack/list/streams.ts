import type { Attack } from '../attack.ts'
import { letIn, observe, passes, passesNothing, refusesStream, requestFor, show, snapshot } from '../moves.ts'
import { attackServices } from '../scratch-config.ts'
import { waitMs } from '../wait.ts'

const { web, bytes, other } = attackServices
const nobody = `ses_${'0'.repeat(32)}`

/** Streams that nobody allowed. */
export const streamAttacks: readonly Attack[] = [
  {
    id: 'stream-without-approval',
    group: 'streams',
    tried:
      'Open a stream to every service of this configuration without any approval: without a session, with one that is not there, with nonsense.',
    expected: 'Each is refused, no service is reached.',
    run: async (field) => {
      const found = []
      for (const service of field.services)
        for (const session of [null, nobody, '*', '']) {
          found.push(
            await refusesStream(field, `${service} with ${session === null ? 'no session' : JSON.stringify(session)}`, {
              service,
              session,
            }),
          )
        }
      return found
    },
  },
  {
    id: 'stream-before-the-press',
    group: 'streams',
    tried: 'Open a stream while the request is shown and nobody has pressed.',
    expected: 'It is refused.',
    run: async (field) => {
      const asked = requestFor(field)
      const shown = await show(field, asked)
      return [
        observe(`the request is shown: ${shown.status}`, shown.status === 202),
        await refusesStream(field, 'before the press', { service: bytes, session: asked.session }),
      ]
    },
  },
  {
    id: 'stream-to-another-service',
    group: 'streams',
    tried: 'Use an approved session for services that were not approved: others, and one that the operator left out.',
    expected: 'Only what was approved opens.',
    run: async (field) => {
      const asked = requestFor(field, { services: [bytes, other] })
      await show(field, asked)
      await field.operator.press(asked, { services: [bytes] })
      const allowed = await passes(field, bytes, asked)
      allowed.stream.close()
      return [
        await refusesStream(field, 'the service that was left out', { service: other, session: asked.session }),
        await refusesStream(field, 'a service that was not asked for', { service: web, session: asked.session }),
        await refusesStream(field, 'a service that does not exist', { service: 'attack-nowhere', session: asked.session }),
      ]
    },
  },
  {
    id: 'stream-for-another-session',
    group: 'streams',
    tried: 'While one session is approved, name others: another id, another spelling, two at once, a part of it.',
    expected: 'Only the very id of the approved session opens.',
    run: async (field) => {
      const { session } = await letIn(field)
      const spelt = [
        session.toUpperCase(),
        `${session} `,
        `${session},${nobody}`,
        session.slice(0, -1),
        `${session}0`,
        `${nobody},${session}`,
      ]
      const found = []
      for (const one of [nobody, `ses_${field.random.hex(16)}`, ...spelt])
        // A field's value has no blanks around it (RFC 9110, section 5.5): that one is the very session.
        if (one.trim() !== session)
          found.push(await refusesStream(field, JSON.stringify(one.slice(0, 48)), { service: bytes, session: one }))
      return found
    },
  },
  {
    id: 'stream-after-the-end',
    group: 'streams',
    tried: 'Go on after the operator ended the session: write on a stream that was open, open another.',
    expected: 'Not one further byte passes.',
    run: async (field) => {
      const asked = await letIn(field)
      const { stream } = await passes(field, bytes, asked)
      await field.operator.end()
      return [
        await passesNothing(field, 'on the stream that was open', () => void (stream.destroyed || stream.write('after the end'))),
        await refusesStream(field, 'a new stream', { service: bytes, session: asked.session }),
      ]
    },
  },
  {
    id: 'stream-after-the-time',
    group: 'streams',
    tried: 'Go on when the approved time (5 s) is over.',
    expected: 'Not one further byte passes.',
    run: async (field) => {
      const asked = await letIn(field, { duration_s: 5 })
      const { stream } = await passes(field, bytes, asked)
      await waitMs(field.clock, 6_200)
      return [
        await passesNothing(field, 'on the stream that was open', () => void (stream.destroyed || stream.write('after the time'))),
        await refusesStream(field, 'a new stream', { service: bytes, session: asked.session }),
        observe('the agent lists no session', (await snapshot(field)).live.length === 0),
      ]
    },
  },
  {
    id: 'bytes-while-paused',
    group: 'streams',
    tried: 'Send bytes, and open streams, while the operator has paused the session.',
    expected: 'Nothing passes until he lets it go on.',
    run: async (field) => {
      const asked = await letIn(field, { services: [bytes, web] })
      const { stream } = await passes(field, bytes, asked)
      await field.operator.conduct({ paused: true })
      const opened: { close(): void }[] = []
      const found = [
        await passesNothing(field, 'on the open stream', () => void stream.write('while paused')),
        await passesNothing(field, 'a request on a new stream', async () => {
          const fresh = await field.gateway.open(web, asked.session)
          opened.push(fresh.stream)
          fresh.stream.write('POST /paused HTTP/1.1\r\nHost: attack\r\nContent-Length: 1\r\n\r\nx')
        }),
      ]
      for (const one of opened) one.close()
      await field.operator.end()
      return found
    },
  },
  {
    id: 'bytes-while-view-only',
    group: 'streams',
    tried: 'Send what could change the machine in a session that may only look: bytes, POST, DELETE, unknown methods.',
    expected: 'Streams of bytes are cut and refused; requests that change something do not reach the service.',
    run: async (field) => {
      const asked = await letIn(field, { services: [bytes, web] })
      const { stream } = await passes(field, bytes, asked)
      await field.operator.conduct({ view_only: true })
      const send = async (method: string): Promise<void> => {
        const fresh = await field.gateway.open(web, asked.session)
        fresh.stream.write(`${method} /view-only HTTP/1.1\r\nHost: attack\r\nContent-Length: 1\r\n\r\nx`)
        await field.gateway.ask('GET', '/v1/info')
        await waitMs(field.clock, 100)
        fresh.stream.close()
      }
      return [
        await passesNothing(field, 'on the stream that was open', () => void (stream.destroyed || stream.write('view only'))),
        await refusesStream(field, 'a new stream of bytes', { service: bytes, session: asked.session }),
        await passesNothing(field, 'POST', () => send('POST')),
        await passesNothing(field, 'DELETE', () => send('DELETE')),
        await passesNothing(field, 'a method that nobody knows', () => send('ACTIVATE')),
      ]
    },
  },
  {
    id: 'service-switched-off',
    group: 'streams',
    tried: 'Use an approved session for a service that the customer switched off meanwhile, and ask for it again.',
    expected: 'Refused, and the request is not shown.',
    run: async (field) => {
      const asked = await letIn(field)
      await field.operator.call('POST', `/api/switches/${bytes}`, { enabled: false, operator: field.operator.who.operator })
      const again = requestFor(field)
      const answer = await show(field, again)
      const found = [
        await refusesStream(field, 'a stream', { service: bytes, session: asked.session }),
        observe(`asking again: ${answer.status}`, answer.status === 409),
      ]
      await field.operator.call('POST', `/api/switches/${bytes}`, { enabled: true, ...field.operator.who })
      return found
    },
  },
  {
    id: 'stream-to-an-address',
    group: 'streams',
    tried: "Inside an approved session, name addresses in the place of a service: this machine's SSH, the panel, any port, URLs.",
    expected: 'A gateway can name services, never addresses: each is refused.',
    run: async (field) => {
      const { session } = await letIn(field)
      const { forbiddenPort } = field.witness
      const panel = field.operator.port
      const targets = [
        '127.0.0.1:22',
        'localhost:22',
        `127.0.0.1:${panel}`,
        `localhost:${panel}`,
        `[::1]:${panel}`,
        `127.0.0.1:${forbiddenPort}`,
      ]
      const spelt = [
        `http://127.0.0.1:${forbiddenPort}/`,
        `${bytes}:${forbiddenPort}`,
        `${bytes}@127.0.0.1:${forbiddenPort}`,
        '../agent.db',
        bytes.toUpperCase(),
      ]
      const found = []
      for (const service of [...targets, ...spelt]) found.push(await refusesStream(field, service, { service, session }))
      return found
    },
  },
]
