import type { TLSSocket } from 'node:tls'
import { laneHeader } from '../../wire/agent-api.ts'
import { AgentError } from '../../basics/agent-error.ts'
import type { SessionRequest } from '../../wire/session-request.ts'
import type { Attack, Field } from '../attack.ts'
import type { OpenedStream } from '../hostile-gateway.ts'
import { letIn, observe, passesNothing, refusesStream, requestFor, show } from '../moves.ts'
import { attackServices } from '../scratch-config.ts'
import { until, waitMs } from '../wait.ts'

const { bytes, other, web } = attackServices
const comesMs = 10_000

interface Waiting {
  readonly id: string
  readonly socket: TLSSocket
}

/** @throws AgentError `no_session` where none comes: then nothing can be said about it */
async function aLane({ gateway, clock }: Field): Promise<Waiting> {
  await until(clock, () => gateway.lanes.size > 0, comesMs)
  const [first] = gateway.lanes
  if (first === undefined) throw new AgentError({ code: 'no_session', message: 'The agent dialled no lane.' })
  return { id: first[0], socket: first[1] }
}

/** An approved stream whose bytes take a lane, and do arrive. */
async function onLane(field: Field, asked: SessionRequest): Promise<Waiting & OpenedStream> {
  const waiting = await aLane(field)
  const before = field.witness.seen()
  const opened = await field.gateway.open(bytes, asked.session, { [laneHeader]: waiting.id })
  waiting.socket.write('allowed')
  const passed = (): boolean => field.witness.bytesSince(bytes, before) === 'allowed'
  if (opened.lane === waiting.id && (await until(field.clock, passed, comesMs))) return { ...waiting, ...opened }
  throw new AgentError({ code: 'no_session', message: `What was allowed does not pass on a lane (${opened.status}).` })
}

const write = (socket: TLSSocket, text: string): void => void (socket.destroyed || socket.write(text))

/** Connections beside the tunnel, which the agent dials so that bulk is fast: none of them may be a way around an approval. */
export const laneAttacks: readonly Attack[] = [
  {
    id: 'lane-without-an-approval',
    group: 'lanes',
    tried: 'Before anybody has pressed, and after the end: look for lanes, and name made-up ones.',
    expected: 'None is dialled before an approval, all are closed with the session, and a lane opens nothing by itself.',
    run: async (field) => {
      const { gateway, clock } = field
      const early = requestFor(field)
      await show(field, early)
      await waitMs(clock, 200)
      const found = [
        observe(`${gateway.lanes.size} lanes before the press`, gateway.lanes.size === 0),
        await refusesStream(field, 'a made-up one', { service: bytes, session: early.session, headers: { [laneHeader]: 'a'.repeat(32) } }),
      ]
      await field.operator.press(early)
      const { id } = await aLane(field)
      const headers = { [laneHeader]: id }
      found.push(
        await refusesStream(field, 'a real one, for another session', { service: bytes, session: requestFor(field).session, headers }),
        await refusesStream(field, 'a real one, for a service that was not approved', { service: other, session: early.session, headers }),
        await refusesStream(field, 'a real one, without a session', { service: bytes, session: null, headers }),
      )
      await field.operator.end()
      const closed = await until(clock, () => gateway.lanes.size === 0, 3_000)
      return [...found, observe(closed ? 'all are closed after the end' : `${gateway.lanes.size} are open after the end`, closed)]
    },
  },
  {
    id: 'lane-that-nobody-named',
    group: 'lanes',
    tried: 'Write on lanes that wait, and name them afterwards; name one twice; name made-up ones and several at once.',
    expected: 'Bytes pass on the lane of their own stream alone.',
    run: async (field) => {
      const { gateway, clock } = field
      const asked = await letIn(field, { services: [bytes, web] })
      const early = await aLane(field)
      const before = field.witness.seen()
      write(early.socket, 'before it was named')
      await waitMs(clock, 100)
      const late = await gateway.open(bytes, asked.session, { [laneHeader]: early.id })
      await waitMs(clock, 300)
      const came = field.witness.bytesSince(bytes, before)
      late.stream.close()
      const { id, socket, stream } = await onLane(field, asked)
      const second = await gateway.open(bytes, asked.session, { [laneHeader]: id })
      const found = [
        observe(`written before it was named: ${came === '' ? 'nothing reached the service' : 'it reached the service'}`, came === ''),
        observe(`named a second time: ${second.lane === null ? 'not taken' : 'taken'}`, second.lane === null),
      ]
      for (const name of ['b'.repeat(32), id.toUpperCase(), `${id},${'c'.repeat(32)}`, '../../x']) {
        const odd = await gateway.open(bytes, asked.session, { [laneHeader]: name })
        found.push(observe(`${JSON.stringify(name.slice(0, 40))}: ${odd.lane === null ? 'not taken' : 'taken'}`, odd.lane === null))
        odd.stream.close()
      }
      second.stream.close()
      stream.close()
      const gone = await until(clock, () => socket.destroyed, 3_000)
      return [...found, observe(`its stream is closed: the lane is ${gone ? 'closed too' : 'still open'}`, gone)]
    },
  },
  {
    id: 'lane-after-the-end',
    group: 'lanes',
    tried: 'Go on on a lane while the operator has paused the session, lets it only look, and has ended it.',
    expected: 'Not one further byte passes.',
    run: async (field) => {
      const paused = await letIn(field)
      const held = await onLane(field, paused)
      await field.operator.conduct({ paused: true })
      const found = [await passesNothing(field, 'while paused', () => write(held.socket, 'paused'))]
      await field.operator.end()
      const ended = await onLane(field, await letIn(field))
      await field.operator.end()
      found.push(await passesNothing(field, 'after the end', () => write(ended.socket, 'ended')))
      const looked = await letIn(field)
      const only = await onLane(field, looked)
      await field.operator.conduct({ view_only: true })
      found.push(await passesNothing(field, 'view only', () => write(only.socket, 'looks')))
      return found
    },
  },
  {
    id: 'lanes-closed-at-once',
    group: 'lanes',
    tried: 'Close each lane as soon as it is there, for five seconds, so that the agent does nothing but dial.',
    expected: 'It dials a few and then one now and then.',
    run: async (field) => {
      const { gateway, clock } = field
      await letIn(field)
      await aLane(field)
      const before = gateway.lanesDialled
      const endMs = clock.monotonicMs() + 5_000
      while (clock.monotonicMs() < endMs) {
        for (const socket of gateway.lanes.values()) socket.destroy()
        await waitMs(clock, 10)
      }
      const dialled = gateway.lanesDialled - before
      return [observe(`${dialled} more were dialled`, dialled < 15)]
    },
  },
]
