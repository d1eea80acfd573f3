import type { Draft } from '../../../../gateway/http-api/contract/policy-drafts.ts'
import { useMe } from '../../parts/me-context.tsx'
import { canEditPolicy } from '../../parts/roles.ts'
import { useFormWords } from '../words/form-words.ts'
import { ApproversSection } from './approvers-section.tsx'
import { HoursSection } from './hours-section.tsx'
import { LimitsSection } from './limits-section.tsx'
import { RegionsSection } from './regions-section.tsx'
import { RequestsSection } from './requests-section.tsx'
import { TrainingSection } from './training-section.tsx'

export interface SectionProps {
  readonly draft: Draft
  readonly editable: boolean
  readonly onOpen: (path: string) => void
}

const sections = [RegionsSection, TrainingSection, LimitsSection, HoursSection, ApproversSection, RequestsSection]

/** The common changes, without Rego: each section writes one data file of the draft. Tests, matrix and replay beside it say what that does. */
export const DataForm = ({ draft, onOpen }: { readonly draft: Draft; readonly onOpen: (path: string) => void }) => {
  const words = useFormWords()
  const me = useMe()
  return (
    <div className="data-form">
      <h2>{words.title}</h2>
      <p className="quiet">{words.text}</p>
      {sections.map((Section, index) => (
        // The sections are always the same. oxlint-disable-next-line react/no-array-index-key
        <Section key={index} draft={draft} editable={canEditPolicy(me)} onOpen={onOpen} />
      ))}
    </div>
  )
}
