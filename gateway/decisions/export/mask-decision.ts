import type { DecisionInput } from '../decision-input.ts'
import type { DecisionResult } from '../decision-result.ts'
import type { DecisionRecord } from '../decision.ts'

/** Stands where something of a person was: a text, so that an input keeps the shape that the policy's contract demands. */
export const maskedText = '**REDACTED**'

export interface MaskedDecision extends Pick<DecisionRecord, 'input' | 'result'> {
  /** JSON pointers (RFC 6901) to what was put out of sight, below `/input` and `/result`. */
  readonly masked: string[]
}

/**
 * A decision without what names a person or says what she wrote: her name, the operator's, purpose and ticket, the address. What the rules judged
 * by stays (regions, permissions, trainings, times), and so does her id: it is a pseudonym that ties the decisions of one person together.
 */
export function maskDecision({ input, result }: Pick<DecisionRecord, 'input' | 'result'>): MaskedDecision {
  const { shown, masked, gone } = hideIn(input)
  return { input: shown, result: withoutMentions(result, [...gone], masked), masked }
}

/** The input alone, as {@link maskDecision} shows it. */
export const maskedInput = (input: DecisionInput): DecisionInput => hideIn(input).shown

function hideIn(input: DecisionInput): { readonly shown: DecisionInput; readonly masked: string[]; readonly gone: ReadonlySet<string> } {
  const masked: string[] = []
  const gone = new Set<string>()
  const hide = <Value extends string | null>(pointer: string, value: Value): Value | typeof maskedText => {
    if (value === null || value === '') return value
    masked.push(pointer)
    gone.add(value)
    return maskedText
  }
  const { technician, approval, session, context } = input
  const shown: DecisionInput = {
    ...input,
    technician: { ...technician, name: hide('/input/technician/name', technician.name) },
    approval: approval && { ...approval, operator: hide('/input/approval/operator', approval.operator) },
    session: session && {
      ...session,
      purpose: hide('/input/session/purpose', session.purpose),
      ticket: hide('/input/session/ticket', session.ticket),
    },
    context: { ...context, ip: hide('/input/context/ip', context.ip) },
  }
  return { shown, masked, gone }
}

/** A policy writes its own messages, and may have put into one of them what was hidden above. */
function withoutMentions(result: DecisionResult, gone: readonly string[], masked: string[]): DecisionResult {
  const denials = result.denials.map((denial, index) => {
    if (!gone.some((text) => denial.message.includes(text))) return denial
    masked.push(`/result/denials/${index}/message`)
    return { ...denial, message: maskedText }
  })
  return { ...result, denials }
}
