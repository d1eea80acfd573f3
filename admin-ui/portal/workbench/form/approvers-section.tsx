import { Checkbox, NativeSelect, TagsInput } from '@mantine/core'
import { useFormWords } from '../words/form-words.ts'
import type { SectionProps } from './data-form.tsx'
import { membersAt, valueAt } from './edit-document.ts'
import type { Json } from './edit-document.ts'
import { FormSection } from './form-section.tsx'
import { NamedRows } from './named-rows.tsx'
import { useDataFile } from './use-data-file.ts'

const path = 'data/approvers.json'
const sites = ['approvers', 'site']
const lines = ['approvers', 'product_line']
const oneself = ['approvers', 'not_oneself']
const proofs = ['none', 'pin', 'hardware'] as const
const modes = ['attended', 'reconnect', 'planned', 'unattended'] as const

/** Whose approval counts, and how it must have been given; where nothing is said, everybody at the panel may approve. */
export const ApproversSection = ({ draft, editable, onOpen }: SectionProps) => {
  const words = useFormWords()
  const file = useDataFile(draft, path)
  const { set } = file
  const document = file.document ?? undefined
  const rows = (place: readonly string[]) => ({
    names: Object.keys(membersAt(document, place)),
    onAdd: (name: string) => set([...place, name], {}),
    onRemove: (name: string) => set([...place, name], undefined),
    renderRow: (name: string) => (
      <BoundFields
        valueOf={(member) => valueAt(document, [...place, name, member])}
        onChange={(member, value) => set([...place, name, member], value)}
      />
    ),
  })
  return (
    <FormSection title={words.approvers.title} text={words.approvers.text} path={path} file={file} editable={editable} onOpen={onOpen}>
      <Checkbox
        label={words.approvers.oneself}
        description={words.approvers.oneselfHint}
        checked={valueAt(document, oneself) === true}
        onChange={(event) => set(oneself, event.currentTarget.checked)}
      />
      <NamedRows
        {...rows(sites)}
        title={words.bySite}
        nameLabel={words.site}
        nameHint={words.siteHint}
        emptyText={words.approvers.noSite}
      />
      <NamedRows
        {...rows(lines)}
        title={words.byLine}
        nameLabel={words.training.line}
        nameHint={words.training.lineHint}
        emptyText={words.approvers.noLine}
      />
    </FormSection>
  )
}

interface BoundFieldsProps {
  readonly valueOf: (member: string) => Json | undefined
  readonly onChange: (member: string, value: Json | undefined) => void
}

/** What is left empty bounds nothing, and is not in the file. */
const BoundFields = ({ valueOf, onChange }: BoundFieldsProps) => {
  const words = useFormWords()
  const textsOf = (member: string): string[] => {
    const value = valueOf(member)
    return Array.isArray(value) ? value.map(String) : []
  }
  const orNothing = (texts: string[]): Json | undefined => (texts.length === 0 ? undefined : texts)
  const proof = valueOf('proof')
  return (
    <>
      <TagsInput
        className="whole-row"
        label={words.approvers.names}
        description={words.approvers.namesHint}
        value={textsOf('operators')}
        onChange={(names) => onChange('operators', orNothing(names))}
      />
      <NativeSelect
        label={words.approvers.proof}
        data={proofs.map((value) => ({ value, label: words.approvers.proofs[value] }))}
        value={typeof proof === 'string' ? proof : 'none'}
        onChange={(event) => onChange('proof', event.currentTarget.value === 'none' ? undefined : event.currentTarget.value)}
      />
      <Checkbox.Group
        className="whole-row"
        label={words.approvers.modes}
        description={words.approvers.modesHint}
        value={textsOf('modes')}
        onChange={(chosen) => onChange('modes', orNothing(modes.filter((mode) => chosen.includes(mode))))}
      >
        <div className="checks">
          {modes.map((mode) => (
            <Checkbox key={mode} value={mode} label={words.approvers.modeNames[mode]} />
          ))}
        </div>
      </Checkbox.Group>
    </>
  )
}
