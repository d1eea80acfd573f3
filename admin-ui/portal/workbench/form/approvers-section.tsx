import { TagsInput } from '@mantine/core'
import { useFormWords } from '../words/form-words.ts'
import type { SectionProps } from './data-form.tsx'
import { membersAt } from './edit-document.ts'
import { FormSection } from './form-section.tsx'
import { NamedRows } from './named-rows.tsx'
import { useDataFile } from './use-data-file.ts'

const path = 'data/approvers.json'
const place = ['approvers', 'site']

/** Who at a site may let somebody in; a site that is not listed asks for nobody in particular. */
export const ApproversSection = ({ draft, editable, onOpen }: SectionProps) => {
  const words = useFormWords()
  const file = useDataFile(draft, path)
  const { set } = file
  const sites = membersAt(file.document ?? undefined, place)
  return (
    <FormSection title={words.approvers.title} text={words.approvers.text} path={path} file={file} editable={editable} onOpen={onOpen}>
      <NamedRows
        names={Object.keys(sites)}
        nameLabel={words.site}
        nameHint={words.siteHint}
        emptyText={words.approvers.none}
        onAdd={(site) => set([...place, site], [])}
        onRemove={(site) => set([...place, site], undefined)}
        renderRow={(site) => {
          const names = sites[site]
          return (
            <TagsInput
              label={words.approvers.names}
              description={words.approvers.namesHint}
              value={Array.isArray(names) ? names.map(String) : []}
              onChange={(next) => set([...place, site], next)}
            />
          )
        }}
      />
    </FormSection>
  )
}
