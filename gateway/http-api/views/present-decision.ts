import { maskDecision, maskedText, type MaskedDecision } from '../../decisions/export/mask-decision.ts'
import type { DecisionRecord } from '../../decisions/decision.ts'
import { findRule } from '../../policies-admin/language/find-rule.ts'
import type { PolicySources } from '../../policies-admin/policy-files.ts'
import type { LoggedExplanation } from '../../simulations/explain-logged.ts'
import type { DecisionDetail, DecisionRules, DecisionSummary } from '../contract/decision-answers.ts'
import { presentRules } from './present-simulations.ts'

export interface PresentedDecision {
  readonly record: DecisionRecord
  /** Of the machine as it is called now; undefined: it is gone. */
  readonly deviceName: string | undefined
  readonly personal: 'hidden' | 'shown'
}

type Seen = Omit<MaskedDecision, 'masked'> & Pick<DecisionDetail, 'masked'>

const seenOf = ({ record, personal }: PresentedDecision): Seen =>
  personal === 'shown' ? { input: record.input, result: record.result, masked: [] } : maskDecision(record)

export const presentDecision = (shown: PresentedDecision): DecisionSummary => summaryOf(shown, seenOf(shown))

export function presentDecisionDetail(shown: PresentedDecision, reasons: DecisionDetail['reasons']): DecisionDetail {
  const { record } = shown
  const seen = seenOf(shown)
  return { ...summaryOf(shown, seen), revision: record.revision, duration_us: record.durationUs, ...seen, reasons }
}

export interface ExplainedRecord {
  readonly record: DecisionRecord
  readonly explanation: LoggedExplanation
  /** Of the revision that decided. */
  readonly sources: PolicySources
}

/** Codes lead to the texts; a rule's own message is left out where it may name somebody. */
export function presentDecisionRules({ record, explanation: { again, same }, sources }: ExplainedRecord): DecisionRules {
  const { revision, input } = record
  const rules = presentRules(again?.rules ?? null)?.map((rule) => {
    const { denials } = maskDecision({ input, result: { ...record.result, denials: rule.denials } }).result
    return {
      ...rule,
      denials: denials.map((denial) => (denial.message === maskedText ? { ...denial, message: '' } : { ...denial })),
      place: findRule(sources, { rule: rule.rule, codes: denials.map(({ code }) => code) }),
    }
  })
  return { revision, rules: rules ?? null, kept: again !== null, same }
}

function summaryOf({ record, deviceName, personal }: PresentedDecision, { input, result, masked }: Seen): DecisionSummary {
  return {
    id: record.id,
    time_ms: record.evaluatedAt,
    action: input.action,
    person: { id: input.technician.id, name: personal === 'shown' ? input.technician.name : null },
    device: { id: input.device.id, name: deviceName ?? input.device.id },
    service: input.service?.name ?? null,
    session: input.session?.id ?? null,
    allow: result.allow,
    // What a reader's page shows in the place of a hidden message is the text of its code.
    denials: result.denials.map((denial, index) =>
      masked.includes(`/result/denials/${index}/message`) ? { ...denial, message: '' } : { ...denial },
    ),
  }
}
