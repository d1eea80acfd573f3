import { isCodedError, type ErrorRemedy } from '../../basics/coded-error.ts'
import type { Logger } from '../../basics/logger.ts'
import { refuse, type Refusal, type RefusalKind } from '../refusal.ts'

const kindOf: Readonly<Record<ErrorRemedy, RefusalKind>> = {
  fix: 'bad_request',
  retry: 'unavailable',
  sign_in: 'not_yours',
  forbidden: 'not_allowed',
  not_found: 'not_found',
  gone: 'session_over',
  conflict: 'not_open',
  bug: 'unavailable',
}

/** What sessions refuse, as the bar's page reads it. An unknown error says nothing of itself. */
export function refusalOfCoded(error: unknown, logger: Logger): Refusal {
  if (!isCodedError(error)) {
    logger.error({ err: error }, 'a request to a bar failed')
    return refuse('unavailable', 'internal', { status: 500, close: true })
  }
  const status = error.details['status'] === 429 ? { status: 429 } : {}
  return refuse(kindOf[error.remedy], error.code, { ...status, message: error.message, close: false })
}
