import { constants } from 'node:http2'
import type { Duplex } from 'node:stream'
import { sessionHeader, streamErrorHeader } from '../../agent/wire/agent-api.ts'
import { CodedError } from '../basics/coded-error.ts'
import type { ServiceName, SessionId } from '../basics/ids.ts'
import { streamRefusal } from './agent-answers.ts'
import { deviceAnswerInvalid } from './device-errors.ts'
import { openRequest } from './open-request.ts'
import type { OpenRequest } from './open-request.ts'

/** CONNECT to a service by its name (RFC 9113, section 8.5): never a host, never a port. @throws CodedError with the agent's StreamRefusal as code */
export async function openStream(
  options: Pick<OpenRequest, 'session' | 'clock' | 'timeoutMs' | 'signal'> & {
    readonly sessionId: SessionId
    readonly service: ServiceName
  },
): Promise<Duplex> {
  const { sessionId, service, ...rest } = options
  const headers = { ':method': 'CONNECT', ':authority': service, [sessionHeader]: sessionId }
  const { status, header, stream } = await openRequest({ ...rest, headers, body: 'open' })
  if (status === 200) return stream
  const said = header(streamErrorHeader)
  stream.resume()
  stream.close(constants.NGHTTP2_NO_ERROR)
  const refusal = streamRefusal(said)
  if (refusal === undefined)
    throw deviceAnswerInvalid({ problem: 'a refused stream without a known reason', status, said: said.slice(0, 64) })
  const again = refusal.code === 'service_unreachable' || refusal.code === 'too_many_streams'
  throw new CodedError({ ...refusal, remedy: again ? 'retry' : 'forbidden', details: { status } })
}
