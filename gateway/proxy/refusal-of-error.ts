import { isCodedError } from '../basics/coded-error.ts'
import { refuse, type Refusal } from './refusal.ts'

/** An agent's `StreamRefusal`, from a CONNECT or from the answer that it wrote in the service's place. */
export function refusalOfAgent(code: string): Refusal {
  switch (code) {
    case 'no_approval':
    case 'expired':
      return refuse('session_over', 'session_over')
    case 'service_not_approved':
    case 'switch_off':
    case 'unknown_service':
      return refuse('not_open', code)
    case 'view_only':
      return refuse('view_only', code)
    case 'too_many_streams':
    case 'too_many_streams_of_person':
      return refuse('too_many', code)
    case 'bad_request':
      return refuse('bad_request', 'machine_refused_request')
    default:
      return refuse('service_not_answering', 'service_unreachable')
  }
}

/** What the browser is told about a failure on the way to the machine. */
export function refusalOfError(error: unknown): Refusal {
  if (!isCodedError(error)) return refuse('service_not_answering', 'service_unreachable')
  if (error.code === 'device_gone' || error.code === 'device_offline' || error.code === 'device_timeout')
    return refuse('machine_offline', 'machine_offline')
  return refusalOfAgent(error.code)
}
