import { ActionIcon, Button, TagsInput } from '@mantine/core'
import { IconPlus, IconTrash } from '@tabler/icons-react'
import { useState } from 'react'
import { useFormWords } from '../words/form-words.ts'
import { ClockField } from './clock-field.tsx'
import type { SectionProps } from './data-form.tsx'
import { membersAt, valueAt } from './edit-document.ts'
import type { Json } from './edit-document.ts'
import { FormSection } from './form-section.tsx'
import { NamedRows } from './named-rows.tsx'
import { isDate, nextOpening, readOpenings, usualOpening } from './openings.ts'
import type { OpeningValue } from './openings.ts'
import { useDataFile } from './use-data-file.ts'

const path = 'data/opening_hours.json'
const place = ['opening_hours', 'site']
const weekdays = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const
const workingWeek = { week: Object.fromEntries(weekdays.slice(0, 5).map((day) => [day, [{ ...usualOpening }]])), closed: [] }

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
        renderRow={(site) => (
          <>
            {weekdays.map((day) => (
              <DayHours
                key={day}
                day={words.hours.weekdays[day]}
                site={site}
                openings={readOpenings(valueAt(document, [...place, site, 'week', day]))}
                onChange={(openings) =>
                  set([...place, site, 'week', day], openings.length === 0 ? undefined : openings.map((one) => ({ ...one })))
                }
              />
            ))}
            <ClosedDays value={valueAt(document, [...place, site, 'closed'])} onChange={(days) => set([...place, site, 'closed'], days)} />
          </>
        )}
      />
    </FormSection>
  )
}

interface DayHoursProps {
  readonly day: string
  readonly site: string
  readonly openings: readonly OpeningValue[]
  readonly onChange: (openings: readonly OpeningValue[]) => void
}

const DayHours = ({ day, site, openings, onChange }: DayHoursProps) => {
  const words = useFormWords()
  const change = (index: number, opening: OpeningValue | null): void =>
    onChange(openings.flatMap((other, at) => (at !== index ? [other] : opening === null ? [] : [opening])))
  return (
    <div className="weekday" role="group" aria-label={words.hours.on(day, site)}>
      <div className="weekday-name">
        <span>{day}</span>
        {openings.length === 0 ? <span className="quiet">{words.hours.closed}</span> : null}
      </div>
      <div className="openings">
        {openings.map((opening, index) => (
          // An opening has no name of its own. oxlint-disable-next-line react/no-array-index-key
          <div key={index} className="opening">
            <ClockField label={words.hours.from} value={opening.from} onChange={(from) => change(index, { ...opening, from })} />
            <ClockField
              label={words.hours.until}
              value={opening.to}
              problem={opening.from < opening.to ? null : words.hours.endsBefore}
              onChange={(to) => change(index, { ...opening, to })}
            />
            <ActionIcon color="danger" aria-label={words.hours.remove(index + 1, day)} onClick={() => change(index, null)}>
              <IconTrash size={22} aria-hidden="true" />
            </ActionIcon>
          </div>
        ))}
        <Button
          variant="subtle"
          aria-label={words.hours.addOn(day)}
          leftSection={<IconPlus size={20} aria-hidden="true" />}
          onClick={() => onChange([...openings, nextOpening(openings)])}
        >
          {words.hours.add}
        </Button>
      </div>
    </div>
  )
}

const ClosedDays = ({ value, onChange }: { readonly value: Json | undefined; readonly onChange: (days: Json) => void }) => {
  const words = useFormWords()
  const [bad, setBad] = useState<string | null>(null)
  return (
    <TagsInput
      className="whole-row"
      label={words.hours.closedDays}
      description={words.hours.closedDaysHint}
      value={Array.isArray(value) ? value.map(String) : []}
      error={bad === null ? null : words.hours.badDate(bad)}
      onChange={(next) => {
        const wrong = next.find((day) => !isDate(day))
        setBad(wrong ?? null)
        if (wrong === undefined) onChange(next.toSorted())
      }}
    />
  )
}
