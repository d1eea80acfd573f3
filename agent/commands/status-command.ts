import { X509Certificate } from 'node:crypto'
import { join } from 'node:path'
import type { AgentSettings } from '../settings/agent-settings.ts'
import { readFileIfThere } from '../state/atomic-file.ts'
import type { AgentStatus } from '../status/agent-status.ts'
import { askStatus } from '../status/ask-status.ts'

export interface StatusCommandOptions {
  readonly settings: AgentSettings
  readonly json: boolean
  readonly nowMs: number
  readonly say: (text: string) => void
}

/** Says what the running agent says about itself. @returns the exit code: 0 when it runs @throws AgentError `no_answer`, `not_allowed` */
export async function statusCommand({ settings, json, nowMs, say }: StatusCommandOptions): Promise<0 | 1> {
  const status = await askStatus(settings.stateDir)
  const endsAtMs = await certificateEnd(settings.stateDir)
  if (json)
    say(
      JSON.stringify({
        schemaVersion: 1,
        running: status !== null,
        certificate: endsAtMs === null ? null : { expires_at: endsAtMs },
        agent: status,
      }),
    )
  else for (const line of status === null ? [`No agent runs with ${settings.stateDir}.`] : told(status, nowMs)) say(line)
  if (!json && endsAtMs !== null) say(`${endsAtMs > nowMs ? 'The certificate ends' : 'The certificate ended'} on ${instant(endsAtMs)}.`)
  return status === null ? 1 : 0
}

/** Of the certificate that the machine shows to the gateway: Unix milliseconds, null where there is none that can be read. */
async function certificateEnd(stateDir: string): Promise<number | null> {
  try {
    const pem = await readFileIfThere(join(stateDir, 'device.crt'))
    return pem === null ? null : new X509Certificate(pem).validToDate.getTime()
  } catch {
    return null
  }
}

function told(status: AgentStatus, nowMs: number): string[] {
  const { connection, device, remote, session, services } = status
  const since = `since ${instant(connection.since)}`
  const reason = connection.reason === null ? '' : ` (${connection.reason})`
  const again = connection.next_attempt_at === null ? '' : `, next attempt ${instant(connection.next_attempt_at)}`
  return [
    `${device.name} (${device.id}, ${device.site}): agent ${status.version} runs as process ${status.pid}.`,
    `Gateway: ${connection.state.replaceAll('_', ' ')}${status.gateway === null ? '' : ` to ${status.gateway}`}${reason}, ${since}${again}.`,
    `Remote service is ${remote.on ? 'on' : 'off: nothing leaves this machine'}.`,
    ...services.map(({ name, kind, enabled, mode, minutes }) => {
      const how = mode === 'reconnect' ? `${mode} within ${minutes} minutes` : mode
      return `  ${name} (${kind}): ${enabled ? how : 'off'}`
    }),
    ...(status.renewal === null ? [] : [`The certificate could not be renewed (${status.renewal.reason}).`]),
    ...toldUpdates(status),
    ...(status.request_waiting ? ['Somebody waits for the press at the panel.'] : []),
    session === null
      ? 'Nobody is in this machine.'
      : `Somebody is in ${session.services.join(', ')} since ${instant(session.started_at)}, for ${Math.max(0, Math.ceil((session.expires_at - nowMs) / 60_000))} more minutes at most${session.paused ? ', paused' : ''}${session.view_only ? ', view only' : ''}.`,
  ]
}

const instant = (ms: number): string => new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z')

/** An agent that is older than this program says nothing of updates. */
function toldUpdates({ updates }: Partial<Pick<AgentStatus, 'updates'>>): string[] {
  const { offer = null, last = null } = updates ?? {}
  const how = { offered: 'waits for the operator', agreed: 'is agreed to', installing: 'is being installed' } as const
  return [
    ...(offer === null
      ? []
      : [`An update to version ${offer.version} ${how[offer.state]}${offer.waits === null ? '' : ` and waits (${offer.waits})`}.`]),
    ...(last === null ? [] : [toldOutcome(last)]),
  ]
}

/** How the last update went. */
export function toldOutcome({ what, version, from, reason, at }: NonNullable<AgentStatus['updates']['last']>): string {
  if (what === 'installed') return `Version ${version} was installed on ${instant(at)}, after ${from}.`
  if (what === 'declined') return `The operator declined version ${version} on ${instant(at)}.`
  if (what === 'rejected') return `An update${version === '?' ? '' : ` to version ${version}`} was not taken on ${instant(at)} (${reason}).`
  return `The update to version ${version} was taken back on ${instant(at)} (${reason}): version ${from} runs.`
}
