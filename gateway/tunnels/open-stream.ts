import { constants } from 'node:http2'
import type { Duplex } from 'node:stream'
import { laneHeader, sessionHeader, streamErrorHeader } from '../../agent/wire/agent-api.ts'
import { onlyWholeEnds } from '../../agent/wire/only-whole-ends.ts'
import { CodedError } from '../basics/coded-error.ts'
import type { ServiceName, SessionId } from '../basics/ids.ts'
import { streamRefusal } from './agent-answers.ts'
import { deviceAnswerInvalid, deviceGone } from './device-errors.ts'
import type { LaneRack, WaitingLane } from './lane-rack.ts'
import { openRequest } from './open-request.ts'
import type { OpenRequest, RequestHead } from './open-request.ts'

/**
 * CONNECT to a service by its name (RFC 9113, section 8.5): never a host, never a port. Where a lane waits, the agent may let the stream's bytes take it.
 *
 * @throws CodedError with the agent's StreamRefusal as code
 */
export async function openStream(
  options: Pick<OpenRequest, 'session' | 'clock' | 'timeoutMs' | 'signal'> & {
    readonly sessionId: SessionId
    readonly service: ServiceName
    readonly lanes: LaneRack
  },
): Promise<Duplex> {
  const { sessionId, service, lanes, ...rest } = options
  const waiting = lanes.take()
  const lane = waiting === undefined ? {} : { [laneHeader]: waiting.id }
  const headers = { ':method': 'CONNECT', ':authority': service, [sessionHeader]: sessionId, ...lane }
  let carried = false
  try {
    const answer = await openRequest({ ...rest, headers, body: 'open' })
    carried = waiting !== undefined && answer.status === 200 && answer.header(laneHeader) === waiting.id
    if (carried && waiting !== undefined) return onLane(answer, waiting)
    if (answer.status === 200) return onlyWholeEnds(answer.stream)
    throw refusedBy(answer)
  } finally {
    if (waiting !== undefined && !carried) lanes.giveBack(waiting)
  }
}

function onLane({ stream }: RequestHead, { lane }: WaitingLane): Duplex {
  lane.tie(stream)
  if (lane.socket.destroyed) throw deviceGone()
  return lane.socket
}

function refusedBy({ status, header, stream }: RequestHead): CodedError {
  const said = header(streamErrorHeader)
  stream.resume()
  stream.close(constants.NGHTTP2_NO_ERROR)
  const refusal = streamRefusal(said)
  if (refusal === undefined)
    return deviceAnswerInvalid({ problem: 'a refused stream without a known reason', status, said: said.slice(0, 64) })
  const again = refusal.code === 'service_unreachable' || refusal.code === 'too_many_streams'
  return new CodedError({ ...refusal, remedy: again ? 'retry' : 'forbidden', details: { status } })
}
