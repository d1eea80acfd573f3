import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2'
import type { ApprovalDesk } from '../approvals/desk-contract.ts'
import type { Clock } from '../basics/clock.ts'
import type { Logger } from '../basics/logger.ts'
import type { RefusalRecord } from '../refusals/refusal-record.ts'
import type { ServiceTable } from '../services/service-table.ts'
import type { ChatStore } from '../state/chat-store.ts'
import type { OpenCall } from '../state/help-store.ts'
import type { EventStore } from '../state/event-store.ts'
import type { Mirror } from '../mirror/create-mirror.ts'
import { takePage } from '../mirror/take-page.ts'
import { admitStream, refusalStatus } from '../streams/admit-stream.ts'
import { openByteStream } from '../streams/byte-stream.ts'
import { createHttpStreams } from '../streams/http-streams.ts'
import type { StreamRegistry } from '../streams/stream-registry.ts'
import { chatShown } from '../wire/chat.ts'
import type { HelpCall } from '../wire/help-call.ts'
import { laneHeader, sessionHeader, streamErrorHeader } from '../wire/agent-api.ts'
import type { AgentInfo, AgentSnapshot, StreamRefusal } from '../wire/agent-api.ts'
import { answerJson, answerProblem } from './door-answers.ts'
import { createEventFeed } from './event-feed.ts'
import { hearTechnician } from './chat-route.ts'
import { endSessionByGateway, showRequest } from './session-routes.ts'
import type { Lanes } from './lanes.ts'
import { chatPace, createShowPace, switchPace } from './show-pace.ts'
import type { ShowPace } from './show-pace.ts'
import { takePortalSwitches } from './switches-route.ts'

export interface AgentDoorOptions {
  readonly desk: ApprovalDesk
  readonly events: EventStore
  readonly chat: ChatStore
  readonly services: ServiceTable
  readonly registry: StreamRegistry
  readonly mirror: Pick<Mirror, 'pages' | 'requests' | 'assets' | 'watched'>
  readonly lanes: Pick<Lanes, 'take'>
  readonly refusals: RefusalRecord
  /** The gateway knows what this machine is and holds, and reads its events from now on. */
  readonly onFollowed: () => void
  readonly clock: Clock
  readonly logger: Logger
  readonly panelPort: number
  readonly info: () => AgentInfo
}

