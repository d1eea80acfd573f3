import './workbench.css'
import { Route, Switch } from 'wouter'
import { NotFoundPage } from '../start/not-found-page.tsx'
import { DraftPage } from './drafts/draft-page.tsx'
import { PolicyPage } from './overview/policy-page.tsx'
import { RevisionPage } from './revisions/revision-page.tsx'

/** Everything below `/policy`: one chunk, which only those load who may read the policy. */
export const PolicyPages = () => (
  <Switch>
    <Route path="/policy">
      <PolicyPage />
    </Route>
    <Route path="/policy/drafts/:id">{({ id }) => <DraftPage key={id} id={id} />}</Route>
    <Route path="/policy/revisions/:digest">{({ digest }) => <RevisionPage key={digest} digest={decodeURIComponent(digest)} />}</Route>
    <Route>
      <NotFoundPage />
    </Route>
  </Switch>
)
