import { CodedError } from '../../basics/coded-error.ts'
import type { Session, SessionPage } from '../../http-api/contract/sessions.ts'
import type { ApiClient } from './api-client.ts'

export interface Asking {
  readonly machine: string
  readonly service: string
  readonly reason: string | null
  readonly ticket: string | null
  readonly durationS: number
}

const lookEveryMs = 1_000

/** The session that this person has on the machine already, or a new one that its operator is asked for. @throws CodedError `usage` */
export async function ownSession(client: ApiClient, asking: Asking): Promise<{ readonly session: Session; readonly isNew: boolean }> {
  const query = new URLSearchParams({ mine: 'true', live: 'true', machine: asking.machine }).toString()
  const [session] = (await client.get<SessionPage>(`/api/v1/sessions?${query}`)).items
  if (session !== undefined) return { session, isNew: false }
  if (asking.reason === null) {
    throw new CodedError({ code: 'usage', message: 'Say why with --reason: the operator at the machine reads it.', remedy: 'fix' })
  }
  const request = {
    machine: asking.machine,
    services: [asking.service],
    purpose: asking.reason,
    ticket: asking.ticket,
    duration_s: asking.durationS,
  }
  return { session: await client.post<Session>('/api/v1/sessions', request), isNew: true }
}

export interface Watching {
  readonly say: (text: string) => void
  readonly signal: AbortSignal
}

/** Waits for the operator's answer; null when this command was stopped. @throws CodedError `session_over` with how it ended */
export async function untilApproved(client: ApiClient, asked: Session, { say, signal }: Watching): Promise<Session | null> {
  let session = asked
  if (session.approved_at === null) say(`Waiting for the operator at ${session.machine.name} ...`)
  while (session.approved_at === null && session.state !== 'ended') {
    if (!(await pause(signal))) return null
    session = (await look(client, asked.id, signal)) ?? session
  }
  if (session.state === 'ended') throw new CodedError({ code: 'session_over', message: endedText(session), remedy: 'gone' })
  if (asked.approved_at === null) say(`${session.approved_by ?? 'The operator'} allowed it until ${clockTime(session.expires_at)}.`)
  return session
}

/** Null while nobody answers: the gateway may be starting anew, and the session goes on. Whoever stops the command does not wait for it. */
const look = (client: ApiClient, id: string, signal: AbortSignal): Promise<Session | null> =>
  client.get<Session>(`/api/v1/sessions/${id}`, signal).catch((error: unknown) => {
    if (error instanceof CodedError && error.remedy === 'retry') return null
    throw error
  })

/** Resolves with the session when it is over, or null when this command was stopped. Says what happens to it on the way. */
export async function watchSession(client: ApiClient, id: string, { say, signal }: Watching): Promise<Session | null> {
  let expiresAt: number | null = null
  let lost = false
  const warned = new Set<number>()
  for (;;) {
    if (!(await pause(signal))) return null
    const session = await look(client, id, signal)
    if (session === null) continue
    if (session.state === 'ended') return session
    if (expiresAt !== null && session.expires_at !== expiresAt) {
      warned.clear()
      say(`The session now lasts until ${clockTime(session.expires_at)}.`)
    }
    expiresAt = session.expires_at
    const leftS = (session.expires_at ?? session.now) - session.now
    for (const minutes of [5, 1]) {
      if (leftS > minutes * 60 || leftS < minutes * 60 - 30 || warned.has(minutes)) continue
      warned.add(minutes)
      say(minutes === 1 ? 'One minute left.' : `${minutes} minutes left.`)
    }
    if (lost !== (session.tunnel_lost_at !== null)) {
      lost = !lost
      say(lost ? 'The machine is not connected; every connection to it was cut.' : 'The machine is connected again.')
    }
  }
}

const reasons: Readonly<Record<string, string>> = {
  completed: 'it was completed',
  time_limit: 'its time was over',
  refused: 'the operator refused it',
  approval_timeout: 'the operator did not answer in time',
  withdrawn: 'the request was withdrawn',
  policy: 'policy does not allow it any more',
  switch_off: 'the service was switched off',
  device_lost: 'the machine was not connected any more',
  panel_lost: 'the operator’s panel was not connected any more',
  clock: 'a clock was set',
  suspended: 'the machine was suspended',
  revoked: 'the machine was revoked',
  gateway_shutdown: 'the gateway was stopped',
}

/** One sentence: who ended it and why. */
export function endedText({ machine, end_reason: reason, ended_by: by, end_denials: denials }: Session): string {
  const because = reasons[reason ?? '']
  const who = by === null ? '' : ` (${by})`
  const why = denials.map(({ message }) => ` ${message}`).join('')
  if (because !== undefined) return `The session on ${machine.name} ended: ${because}${who}.${why}`
  if (reason === 'ended_by_operator') return `${by ?? 'The operator'} ended the session at ${machine.name}.`
  if (reason === 'ended_by_technician') return `You ended the session on ${machine.name}.`
  return `The session on ${machine.name} ended${who}.${why}`
}

const clockTime = (atS: number | null): string =>
  atS === null ? 'its end' : new Date(atS * 1000).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', timeZoneName: 'short' })

/** False when it was stopped. */
function pause(signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve(false)
    const onAbort = (): void => {
      clearTimeout(timer)
      resolve(false)
    }
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', onAbort)
      resolve(true)
    }, lookEveryMs)
    signal.addEventListener('abort', onAbort, { once: true })
  })
}
