import { Button } from '@mantine/core'
import { useState } from 'react'
import { useWords } from '../../words/language.tsx'
import { useApi } from '../api/api-context.tsx'
import { ListFrame } from '../parts/list-frame.tsx'
import { useMe } from '../parts/me-context.tsx'
import { Page } from '../parts/page.tsx'
import { answersGrants, isTechnician } from '../parts/roles.ts'
import { usePages } from '../parts/use-pages.ts'
import { grantWords } from '../words/grant-words.ts'
import { AskDialog } from './ask-dialog.tsx'
import { GrantRow } from './grant-row.tsx'

/** What waits for me, and what became of what I asked for. */
export const GrantsPage = () => {
  const words = useWords(grantWords)
  const me = useMe()
  const [asking, setAsking] = useState(false)
  return (
    <Page
      title={words.title}
      actions={
        isTechnician(me) ? (
          <Button variant="outline" onClick={() => setAsking(true)}>
            {words.askRights}
          </Button>
        ) : null
      }
    >
      {answersGrants(me) ? <List heading={words.forMe} empty={words.emptyForMe} filters={{ mine: 'false' }} /> : null}
      {isTechnician(me) ? <List heading={words.mine} empty={words.emptyMine} filters={{ mine: 'true' }} /> : null}
      <AskDialog about={null} title={words.askRights} text={words.askRightsText} opened={asking} onClose={() => setAsking(false)} />
    </Page>
  )
}

interface ListProps {
  readonly heading: string
  readonly empty: string
  readonly filters: Readonly<Record<string, string>>
}

const List = ({ heading, empty, filters }: ListProps) => {
  const api = useApi()
  const { query, items } = usePages('grants', filters, (page) => api.grantRequests(page))
  return (
    <section aria-label={heading}>
      <h2>{heading}</h2>
      <ListFrame query={query} count={items.length} empty={<p>{empty}</p>}>
        <ul className="rows" aria-label={heading}>
          {items.map((request) => (
            <GrantRow key={request.id} request={request} />
          ))}
        </ul>
      </ListFrame>
    </section>
  )
}