export type AgentDoor = (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => void

/** What the gateway may ask of the agent (agent-api.ts): this list and nothing else. `host` and `:authority` mean nothing here, but for CONNECT, whose authority is a service's name. */
export function createAgentDoor(options: AgentDoorOptions): AgentDoor {
  const http = createHttpStreams({ ...options, requests: options.mirror.requests, assets: options.mirror.assets })
  const feed = createEventFeed(options)
  const pace = createShowPace(options.clock)
  const chatting = createShowPace(options.clock, { burst: chatPace.messages, refillMs: chatPace.refillMs })
  const switching = createShowPace(options.clock, { burst: switchPace.switchedOn, refillMs: switchPace.refillMs })
  return (stream, headers) => {
    // Without a listener a reset by the gateway would be an uncaught error.
    stream.on('error', () => {})
    try {
      route(options, { http, feed, pace, chatting, switching }, stream, headers)
    } catch (error) {
      options.logger.error({ error }, 'a request of the gateway failed')
      answerProblem(stream, { status: 500, code: 'internal', message: 'the agent failed; its log says why' })
    }
  }
}

interface Rooms {
  readonly http: ReturnType<typeof createHttpStreams>
  readonly feed: ReturnType<typeof createEventFeed>
  readonly pace: ShowPace
  readonly chatting: ShowPace
  readonly switching: ShowPace
}

function route(options: AgentDoorOptions, rooms: Rooms, stream: ServerHttp2Stream, headers: IncomingHttpHeaders): void {
  const method = headers[':method']
  if (method === 'CONNECT') return connect(options, rooms, stream, headers)
  const [path = '', query = ''] = (headers[':path'] ?? '').split('?', 2)
  const session = /^\/v1\/sessions\/(ses_[0-9a-f]{32})$/.exec(path)?.[1]
  const mirrored = /^\/v1\/sessions\/(ses_[0-9a-f]{32})\/mirror$/.exec(path)?.[1]
  if (method === 'GET' && path === '/v1/info') return answerJson(stream, 200, options.info())
  if (method === 'GET' && path === '/v1/sessions') return answerJson(stream, 200, snapshot(options))
  if (method === 'GET' && path === '/v1/events') {
    rooms.feed.open(stream, query)
    return options.onFollowed()
  }
  if (method === 'PUT' && session !== undefined) return showRequest({ ...options, pace: rooms.pace }, stream, session)
  if (method === 'DELETE' && session !== undefined) return endSessionByGateway(options.desk, stream, headers, session)
  if (method === 'PUT' && path === '/v1/switches') return takePortalSwitches({ ...options, pace: rooms.switching }, stream)
  if (method === 'POST' && mirrored !== undefined) return mirrorPage(options, stream, headers, mirrored)
  const talking = /^\/v1\/sessions\/(ses_[0-9a-f]{32})\/chat$/.exec(path)?.[1]
  if (method === 'POST' && talking !== undefined) return hearTechnician({ ...options, pace: rooms.chatting }, stream, talking)
  options.refusals.note({ what: 'question', why: 'not_known', subject: `${method ?? ''} ${path}` })
  const known =
    talking !== undefined ||
    session !== undefined ||
    mirrored !== undefined ||
    ['/v1/info', '/v1/sessions', '/v1/events', '/v1/switches'].includes(path)
  answerProblem(
    stream,
    known
      ? { status: 405, code: 'method_not_allowed', message: 'not this method' }
      : { status: 404, code: 'not_found', message: 'no such thing' },
  )
}

function mirrorPage(options: AgentDoorOptions, stream: ServerHttp2Stream, headers: IncomingHttpHeaders, session: string): void {
  const { mirror, logger, refusals } = options
  const note = (why: 'no_approval' | 'bad_request'): void => refusals.note({ what: 'picture', why, subject: null })
  const problem = takePage({ pages: mirror.pages, logger, stream, headers, session, onUnreadable: () => note('bad_request') })
  if (problem === null) return
  if (problem.status === 400) note('bad_request')
  if (problem.status === 404) note('no_approval')
  answerProblem(stream, problem)
}

function connect(
  { desk, services, registry, lanes, refusals, clock, panelPort }: AgentDoorOptions,
  rooms: Rooms,
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
): void {
  const admitted = admitStream({
    sessionId: headers[sessionHeader],
    serviceName: headers[':authority'],
    alive: desk.alive,
    services,
    registry,
  })
  if (typeof admitted === 'string') {
    noteStream(refusals, admitted, services.title(headers[':authority'] ?? ''))
    stream.respond({ ':status': refusalStatus[admitted], [streamErrorHeader]: admitted }, { endStream: true })
    stream.close()
    return
  }
  if (admitted.service.kind === 'http') return rooms.http.open(stream, admitted)
  const id = headers[laneHeader]
  const lane = lanes.take(id)
  openByteStream({ stream, onLane: lane === null ? null : { id: String(id), lane }, admitted, registry, clock, panelPort })
}

/** What a busy technician's browser and a service that is down bring about is nothing that the operator has to know of. */
function noteStream(refusals: RefusalRecord, why: StreamRefusal, subject: string): void {
  if (why !== 'too_many_streams' && why !== 'service_unreachable') refusals.note({ what: 'stream', why, subject })
}

function snapshot({ desk, events, chat, registry, mirror, info }: AgentDoorOptions): AgentSnapshot {
  const { live, pending } = desk
  return {
    boot: info().boot,
    shown: pending === null ? [] : [pending.request.session],
    live:
      live === null
        ? []
        : [
            {
              id: live.id,
              approval: live.approval,
              expires_at: live.expiresAtS,
              open_streams: registry.openStreams(live.id),
              paused: live.paused,
              view_only: live.viewOnly,
              watched: mirror.watched,
              why: live.pausedAt === null ? null : 'unexplained',
              held: live.held,
              chat: chat.newest(live.id, chatShown),
            },
          ],
    help: calledHelp(desk.call),
    last_event: events.last(),
  }
}

function calledHelp(call: OpenCall | null): HelpCall | null {
  if (call === null) return null
  const { proof: _, session: __, ...called } = call
  return called
}
