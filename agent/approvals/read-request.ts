import { createHash } from 'node:crypto'
import { AgentError } from '../basics/agent-error.ts'
import type { FieldProblem } from '../basics/agent-error.ts'
import { readFields } from '../settings/field-reader.ts'
import type { FieldReader } from '../settings/field-reader.ts'
import type { ShowRequestBody } from '../wire/agent-api.ts'
import type { SessionRequest } from '../wire/session-request.ts'
import { helpCallId } from '../wire/help-call.ts'
import { jpegSide } from './jpeg-side.ts'

const maxPhotoBytes = 64 * 1024
/** 64 KB can claim four thousand million pixels, and the panel's browser would have to hold them all. */
const maxPhotoSide = 4_096
const base64Sha256 = { pattern: /^[A-Za-z0-9+/]{43}=$/, meaning: 'base64 of 32 bytes' }
const longestDurationS = 7 * 86_400

/**
 * Reads the body of `PUT /v1/sessions/{id}`. A member that this agent does not know is refused: whoever presses must have been shown
 * everything (session-request.ts).
 *
 * @throws AgentError `bad_request` with every problem
 */
export function readShowRequest(value: unknown): ShowRequestBody {
  const problems: FieldProblem[] = []
  const body = readFields(value, '', problems)
  const fields = body.object('request')
  const request = fields === null ? null : readRequest(fields)
  const photo = body.nullableText('photo', { maxLength: Math.ceil(maxPhotoBytes / 3) * 4 })
  body.noOthers()
  if (problems.length === 0 && request !== null) {
    const problem = photoProblem(photo, request.technician.photo_sha256)
    if (problem !== null) problems.push({ path: 'photo', message: problem })
  }
  if (problems.length > 0 || request === null) throw badRequest(problems)
  return { request, photo }
}

function readRequest(fields: FieldReader): SessionRequest {
  const unixTime = { min: 1, max: 2 ** 40 }
  const technician = fields.object('technician')
  const request: SessionRequest = {
    v: fields.integer('v', { min: 1, max: 1 }) as 1,
    kind: fields.choice('kind', ['open', 'extend']),
    session: fields.text('session', { pattern: /^ses_[0-9a-f]{32}$/, meaning: 'ses_ and 32 hex digits' }),
    device: fields.text('device', { maxLength: 64 }),
    gateway: fields.text('gateway', { maxLength: 255 }),
    technician: {
      id: technician?.text('id', { pattern: /^[\w.:-]{1,64}$/, meaning: 'an id' }) ?? '',
      name: technician?.text('name', { maxLength: 200 }) ?? '',
      organisation: technician?.text('organisation', { maxLength: 200 }) ?? '',
      photo_sha256: technician?.nullableText('photo_sha256', base64Sha256) ?? null,
    },
    services: readNames(fields, 'services'),
    purpose: fields.text('purpose', { maxLength: 2_000, lines: true }),
    ticket: fields.nullableText('ticket', { maxLength: 200 }),
    ...(fields.has('help') ? { help: fields.text('help', { pattern: helpCallId, meaning: 'hlp_ and 32 hex digits' }) } : {}),
    ...(fields.has('record') ? { record: readNames(fields, 'record') } : {}),
    ...(fields.has('pause_unexplained') ? { pause_unexplained: readNames(fields, 'pause_unexplained') } : {}),
    duration_s: fields.integer('duration_s', { min: 1, max: longestDurationS }),
    requested_at: fields.integer('requested_at', unixTime),
    expires_at: fields.integer('expires_at', unixTime),
    salt: fields.text('salt', base64Sha256),
  }
  technician?.noOthers()
  fields.noOthers()
  return request
}

function readNames(fields: FieldReader, member: 'services' | 'record' | 'pause_unexplained'): readonly string[] {
  const found = fields.list(member)
  const names = found.filter((name): name is string => typeof name === 'string' && /^[a-z][a-z0-9-]{0,31}$/.test(name))
  if (found.length < 1 || found.length > 16 || names.length !== found.length || new Set(names).size !== names.length) {
    fields.problem(member, 'must be 1 to 16 different service names')
  }
  return names
}

function photoProblem(photo: string | null, sha256: string | null): string | null {
  if ((photo === null) !== (sha256 === null)) return 'must be there exactly when technician.photo_sha256 is'
  if (photo === null) return null
  const bytes = Buffer.from(photo, 'base64')
  if (bytes.toString('base64') !== photo) return 'must be standard base64'
  if (bytes.length > maxPhotoBytes) return `must not be larger than ${maxPhotoBytes} bytes`
  const side = jpegSide(bytes)
  if (side === null) return 'must be a JPEG'
  if (side > maxPhotoSide) return `must not have more than ${maxPhotoSide} pixels on a side`
  if (createHash('sha256').update(bytes).digest('base64') !== sha256) return 'is not the one that technician.photo_sha256 names'
  return null
}

function badRequest(problems: readonly FieldProblem[]): AgentError {
  const text = problems
    .slice(0, 20)
    .map((one) => `${one.path}: ${one.message}`)
    .join('; ')
  return new AgentError({ code: 'bad_request', message: text, problems })
}
