import { STATUS_CODES } from 'node:http'
import type { ClientRequest, IncomingMessage } from 'node:http'

/** 100 and 103 are dropped here; a machine that says nothing else must not keep us busy. */
const maxInterimAnswers = 10

export function boundInterimAnswers(upstream: ClientRequest): void {
  let interim = 0
  upstream.on('information', () => {
    if (++interim > maxInterimAnswers) upstream.destroy()
  })
}

/** The parser takes any three digits for a status, and any number behind `HTTP/`; what cannot be written again is no answer. */
export const isWritable = ({ statusCode = 0, httpVersionMajor }: IncomingMessage): boolean => statusCode >= 200 && httpVersionMajor === 1

/**
 * Our own words for a machine's status. Its words reach nobody: a reason that Node cannot write back would stay in the answer, and end us with the next
 * try.
 */
export const reasonOf = ({ statusCode = 0 }: IncomingMessage): string => STATUS_CODES[statusCode] ?? 'Unknown'
