import { join } from 'node:path'
import type { RequestPaces } from './basics/request-paces.ts'
import { CodedError } from './basics/coded-error.ts'
import type { SessionId } from './basics/ids.ts'
import type { Logger } from './basics/logger.ts'
import { wholeInstallation } from './basics/scope.ts'
import { newMessage } from './http-api/contract/sessions.ts'
import { technician } from './ledger/event.ts'
import type { AccessProxyOptions } from './proxy/access-proxy.ts'
import type { BarSessions } from './proxy/bar/bar-sessions.ts'
import { readBarFiles } from './proxy/bar/read-bar-files.ts'
import { sayInSession } from './sessions/chat.ts'
import { endSession } from './sessions/end-session.ts'
import { isLive, type Session } from './sessions/session.ts'
import type { SessionRoom } from './sessions/session-room.ts'

export interface StartBarOptions {
  readonly pagesDir: string
  readonly room: SessionRoom
  readonly paces: Pick<RequestPaces, 'person'>
  readonly logger: Logger
}

/** What the proxy needs for the technician's bar. Where its page is not built, machines open without it. */
export async function startBar({ pagesDir, room, paces, logger }: StartBarOptions): Promise<AccessProxyOptions['bar']> {
  try {
    return { files: await readBarFiles(join(pagesDir, 'bar')), sessions: barSessions(room, paces) }
  } catch (error) {
    logger.warn({ err: error }, 'the bar is not built, so pages of machines open without it')
    return null
  }
}

/** What a technician's bar asks about his session, answered by sessions. */
const barSessions = (room: SessionRoom, paces: Pick<RequestPaces, 'person'>): BarSessions => {
  const find = async (id: SessionId): Promise<Session | undefined> =>
    room.get(id)?.session ?? (await room.ports.store.find(wholeInstallation, id))
  return {
    async facts(id, service) {
      const session = await find(id)
      if (session === undefined) return undefined
      const { devices, links } = room.ports
      const device = await devices.find(wholeInstallation, session.deviceId)
      const live = room.get(id)
      const online = links.get(session.deviceId) !== undefined
      return {
        session: id,
        state: session.state,
        machine: { name: device?.name ?? session.deviceId, site: device?.site ?? '', online },
        service: device?.services.find(({ name }) => name === service)?.title ?? service,
        operator: session.approval?.operator ?? null,
        panel: online ? (room.panels.get(session.deviceId) ?? null) : null,
        recorded: live?.recorded ?? false,
        watched: live?.watched ?? false,
        expires_at: session.expiresAt,
        conduct: {
          paused: live?.conduct.paused ?? false,
          view_only: live?.conduct.viewOnly ?? false,
          held: live?.conduct.held ?? null,
          by: live?.conduct.by ?? null,
        },
        messages: (live?.chat ?? []).map(({ n, at, from, name, text }) => ({ n, time_ms: at, from, name, text })),
        tunnel_lost_at: session.tunnelLostAt,
        end_reason: session.endReason,
        ended_by: session.endedBy,
      }
    },
    follow: (id, onChange) => room.onChange((session) => session.id === id && onChange()),
    async say(id, text) {
      const message = newMessage.safeParse({ text })
      if (!message.success)
        throw new CodedError({ code: 'message_invalid', message: 'A message has 1 to 1,000 plain characters.', remedy: 'fix' })
      await sayInSession(room, id, message.data.text)
    },
    async end(id) {
      const session = await find(id)
      if (session === undefined || !isLive(session)) return
      const reason = session.approval === null ? 'withdrawn' : 'ended_by_technician'
      await endSession(room, id, { reason, actor: technician(session.personId), by: session.request.technician.name })
    },
    countRequest(id) {
      // Of a session that is over the person is not at hand, and nobody asks much about it.
      return paces.person(room.get(id)?.session.personId ?? id)
    },
  }
}
