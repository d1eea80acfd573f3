import { Checkbox, TagsInput } from '@mantine/core'
import { useFormWords } from '../words/form-words.ts'
import type { SectionProps } from './data-form.tsx'
import { membersAt, valueAt } from './edit-document.ts'
import { FormSection } from './form-section.tsx'
import { NamedRows } from './named-rows.tsx'
import { useDataFile } from './use-data-file.ts'

const path = 'data/regions.json'
const place = ['regions', 'covers']
const onlyListed = ['regions', 'only_listed']

/** Which regions a larger region covers: whoever is responsible for that one is for these as well. */
export const RegionsSection = ({ draft, editable, onOpen }: SectionProps) => {
  const words = useFormWords()
  const file = useDataFile(draft, path)
  const { set } = file
  const regions = membersAt(file.document ?? undefined, place)
  return (
    <FormSection title={words.regions.title} text={words.regions.text} path={path} file={file} editable={editable} onOpen={onOpen}>
      <Checkbox
        label={words.regions.onlyListed}
        description={words.regions.onlyListedHint}
        checked={valueAt(file.document ?? undefined, onlyListed) === true}
        onChange={(event) => set(onlyListed, event.currentTarget.checked)}
      />
      <NamedRows
        names={Object.keys(regions)}
        nameLabel={words.regions.name}
        nameHint={words.regions.nameHint}
        emptyText={words.regions.none}
        onAdd={(region) => set([...place, region], [])}
        onRemove={(region) => set([...place, region], undefined)}
        renderRow={(region) => {
          const covered = regions[region]
          return (
            <TagsInput
              label={words.regions.covers}
              description={words.regions.coversHint}
              value={Array.isArray(covered) ? covered.map(String) : []}
              onChange={(next) => set([...place, region], next)}
            />
          )
        }}
      />
    </FormSection>
  )
}
