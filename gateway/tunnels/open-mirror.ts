import type { ClientHttp2Stream } from 'node:http2'
import { pageHeader, pageServiceHeader } from '../../agent/wire/mirror.ts'
import { CodedError } from '../basics/coded-error.ts'
import type { ServiceName, SessionId } from '../basics/ids.ts'
import { deviceAnswerInvalid } from './device-errors.ts'
import { openRequest } from './open-request.ts'
import type { OpenRequest } from './open-request.ts'

const refusals: Readonly<Record<number, Pick<CodedError, 'code' | 'message' | 'remedy'>>> = {
  404: { code: 'mirror_unknown', message: 'The machine shows no pages of this session.', remedy: 'not_found' },
  409: { code: 'mirror_unwanted', message: 'Pages are not shown at this machine.', remedy: 'forbidden' },
  429: { code: 'mirror_full', message: 'The machine shows as many pages as it can.', remedy: 'retry' },
}

/** `POST /v1/sessions/{id}/mirror` (agent/wire/mirror.ts): batches of a recorder there, orders to it back, a JSON line each. @throws CodedError */
export async function openMirror(
  options: Pick<OpenRequest, 'session' | 'clock' | 'timeoutMs' | 'signal'> & {
    readonly sessionId: SessionId
    readonly service: ServiceName
    readonly page: string
  },
): Promise<ClientHttp2Stream> {
  const { sessionId, service, page, ...rest } = options
  const headers = { ':method': 'POST', ':path': `/v1/sessions/${sessionId}/mirror`, [pageHeader]: page, [pageServiceHeader]: service }
  const { status, stream } = await openRequest({ ...rest, headers, body: 'open' })
  if (status === 200) return stream
  // Ended, not cut: the machine counts cuts.
  stream.resume()
  stream.end()
  const refusal = refusals[status]
  throw refusal === undefined ? deviceAnswerInvalid({ problem: 'status', status, path: headers[':path'] }) : new CodedError(refusal)
}
