import type { RefusalRecord } from './refusal-record.ts'

/** `reason`: why the tunnel ended. What counts is that we ended it, since the gateway sent too much, or what is no HTTP/2. */
export function noteEnd(refusals: RefusalRecord, reason: string): void {
  if (reason === 'flood') refusals.note({ what: 'flood', why: 'too_often', subject: null })
  else if (reason.startsWith('ERR_HTTP2')) refusals.note({ what: 'bytes', why: 'bad_request', subject: null })
}
