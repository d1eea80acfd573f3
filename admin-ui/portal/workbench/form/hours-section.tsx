import { Checkbox } from '@mantine/core'
import { useFormWords } from '../words/form-words.ts'
import type { SectionProps } from './data-form.tsx'
import { membersAt, valueAt } from './edit-document.ts'
import { FormSection } from './form-section.tsx'
import { NamedRows } from './named-rows.tsx'
import { NumberField } from './number-field.tsx'
import { useDataFile } from './use-data-file.ts'

const path = 'data/opening_hours.json'
const place = ['opening_hours', 'site']
const weekdays = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const
const working = weekdays.slice(0, 5)

/** When the machines of a site may be worked on, by the clock of the site. */
export const HoursSection = ({ draft, editable, onOpen }: SectionProps) => {
  const words = useFormWords()
  const file = useDataFile(draft, path)
  const { set } = file
  const document = file.document ?? undefined
  const sites = membersAt(document, place)
  const daysOf = (site: string): readonly string[] => {
    const days = valueAt(document, [...place, site, 'weekdays'])
    return Array.isArray(days) ? days.map(String) : []
  }
  return (
    <FormSection title={words.hours.title} text={words.hours.text} path={path} file={file} editable={editable} onOpen={onOpen}>
      <NamedRows
        names={Object.keys(sites)}
        nameLabel={words.site}
        nameHint={words.siteHint}
        emptyText={words.hours.none}
        onAdd={(site) => set([...place, site], { weekdays: [...working], from_hour: 7, until_hour: 17 })}
        onRemove={(site) => set([...place, site], undefined)}
        renderRow={(site) => (
          <>
            <NumberField
              label={words.hours.from}
              value={Number(valueAt(document, [...place, site, 'from_hour']) ?? 0)}
              least={0}
              most={23}
              onChange={(hour) => set([...place, site, 'from_hour'], hour)}
            />
            <NumberField
              label={words.hours.until}
              value={Number(valueAt(document, [...place, site, 'until_hour']) ?? 24)}
              least={1}
              most={24}
              onChange={(hour) => set([...place, site, 'until_hour'], hour)}
            />
            <div className="checks weekday-checks" role="group" aria-label={words.hours.days}>
              {weekdays.map((day) => (
                <Checkbox
                  key={day}
                  label={words.hours.weekdays[day]}
                  checked={daysOf(site).includes(day)}
                  onChange={(event) => {
                    const chosen = event.currentTarget.checked ? [...daysOf(site), day] : daysOf(site).filter((other) => other !== day)
                    set(
                      [...place, site, 'weekdays'],
                      weekdays.filter((one) => chosen.includes(one)),
                    )
                  }}
                />
              ))}
            </div>
          </>
        )}
      />
    </FormSection>
  )
}
