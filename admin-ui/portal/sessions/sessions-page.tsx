import { Button } from '@mantine/core'
import { Link } from 'wouter'
import { useApi } from '../api/api-context.tsx'
import { FilterSelect } from '../parts/filter-select.tsx'
import { ListFrame } from '../parts/list-frame.tsx'
import { useMe } from '../parts/me-context.tsx'
import { Page } from '../parts/page.tsx'
import { canAdminister, isTechnician, seesAllSessions } from '../parts/roles.ts'
import { useFilters } from '../parts/use-filters.ts'
import { usePages } from '../parts/use-pages.ts'
import { usePortalWords } from '../words/portal-words.ts'
import { useGatewayClockOf } from './session-clock.ts'
import { SessionRow } from './session-row.tsx'

const filterNames = ['mine', 'live'] as const

/** Mine, or for those who see all: who is in what right now. */
export const SessionsPage = () => {
  const words = usePortalWords()
  const api = useApi()
  const me = useMe()
  const all = seesAllSessions(me)
  const { filters, set } = useFilters(filterNames)
  const { query, items } = usePages('sessions', all ? filters : { ...filters, mine: 'true' }, (page) => api.sessions(page))
  const nowMs = useGatewayClockOf(items, query.dataUpdatedAt)
  return (
    <Page title={words.sessions.title}>
      <div className="filters" role="search">
        {all && isTechnician(me) ? (
          <FilterSelect
            label={words.sessions.whose}
            value={filters.mine}
            options={[{ value: 'true', label: words.sessions.mine }]}
            onChange={(value) => set('mine', value)}
          />
        ) : null}
        <FilterSelect
          label={words.sessions.which}
          value={filters.live}
          options={[{ value: 'true', label: words.sessions.liveOnly }]}
          onChange={(value) => set('live', value)}
        />
      </div>
      <ListFrame
        query={query}
        count={items.length}
        empty={
          filters.live === 'true' || all ? (
            <p>{words.sessions.emptyLive}</p>
          ) : (
            <>
              <p>{words.sessions.empty}</p>
              <Button component={Link} href="/machines" variant="outline">
                {words.notFound.home}
              </Button>
            </>
          )
        }
      >
        <ul className="rows" aria-label={words.sessions.list}>
          {items.map((session) => (
            <SessionRow key={session.id} session={session} nowMs={nowMs} mayEnd={session.mine || canAdminister(me)} />
          ))}
        </ul>
      </ListFrame>
    </Page>
  )
}
