import { useFormWords } from '../words/form-words.ts'
import type { SectionProps } from './data-form.tsx'
import { membersAt, valueAt } from './edit-document.ts'
import { FormSection } from './form-section.tsx'
import { NumberField } from './number-field.tsx'
import { useDataFile } from './use-data-file.ts'

const path = 'data/limits.json'
const minutesOf = (seconds: unknown): number => Math.round(Number(seconds) / 60)
const dayMinutes = 24 * 60

/** How long a session may last, for each kind of service, and how often it may be extended. */
export const LimitsSection = ({ draft, editable, onOpen }: SectionProps) => {
  const words = useFormWords()
  const file = useDataFile(draft, path)
  const { document, set } = file
  return (
    <FormSection title={words.limits.title} text={words.limits.text} path={path} file={file} editable={editable} onOpen={onOpen}>
      <div className="named-fields">
        {Object.entries(membersAt(document ?? undefined, ['limits', 'max_duration_s'])).map(([kind, seconds]) => (
          <NumberField
            key={kind}
            label={words.limits.duration(words.kinds[kind] ?? kind)}
            value={minutesOf(seconds)}
            least={1}
            most={dayMinutes}
            onChange={(minutes) => set(['limits', 'max_duration_s', kind], minutes * 60)}
          />
        ))}
        <NumberField
          label={words.limits.whole}
          value={minutesOf(valueAt(document ?? undefined, ['limits', 'default_duration_s']) ?? 0)}
          least={1}
          most={dayMinutes}
          onChange={(minutes) => set(['limits', 'default_duration_s'], minutes * 60)}
        />
        <NumberField
          label={words.limits.extensions}
          value={Number(valueAt(document ?? undefined, ['limits', 'max_extensions']) ?? 0)}
          least={0}
          most={100}
          onChange={(count) => set(['limits', 'max_extensions'], count)}
        />
      </div>
    </FormSection>
  )
}
