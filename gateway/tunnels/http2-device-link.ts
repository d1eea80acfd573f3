import type { Duplex } from 'node:stream'
import type { TLSSocket } from 'node:tls'
import type { TunnelRefusal } from '../../agent/wire/agent-api.ts'
import type { ChatBody } from '../../agent/wire/chat.ts'
import { tunnelSettings } from '../../agent/wire/tunnel-settings.ts'
import type { Clock } from '../basics/clock.ts'
import type { DeviceLink, ShowRequestAnswer } from '../devices/device-link.ts'
import type { AdmittedDevice } from './admit-device.ts'
import { agentInfo, agentSnapshot, chatAnswer, showRefusal, streamRefusal } from './agent-answers.ts'
import { askAgent, readAnswer } from './ask-agent.ts'
import type { AgentAnswer, AgentQuestion } from './ask-agent.ts'
import { CodedError } from '../basics/coded-error.ts'
import { deviceAnswerInvalid, notSaid } from './device-errors.ts'
import type { LaneRack } from './lane-rack.ts'
import { openMirror } from './open-mirror.ts'
import { openStream } from './open-stream.ts'
import { readEvents } from './read-events.ts'
import type { TunnelSession } from './tunnel-session.ts'
import type { TunnelLimits } from './tunnel-limits.ts'

export interface Http2DeviceLinkOptions {
  readonly device: AdmittedDevice
  readonly socket: TLSSocket
  readonly session: TunnelSession
  readonly lanes: LaneRack
  readonly clock: Clock
  readonly limits: TunnelLimits
}

/** A DeviceLink over the HTTP/2 session of one tunnel. */
export function http2DeviceLink({ device, socket, session, lanes, clock, limits }: Http2DeviceLinkOptions): DeviceLink {
  type Question = Pick<AgentQuestion, 'method' | 'path' | 'headers' | 'body'> & { readonly signal: AbortSignal | undefined }
  const over = { session, clock, timeoutMs: limits.answerTimeoutMs }
  let openStreams = 0

  async function ask(question: Question, ...expected: number[]): Promise<AgentAnswer> {
    const answer = await askAgent({ ...question, session, clock, limits })
    if (!expected.includes(answer.status)) throw deviceAnswerInvalid({ problem: 'status', status: answer.status, path: question.path })
    return answer
  }

  async function info(signal?: AbortSignal) {
    const answer = readAnswer(agentInfo, (await ask({ method: 'GET', path: '/v1/info', signal }, 200)).body)
    if (answer.device !== device.deviceId)
      throw deviceAnswerInvalid({ problem: 'it names itself otherwise than its certificate', device: answer.device })
    return answer
  }

  async function showRequest(...[request, photo, signal]: Parameters<DeviceLink['showRequest']>): Promise<ShowRequestAnswer> {
    const body = { request, photo: photo === null ? null : photo.toString('base64') }
    const answer = await ask({ method: 'PUT', path: `/v1/sessions/${request.session}`, body, signal }, 202, 400, 404, 409)
    return answer.status === 202 ? { shown: true } : { shown: false, code: readAnswer(showRefusal, answer.body).code }
  }

  async function counted(open: () => Promise<Duplex>): Promise<Duplex> {
    const tooMany = streamRefusal('too_many_streams')
    const full = openStreams >= tunnelSettings.maxConcurrentStreams || !session.cancels.left
    if (full && tooMany !== undefined) throw new CodedError({ ...tooMany, remedy: 'retry' })
    openStreams += 1
    const closed = (): void => void (openStreams -= 1)
    try {
      return (await open()).once('close', closed)
    } catch (error) {
      closed()
      throw error
    }
  }

  return {
    deviceId: device.deviceId,
    connectedAt: clock.nowMs(),
    remoteAddress: socket.remoteAddress ?? '',
    certificateFingerprint: device.fingerprint,
    certificatePem: device.certificate.toString(),
    info,
    snapshot: async (signal) => readAnswer(agentSnapshot, (await ask({ method: 'GET', path: '/v1/sessions', signal }, 200)).body),
    events: (after, signal) => readEvents({ session, clock, limits, after, signal }),
    showRequest,
    async endSession(id, reason, by, signal) {
      const headers: Record<string, string> = { 'sallyport-reason': encodeURIComponent(reason.toWellFormed()) }
      if (by !== null) headers['sallyport-by'] = encodeURIComponent(by.toWellFormed())
      await ask({ method: 'DELETE', path: `/v1/sessions/${id}`, headers, signal }, 204)
    },
    async setSwitches(switches, signal) {
      const { status } = await ask({ method: 'PUT', path: '/v1/switches', body: switches, signal }, 204, 404)
      return status === 204
    },
    async say(id, text, signal) {
      const body: ChatBody = { text }
      const answer = await ask({ method: 'POST', path: `/v1/sessions/${id}/chat`, body, signal }, 200, 404, 429, 503)
      if (answer.status !== 200) throw notSaid(answer.status)
      return readAnswer(chatAnswer, answer.body)
    },
    openStream: (sessionId, service, signal) => counted(() => openStream({ ...over, lanes, signal, sessionId, service })),
    openMirror: (sessionId, service, page, signal) => counted(() => openMirror({ ...over, signal, sessionId, service, page })),
    closed: session.ended,
    close: (reason: TunnelRefusal) => session.close(reason),
  }
}
