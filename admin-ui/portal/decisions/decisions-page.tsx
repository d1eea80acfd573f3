import { Button } from '@mantine/core'
import { Link, useLocation } from 'wouter'
import type { DecisionSummary } from '../../../gateway/http-api/contract/administration.ts'
import { ExactTime } from '../../look/exact-time.tsx'
import { StateBadge } from '../../look/state-badge.tsx'
import { useLanguage } from '../../words/language.tsx'
import { useApi } from '../api/api-context.tsx'
import { FilterSelect } from '../parts/filter-select.tsx'
import { ListFrame } from '../parts/list-frame.tsx'
import { Page } from '../parts/page.tsx'
import { useFilters } from '../parts/use-filters.ts'
import { usePages } from '../parts/use-pages.ts'
import { useReasons } from '../parts/use-reasons.ts'
import { usePortalWords } from '../words/portal-words.ts'
import { DecisionDrawer } from './decision-drawer.tsx'
import { decisionSentence } from './decision-sentence.ts'

const filterNames = ['allow', 'action', 'person', 'device', 'session'] as const

/** Why was somebody let in or not. */
export const DecisionsPage = ({ open }: { readonly open: string | null }) => {
  const words = usePortalWords()
  const api = useApi()
  const [, navigate] = useLocation()
  const { filters, set, clear, any } = useFilters(filterNames)
  const { query, items, known } = usePages('decisions', filters, (page) => api.decisions(page))
  return (
    <Page title={words.decisions.title}>
      <div className="filters" role="search">
        <FilterSelect
          label={words.decisions.outcome}
          value={filters.allow}
          options={[
            { value: 'true', label: words.decisions.allowed },
            { value: 'false', label: words.decisions.denied },
          ]}
          onChange={(value) => set('allow', value)}
        />
        <FilterSelect
          label={words.decisions.action}
          value={filters.action}
          options={Object.entries(words.decisions.actionNames).map(([value, label]) => ({ value, label }))}
          onChange={(value) => set('action', value)}
        />
        <FilterSelect
          label={words.decisions.person}
          value={filters.person}
          options={known(({ person }) => ({ value: person.id, label: person.name }))}
          onChange={(value) => set('person', value)}
        />
        <FilterSelect
          label={words.decisions.device}
          value={filters.device}
          options={known(({ device }) => ({ value: device.id, label: device.name }))}
          onChange={(value) => set('device', value)}
        />
        {any ? (
          <Button variant="outline" className="filter-clear" onClick={clear}>
            {words.clearFilters}
          </Button>
        ) : null}
      </div>
      <ListFrame query={query} count={items.length} empty={<p>{any ? words.decisions.emptyFiltered : words.decisions.empty}</p>}>
        <ul className="rows" aria-label={words.decisions.list}>
          {items.map((decision) => (
            <DecisionRow key={decision.id} decision={decision} />
          ))}
        </ul>
      </ListFrame>
      <DecisionDrawer id={open} onClose={() => navigate(`/decisions${location.search}`)} />
    </Page>
  )
}

const DecisionRow = ({ decision }: { readonly decision: DecisionSummary }) => {
  const words = usePortalWords().decisions
  const { language } = useLanguage()
  const reasons = useReasons()
  return (
    <li className="card row-decision">
      <StateBadge look={decision.allow ? 'good' : 'bad'} word={decision.allow ? words.allowed : words.denied} />
      <Link href={`/decisions/${encodeURIComponent(decision.id)}${location.search}`}>
        {decisionSentence(decision, { words, language, reasons })}
      </Link>
      <span className="quiet">
        <ExactTime at={decision.time_ms} />
      </span>
    </li>
  )
}
