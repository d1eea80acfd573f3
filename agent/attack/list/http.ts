import type { Attack, Field, Observation } from '../attack.ts'
import { letIn, observe } from '../moves.ts'
import { attackServices } from '../scratch-config.ts'
import { until, waitMs } from '../wait.ts'

const { web } = attackServices
const hidden = 'GET /hidden HTTP/1.1\r\nHost: attack\r\n\r\n'
const answersMs = 3_000
const afterMs = 150

/** What came to the service of a request that was written as these bytes, and what the agent answered. */
async function exchange(field: Field, session: string, bytes: string): Promise<{ readonly came: string; readonly answer: string }> {
  const before = field.witness.seen()
  const { stream } = await field.gateway.open(web, session)
  let answer = ''
  stream.setEncoding('latin1')
  stream.on('data', (chunk: string) => void (answer = (answer + chunk).slice(0, 4_096)))
  stream.write(Buffer.from(bytes, 'latin1'))
  await until(field.clock, () => answer !== '' || stream.closed, answersMs)
  await field.gateway.ask('GET', '/v1/info')
  await waitMs(field.clock, afterMs)
  stream.close()
  return { came: field.witness.bytesSince(web, before), answer }
}

/** Each hides a second request in the first one, for a reader that counts otherwise than the agent. */
const smuggled: readonly (readonly [string, string])[] = [
  [
    'both lengths',
    `POST / HTTP/1.1\r\nHost: attack\r\nContent-Length: ${hidden.length + 5}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${hidden}`,
  ],
  ['two lengths', `POST / HTTP/1.1\r\nHost: attack\r\nContent-Length: 0\r\nContent-Length: ${hidden.length}\r\n\r\n${hidden}`],
  ['a length with a sign', `POST / HTTP/1.1\r\nHost: attack\r\nContent-Length: +0\r\n\r\n${hidden}`],
  ['a coding that is none', `POST / HTTP/1.1\r\nHost: attack\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n${hidden}`],
  [
    'a coding twice',
    `POST / HTTP/1.1\r\nHost: attack\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n${hidden}`,
  ],
  ['a blank before the colon', `POST / HTTP/1.1\r\nHost: attack\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n${hidden}`],
  ['a folded field', `POST / HTTP/1.1\r\nHost: attack\r\nTransfer-Encoding:\r\n chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n${hidden}`],
  ['a bare line feed', `POST / HTTP/1.1\nHost: attack\nContent-Length: 0\n\n${hidden}`],
  ['a carriage return in a field', `GET / HTTP/1.1\r\nHost: attack\r\nX: y\rGET /hidden HTTP/1.1\r\n\r\n`],
  ['a zero byte in a field', `GET / HTTP/1.1\r\nHost: attack\r\nX: \u0000/hidden\r\n\r\n`],
  ['a chunk size with 0x', `POST / HTTP/1.1\r\nHost: attack\r\nTransfer-Encoding: chunked\r\n\r\n0x5\r\nabcde\r\n0\r\n\r\n${hidden}`],
]

const refuses = async (field: Field, session: string, name: string, bytes: string, mustNotCome: string): Promise<Observation> => {
  const { came, answer } = await exchange(field, session, bytes)
  const status = /^HTTP\/1\.1 (\d{3})/u.exec(answer)?.[1] ?? 'no answer'
  const reached = came.includes(mustNotCome)
  return observe(`${name}: ${status}, ${reached ? `${mustNotCome} reached the service` : `${mustNotCome} reached nobody`}`, !reached)
}

/** Requests on the agent's HTTP/1.1 side, inside an approved session. */
export const httpAttacks: readonly Attack[] = [
  {
    id: 'request-smuggled',
    group: 'http',
    tried: 'Hide a second request in a first one, by every trick with lengths, codings and line ends that is known to work somewhere.',
    expected: 'The hidden request reaches no service.',
    run: async (field) => {
      const { session } = await letIn(field, { services: [web] })
      const control = await exchange(field, session, hidden)
      const found = [observe('an honest request reaches the service', control.came.startsWith('GET /hidden HTTP/1.1\r\n'))]
      for (const [name, bytes] of smuggled) found.push(await refuses(field, session, name, bytes, '/hidden'))
      return found
    },
  },
  {
    id: 'request-for-another-address',
    group: 'http',
    tried: 'Name other addresses in a request: absolute URLs, CONNECT, and Host fields that lead to the panel or to another port.',
    expected: 'The agent connects to the address of the service alone.',
    run: async (field) => {
      const { session } = await letIn(field, { services: [web] })
      const elsewhere = `127.0.0.1:${field.witness.forbiddenPort}`
      const panel = `127.0.0.1:${field.operator.port}`
      const forms = [
        ['an absolute URL', `GET http://${elsewhere}/elsewhere HTTP/1.1\r\nHost: ${elsewhere}\r\n\r\n`],
        ['the absolute URL of the panel', `GET http://${panel}/api/elsewhere HTTP/1.1\r\nHost: ${panel}\r\n\r\n`],
        ['CONNECT', `CONNECT ${elsewhere} HTTP/1.1\r\nHost: ${elsewhere}\r\n\r\n/elsewhere`],
        ['CONNECT to the panel', `CONNECT ${panel} HTTP/1.1\r\nHost: ${panel}\r\n\r\n/elsewhere`],
        ['a path that begins elsewhere', `GET @${elsewhere}/elsewhere HTTP/1.1\r\nHost: attack\r\n\r\n`],
        ['another protocol', `PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n/elsewhere`],
      ] as const
      const found = []
      for (const [name, bytes] of forms) found.push(await refuses(field, session, name, bytes, '/elsewhere'))
      const { forbidden } = field.witness.seen()
      const { came } = await exchange(field, session, `GET /host HTTP/1.1\r\nHost: ${elsewhere}\r\n\r\n`)
      const strayed = field.witness.seen().forbidden - forbidden
      return [
        ...found,
        observe(`a foreign Host: ${strayed} connections elsewhere, ${came === '' ? 'none' : 'one'} to the service`, strayed === 0),
      ]
    },
  },
]
