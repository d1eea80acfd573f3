import { createHash } from 'node:crypto'
import { readShowRequest } from '../../../../agent/approvals/read-request.ts'
import { canonicalJson } from '../../../../agent/wire/canonical-json.ts'
import { requestDigest } from '../../../../agent/wire/session-request.ts'
import { type FuzzTarget, holds, json, valueOrRefusal } from '../fuzz-target.ts'

const photo = Buffer.from('ffd8ffc00011080010001003012200021101031101ffd9', 'hex')
const request = {
  v: 1,
  kind: 'open',
  session: `ses_${'0'.repeat(32)}`,
  device: 'press-1',
  gateway: 'acme.example',
  technician: { id: 'per_1', name: 'Tina', organisation: 'Acme', photo_sha256: createHash('sha256').update(photo).digest('base64') },
  services: ['hmi'],
  purpose: 'Drive\nparameters',
  ticket: null,
  duration_s: 600,
  requested_at: 1_800_000_000,
  expires_at: 1_800_000_060,
  salt: Buffer.alloc(32).toString('base64'),
}
const withoutPhoto = { request: { ...request, technician: { ...request.technician, photo_sha256: null } }, photo: null }

/** What a captured gateway can ask an agent to show: refused as `bad_request`, or all of it is what the operator sees and signs. */
export const target: FuzzTarget = {
  name: 'show-request',
  covers: ['agent/approvals/read-request.ts', 'agent/approvals/jpeg-side.ts', 'agent/settings/field-reader.ts', 'agent/wire/plain-text.ts'],
  mostBytes: 100 * 1024,
  seeds: [JSON.stringify(withoutPhoto), JSON.stringify({ request, photo: photo.toString('base64') })],
  words: ['"__proto__":{},', '\\u202e', '\\u0000', '\\ud800', '"v":1', '"extend"', '1e400'],
  attempt(bytes) {
    const value = json(bytes)
    const read = valueOrRefusal(['bad_request'], () => readShowRequest(value))
    if (read === undefined) return
    holds(canonicalJson(read) === canonicalJson(value), 'what is shown is not all that was sent')
    holds(requestDigest(read.request).length === 44, 'it has no digest')
    holds(
      read.request.purpose.isWellFormed() && !/[\u202a-\u202e\u2066-\u2069]/u.test(canonicalJson(read.request)),
      'text that turns other text',
    )
  },
}
