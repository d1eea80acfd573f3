import { Button, Checkbox } from '@mantine/core'
import { Link, useLocation } from 'wouter'
import type { DecisionSummary } from '../../../gateway/http-api/contract/administration.ts'
import { ExactTime } from '../../look/exact-time.tsx'
import { StateBadge } from '../../look/state-badge.tsx'
import { formatMoment } from '../../words/format.ts'
import { useLanguage } from '../../words/language.tsx'
import { useApi } from '../api/api-context.tsx'
import { ListFrame } from '../parts/list-frame.tsx'
import { Page } from '../parts/page.tsx'
import { usePages } from '../parts/use-pages.ts'
import { useReasons } from '../parts/use-reasons.ts'
import { usePortalWords } from '../words/portal-words.ts'
import { DecisionDrawer } from './decision-drawer.tsx'
import { DecisionFilters, useDecisionFilters } from './decision-filters.tsx'
import { decisionSentence } from './decision-sentence.ts'
import { useNamesShown } from './use-names-shown.ts'

/** Why was somebody let in or not. */
export const DecisionsPage = ({ open }: { readonly open: string | null }) => {
  const words = usePortalWords()
  const { language } = useLanguage()
  const api = useApi()
  const [, navigate] = useLocation()
  const found = useDecisionFilters()
  const { shown, setShown, personal } = useNamesShown()
  const asked = { ...found.filters, personal }
  const { query, items, known } = usePages('decisions', asked, (page) => api.decisions(page))
  const searchedTo = query.data?.pages.at(-1)?.searched_to_ms ?? null
  const searched =
    searchedTo === null
      ? undefined
      : { text: words.decisions.searchedTo(formatMoment(language, searchedTo)), goOn: words.decisions.searchOn }
  return (
    <Page title={words.decisions.title}>
      <DecisionFilters found={found} shown={shown} known={known} />
      <div className="stack">
        <p className="quiet" role="status">
          {shown ? words.decisions.namesShown : words.decisions.showNamesText}
        </p>
        <div className="row under-filters">
          <Checkbox label={words.decisions.showNames} checked={shown} onChange={(event) => setShown(event.currentTarget.checked)} />
          <Button component="a" variant="outline" href={api.decisionExport(asked)} download title={words.decisions.exportText}>
            {words.decisions.export}
          </Button>
        </div>
      </div>
      <ListFrame
        query={query}
        count={items.length}
        searched={searched}
        empty={<p>{found.any ? words.decisions.emptyFiltered : words.decisions.empty}</p>}
      >
        <ul className="rows" aria-label={words.decisions.list}>
          {items.map((decision) => (
            <DecisionRow key={decision.id} decision={decision} />
          ))}
        </ul>
      </ListFrame>
      <DecisionDrawer id={open} personal={personal} onClose={() => navigate(`/decisions${location.search}`)} />
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
