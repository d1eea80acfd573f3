import { ActionIcon, Button, TagsInput, TextInput } from '@mantine/core'
import { IconPlus, IconTrash } from '@tabler/icons-react'
import { useFormWords } from '../words/form-words.ts'
import type { SectionProps } from './data-form.tsx'
import { membersAt } from './edit-document.ts'
import type { Json } from './edit-document.ts'
import { FormSection } from './form-section.tsx'
import { NamedRows } from './named-rows.tsx'
import { readRequestRules } from './request-rules.ts'
import { useDataFile } from './use-data-file.ts'

const path = 'data/request_rules.json'
const ofLine = ['request_rules', 'product_line']
const ofService = ['request_rules', 'service']
const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']

/** Methods and paths that are refused on the pages of a product line, or of a service wherever it is. */
export const RequestsSection = ({ draft, editable, onOpen }: SectionProps) => {
  const words = useFormWords()
  const file = useDataFile(draft, path)
  const { set } = file
  const rows = (place: readonly string[]) => {
    const lists = membersAt(file.document ?? undefined, place)
    return {
      names: Object.keys(lists),
      onAdd: (name: string) => set([...place, name], [newRule]),
      onRemove: (name: string) => set([...place, name], undefined),
      renderRow: (name: string) => <RuleList of={name} value={lists[name]} onChange={(rules) => set([...place, name], rules)} />,
    }
  }
  return (
    <FormSection title={words.requests.title} text={words.requests.text} path={path} file={file} editable={editable} onOpen={onOpen}>
      <NamedRows
        {...rows(ofLine)}
        title={words.byLine}
        nameLabel={words.training.line}
        nameHint={words.training.lineHint}
        emptyText={words.requests.noLine}
      />
      <NamedRows
        {...rows(ofService)}
        title={words.byService}
        nameLabel={words.requests.service}
        nameHint={words.requests.serviceHint}
        emptyText={words.requests.noService}
      />
    </FormSection>
  )
}

const newRule = { effect: 'deny', methods: ['POST'], path: '/*' }

const RuleList = ({
  of,
  value,
  onChange,
}: {
  readonly of: string
  readonly value: Json | undefined
  readonly onChange: (rules: Json) => void
}) => {
  const words = useFormWords()
  const rules = readRequestRules(value)
  const change = (index: number, rule: Json | null): void =>
    onChange(rules.flatMap((other, at): readonly Json[] => (at !== index ? [{ ...other }] : rule === null ? [] : [rule])))
  return (
    <>
      {rules.map((rule, index) => (
        // A rule has no name of its own. oxlint-disable-next-line react/no-array-index-key
        <div key={index} className="request-rule">
          <TagsInput
            label={words.requests.methods}
            data={methods}
            value={[...rule.methods]}
            onChange={(next) => change(index, { ...rule, methods: next.map((method) => method.toUpperCase()) })}
          />
          <TextInput
            label={words.requests.path}
            description={words.requests.pathHint}
            value={rule.path}
            error={rule.path.startsWith('/') ? null : words.requests.badPath}
            onChange={(event) => change(index, { ...rule, path: event.currentTarget.value })}
          />
          <ActionIcon color="danger" aria-label={words.requests.remove(index + 1, of)} onClick={() => change(index, null)}>
            <IconTrash size={22} aria-hidden="true" />
          </ActionIcon>
        </div>
      ))}
      <Button
        variant="subtle"
        leftSection={<IconPlus size={20} aria-hidden="true" />}
        onClick={() => onChange([...rules.map((rule) => ({ ...rule })), newRule])}
      >
        {words.requests.add}
      </Button>
    </>
  )
}
