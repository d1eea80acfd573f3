import { maskDecision, type MaskedDecision } from '../../decisions/export/mask-decision.ts'
import type { DecisionRecord } from '../../decisions/decision.ts'
import type { DecisionDetail, DecisionSummary } from '../contract/decision-answers.ts'

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
