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
const usual = { from_hour: 7, to_hour: 17 }
const workingWeek = Object.fromEntries(weekdays.slice(0, 5).map((day) => [day, usual]))

/** When the machines of a site may be worked on, by the clock of the site. */
export const HoursSection = ({ draft, editable, onOpen }: SectionProps) => {
  const words = useFormWords()
  const file = useDataFile(draft, path)
  const { set } = file
  const document = file.document ?? undefined
  return (
    <FormSection title={words.hours.title} text={words.hours.text} path={path} file={file} editable={editable} onOpen={onOpen}>
      <NamedRows
        names={Object.keys(membersAt(document, place))}
        nameLabel={words.site}
        nameHint={words.siteHint}
        emptyText={words.hours.none}
        onAdd={(site) => set([...place, site], workingWeek)}
        onRemove={(site) => set([...place, site], undefined)}
        renderRow={(site) =>
          weekdays.map((day) => {
            const hours = valueAt(document, [...place, site, day])
            const hour = (which: 'from_hour' | 'to_hour'): number => Number(valueAt(document, [...place, site, day, which]) ?? 0)
            return (
              <div key={day} className="weekday" role="group" aria-label={words.hours.on(words.hours.weekdays[day], site)}>
                <div className="checks">
                  <Checkbox
                    label={words.hours.weekdays[day]}
                    checked={hours !== undefined}
                    onChange={(event) => set([...place, site, day], event.currentTarget.checked ? usual : undefined)}
                  />
                </div>
                {hours === undefined ? (
                  <span className="quiet">{words.hours.closed}</span>
                ) : (
                  <>
                    <NumberField
                      label={words.hours.from}
                      value={hour('from_hour')}
                      least={0}
                      most={23}
                      onChange={(value) => set([...place, site, day, 'from_hour'], value)}
                    />
                    <NumberField
                      label={words.hours.until}
                      value={hour('to_hour')}
                      least={1}
                      most={24}
                      onChange={(value) => set([...place, site, day, 'to_hour'], value)}
                    />
                  </>
                )}
              </div>
            )
          })
        }
      />
    </FormSection>
  )
}
