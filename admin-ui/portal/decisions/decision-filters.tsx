import { Button, TextInput } from '@mantine/core'
import type { DecisionSummary } from '../../../gateway/http-api/contract/administration.ts'
import { useLanguage } from '../../words/language.tsx'
import { FilterSelect } from '../parts/filter-select.tsx'
import { SearchField } from '../parts/search-field.tsx'
import { useFilters } from '../parts/use-filters.ts'
import { useReasons } from '../parts/use-reasons.ts'
import { usePortalWords } from '../words/portal-words.ts'
import { shortId } from './decision-sentence.ts'

const filterNames = ['search', 'allow', 'action', 'person', 'device', 'session', 'code', 'revision', 'from_ms', 'until_ms'] as const

/** What of the log is shown; all of it is in the address. */
export const useDecisionFilters = () => useFilters(filterNames)

interface DecisionFiltersProps {
  readonly found: ReturnType<typeof useDecisionFilters>
  /** Whether names are shown. */
  readonly shown: boolean
  readonly known: (choiceOf: (item: DecisionSummary) => Choice) => Choice[]
}

interface Choice {
  readonly value: string
  readonly label: string
}

export const DecisionFilters = ({ found, shown, known }: DecisionFiltersProps) => {
  const all = usePortalWords()
  const words = all.decisions
  const { language } = useLanguage()
  const { denials } = useReasons()
  const { filters, set, clear, any } = found
  const personOf = ({ person: { id, name } }: DecisionSummary): Choice => ({
    value: id,
    label: (shown ? name : null) ?? words.hiddenPerson(shortId(id)),
  })
  const reasons = Object.entries(denials).map(([value, text]) => ({ value, label: text[language].reason }))
  return (
    <div className="filters" role="search">
      <SearchField label={words.search} hint={words.searchHint} value={filters.search} onChange={(value) => set('search', value)} />
      <FilterSelect
        label={words.outcome}
        value={filters.allow}
        options={[
          { value: 'true', label: words.allowed },
          { value: 'false', label: words.denied },
        ]}
        onChange={(value) => set('allow', value)}
      />
      <FilterSelect
        label={words.action}
        value={filters.action}
        options={Object.entries(words.actionNames).map(([value, label]) => ({ value, label }))}
        onChange={(value) => set('action', value)}
      />
      <FilterSelect
        label={words.code}
        value={filters.code}
        options={reasons.toSorted((a, b) => a.label.localeCompare(b.label))}
        onChange={(value) => set('code', value)}
      />
      <FilterSelect label={words.person} value={filters.person} options={known(personOf)} onChange={(value) => set('person', value)} />
      <FilterSelect
        label={words.device}
        value={filters.device}
        options={known(({ device }) => ({ value: device.id, label: device.name }))}
        onChange={(value) => set('device', value)}
      />
      <InstantFilter label={words.from} value={filters.from_ms} onChange={(value) => set('from_ms', value)} />
      <InstantFilter label={words.until} value={filters.until_ms} onChange={(value) => set('until_ms', value)} />
      {/* Nobody types these: a link of another page brought them. */}
      {(['session', 'revision'] as const).map((name) =>
        filters[name] === undefined ? null : (
          <FilterSelect key={name} label={words[name]} value={filters[name]} options={[]} onChange={(value) => set(name, value)} />
        ),
      )}
      {any ? (
        <Button variant="outline" className="filter-clear" onClick={clear}>
          {all.clearFilters}
        </Button>
      ) : null}
    </div>
  )
}

interface InstantFilterProps {
  readonly label: string
  /** Unix milliseconds, as the address has it. */
  readonly value: string | undefined
  readonly onChange: (value: string) => void
}

/** In the reader's own time; the address and the API have an instant. */
const InstantFilter = ({ label, value, onChange }: InstantFilterProps) => (
  <TextInput
    type="datetime-local"
    label={label}
    value={localOf(Number(value ?? Number.NaN))}
    onChange={(event) => {
      const at = new Date(event.currentTarget.value).getTime()
      onChange(Number.isNaN(at) ? '' : String(at))
    }}
  />
)

function localOf(ms: number): string {
  const at = new Date(ms)
  if (Number.isNaN(at.getTime())) return ''
  return new Date(ms - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16)
}
