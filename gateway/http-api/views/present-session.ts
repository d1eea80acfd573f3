import { wholeInstallation } from '../../basics/scope.ts'
import { explainDenial } from '../../decisions/explain-denial.ts'
import type { Device } from '../../devices/device.ts'
import type { Person } from '../../people/person.ts'
import type { Session } from '../../sessions/session.ts'
import type { HttpApiPorts } from '../api-ports.ts'
import type { Session as SessionView } from '../contract/sessions.ts'

/** A session as the contract shows it to one person. */
export async function presentSession(ports: HttpApiPorts, session: Session, viewer: Person): Promise<SessionView> {
  const { devices, links, clock } = ports.sessions.ports
  const device = await devices.find(wholeInstallation, session.deviceId)
  const { technician } = session.request
  const { reasons } = ports.activePolicy
  return {
    id: session.id,
    state: session.state,
    machine: {
      id: session.deviceId,
      name: device?.name ?? session.deviceId,
      site: device?.site ?? '',
      online: links.get(session.deviceId) !== undefined,
    },
    technician: { id: session.personId, name: technician.name, organisation: technician.organisation, photo_url: photoUrl(session) },
    mine: session.personId === viewer.id,
    services: session.request.services.map((name) => presentService(ports, session, device, name)),
    purpose: session.request.purpose,
    ticket: session.request.ticket,
    help: session.request.help ?? null,
    asked_duration_s: session.request.duration_s,
    requested_at: session.requestedAt,
    decide_by: session.state === 'requested' || session.state === 'awaiting_approval' ? session.request.expires_at : null,
    approved_at: session.approvedAt,
    approved_by: session.approval?.operator ?? null,
    opened_at: session.openedAt,
    expires_at: session.expiresAt,
    ended_at: session.endedAt,
    end_reason: session.endReason,
    ended_by: session.endedBy,
    end_denials: session.endCodes.map((code) => ({
      code,
      message: explainDenial({ code, message: '' }, { reasons, language: 'en' }).reason,
    })),
    conduct: conductOf(ports, session),
    recorded: ports.sessions.get(session.id)?.recorded ?? false,
    watched: ports.sessions.get(session.id)?.watched ?? false,
    messages: (ports.sessions.get(session.id)?.chat ?? []).map(({ n, at, from, name, text }) => ({ n, time_ms: at, from, name, text })),
    extension:
      session.pendingExtension === null
        ? null
        : { duration_s: session.pendingExtension.duration_s, requested_at: session.pendingExtension.requested_at },
    extensions: session.extensions,
    tunnel_lost_at: session.tunnelLostAt,
    now: clock.nowS(),
  }
}

function conductOf(ports: HttpApiPorts, session: Session): SessionView['conduct'] {
  const conduct = ports.sessions.get(session.id)?.conduct
  return {
    paused: conduct?.paused ?? false,
    view_only: conduct?.viewOnly ?? false,
    held: conduct?.held ?? null,
    why: conduct?.why ?? null,
    by: conduct?.by ?? null,
  }
}

const photoUrl = (session: Session): string | null =>
  session.request.technician.photo_sha256 === null ? null : `/api/v1/people/${session.personId}/photo`

function presentService(ports: HttpApiPorts, session: Session, device: Device | undefined, name: string): SessionView['services'][number] {
  const service = device?.services.find((candidate) => candidate.name === name)
  const approved = session.approval?.services.find((candidate) => candidate === name)
  return {
    name,
    title: service?.title ?? name,
    kind: service?.kind ?? 'tcp',
    approved: approved !== undefined,
    open_streams: approved === undefined ? 0 : (ports.sessions.get(session.id)?.openStreams(approved) ?? 0),
  }
}
