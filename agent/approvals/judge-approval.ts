import { AgentError } from '../basics/agent-error.ts'
import type { IdentifiedOperator } from '../operators/operator.ts'
import type { ServiceTable } from '../services/service-table.ts'
import type { ApprovalMode } from '../wire/approval.ts'
import type { LiveSession, PendingRequest } from './approval-state.ts'

/** What the operator chose: never more than was asked. */
export interface ApprovalChoice {
  readonly operator: IdentifiedOperator
  readonly services?: readonly string[] | undefined
  readonly durationS?: number | undefined
}

export interface ApprovalTerms {
  readonly operator: Pick<IdentifiedOperator, 'name' | 'proof'>
  readonly services: readonly string[]
  readonly expiresAtS: number
  readonly mode: ApprovalMode
}

export interface JudgeApprovalOptions {
  readonly pending: PendingRequest
  readonly live: LiveSession | null
  readonly choice: ApprovalChoice
  readonly services: ServiceTable
  readonly nowS: number
}

/**
 * What the press means, in the terms that are signed.
 *
 * @throws AgentError `bad_request`, `switch_off`, `no_such_request`
 */
export function judgeApproval(options: JudgeApprovalOptions): ApprovalTerms {
  const { pending, live, choice, nowS } = options
  const { request } = pending
  const services = choice.services ?? request.services
  if (
    services.length === 0 ||
    new Set(services).size !== services.length ||
    services.some((service) => !request.services.includes(service))
  ) {
    throw new AgentError({ code: 'bad_request', message: 'Choose at least one of the services that were asked for, and no others.' })
  }
  const off = services.find((service) => !options.services.isOn(service))
  if (off !== undefined)
    throw new AgentError({
      code: 'switch_off',
      message: `${options.services.title(off)} is switched off. Switch it on first, or leave it out.`,
    })
  const durationS = choice.durationS ?? request.duration_s
  if (!Number.isInteger(durationS) || durationS < 1 || durationS > request.duration_s) {
    throw new AgentError({ code: 'bad_request', message: `Choose a time of 1 to ${request.duration_s} seconds.` })
  }
  if (request.kind === 'extend' && live?.id !== request.session)
    throw new AgentError({ code: 'no_such_request', message: 'The session is over.' })
  const from = request.kind === 'extend' && live !== null ? live.expiresAtS : nowS
  return { operator: choice.operator, services: [...services], expiresAtS: from + durationS, mode: 'attended' }
}
