import { useFormWords } from '../words/form-words.ts'
import type { SectionProps } from './data-form.tsx'
import { membersAt, valueAt } from './edit-document.ts'
import { FormSection } from './form-section.tsx'
import { NamedRows } from './named-rows.tsx'
import { NumberField } from './number-field.tsx'
import { useDataFile } from './use-data-file.ts'

const path = 'data/requirements.json'
const levels = ['requirements', 'training', 'level']
const usual = ['requirements', 'training', 'default_level']

/** Which level of training each product line demands. */
export const TrainingSection = ({ draft, editable, onOpen }: SectionProps) => {
  const words = useFormWords()
  const file = useDataFile(draft, path)
  const { set } = file
  const document = file.document ?? undefined
  const lines = membersAt(document, levels)
  return (
    <FormSection title={words.training.title} text={words.training.text} path={path} file={file} editable={editable} onOpen={onOpen}>
      <NumberField
        label={words.training.usual}
        hint={words.training.levelHint}
        value={Number(valueAt(document, usual) ?? 0)}
        least={0}
        most={3}
        onChange={(level) => set(usual, level)}
      />
      <NamedRows
        names={Object.keys(lines)}
        nameLabel={words.training.line}
        nameHint={words.training.lineHint}
        emptyText={words.training.none}
        onAdd={(line) => set([...levels, line], 1)}
        onRemove={(line) => set([...levels, line], undefined)}
        renderRow={(line) => (
          <NumberField
            label={words.training.level}
            value={Number(lines[line] ?? 0)}
            least={0}
            most={3}
            onChange={(level) => set([...levels, line], level)}
          />
        )}
      />
    </FormSection>
  )
}
