import { createHash } from 'node:crypto'
import type { SessionRequest } from '../../agent/wire/session-request.ts'
import { CodedError } from '../basics/coded-error.ts'
import type { Session } from './session.ts'
import type { SessionRoom } from './session-room.ts'

/** Asks the agent to show a request; null when it is shown, else the agent's code. */
export async function showAtMachine(
  room: SessionRoom,
  session: Session,
  asked: SessionRequest,
  photo: Buffer | null,
): Promise<string | null> {
  const link = room.ports.links.get(session.deviceId)
  if (link === undefined) throw machineOffline('The machine')
  const answer = await link.showRequest(asked, photo)
  return answer.shown ? null : answer.code
}

/** Standard base64 of its SHA-256: binds the photo beside a request to the request. */
export const photoDigest = (photo: Buffer | null): string | null =>
  photo === null ? null : createHash('sha256').update(photo).digest('base64')

export const machineOffline = (name: string): CodedError =>
  new CodedError({ code: 'machine_offline', message: `${name} is not connected now. Try again when it is.`, remedy: 'retry' })

const messages: Readonly<Record<string, string>> = {
  busy: 'The machine already shows another request or has a session. Try again later.',
  not_now: 'The operator does not want to be asked now. Try again in a few minutes.',
  not_today: 'The operator does not want to be asked today. Call the site, or try again tomorrow.',
  help_over: 'Nobody at the machine calls for this help any more: somebody else took it, or it was withdrawn.',
  switch_off: 'The service is switched off at the machine.',
  unknown_service: 'The machine does not offer this service any more.',
}

export const notShown = (code: string): CodedError =>
  new CodedError({
    code: code === 'busy' ? 'machine_busy' : code,
    message: messages[code] ?? 'The machine did not show the request.',
    remedy: 'conflict',
  })
