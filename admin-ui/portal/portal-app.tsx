import { Loader } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense } from 'react'
import type { ReactNode } from 'react'
import { Redirect, Route, Switch, useLocation } from 'wouter'
import type { Me } from '../../gateway/http-api/contract/me.ts'
import { useApi } from './api/api-context.tsx'
import { isProblem } from './api/problem-error.ts'
import { useLiveEvents } from './live/use-live-events.ts'
import { AskPage } from './machines/ask-page.tsx'
import { MachinePage } from './machines/machine-page.tsx'
import { MachinesPage } from './machines/machines-page.tsx'
import { MeContext } from './parts/me-context.tsx'
import { ProblemNote } from './parts/problem-note.tsx'
import {
  answersGrants,
  canReadDecisions,
  canReadDevices,
  canReadPolicy,
  canReadRecords,
  isTechnician,
  seesAllSessions,
} from './parts/roles.ts'
import { SessionPage } from './sessions/session-page.tsx'
import { SessionsPage } from './sessions/sessions-page.tsx'
import { Shell } from './shell/shell.tsx'
import { CommandLinePage } from './start/command-line-page.tsx'
import { NotFoundPage } from './start/not-found-page.tsx'
import { PageBoundary } from './start/page-boundary.tsx'
import { SignInPage } from './start/sign-in-page.tsx'
import { UndertakingPage } from './start/undertaking-page.tsx'
import { WalkThroughPage } from './start/walk-through-page.tsx'

// Technicians never load the administrators' pages.
const PeoplePage = lazy(async () => ({ default: (await import('./people/people-page.tsx')).PeoplePage }))
const DevicesPage = lazy(async () => ({ default: (await import('./devices/devices-page.tsx')).DevicesPage }))
const DecisionsPage = lazy(async () => ({ default: (await import('./decisions/decisions-page.tsx')).DecisionsPage }))
const GrantsPage = lazy(async () => ({ default: (await import('./grants/grants-page.tsx')).GrantsPage }))

const PolicyPages = lazy(async () => ({ default: (await import('./workbench/policy-pages.tsx')).PolicyPages }))

const Waiting = () => (
  <div className="column" aria-busy="true">
    <Loader />
  </div>
)

/** Who is signed in decides what there is. */
export const PortalApp = () => {
  const api = useApi()
  const [path] = useLocation()
  const me = useQuery({
    queryKey: ['me'],
    queryFn: () =>
      api.me().catch((error: unknown) => {
        if (isProblem(error, 'not_signed_in')) return null
        throw error
      }),
  })
  if (me.isPending) return <Waiting />
  if (me.data === undefined || me.data === null) {
    return (
      <Shell me={null} lost={false}>
        <PageBoundary page={path}>
          {me.data === undefined ? (
            <div className="column">
              <h1>Sallyport</h1>
              <ProblemNote error={me.error} onRetry={() => void me.refetch()} />
            </div>
          ) : path === '/walk-through' ? (
            <WalkThroughPage signedIn={false} />
          ) : (
            <SignInPage />
          )}
        </PageBoundary>
      </Shell>
    )
  }
  return <SignedIn me={me.data} path={path} />
}

const SignedIn = ({ me, path }: { readonly me: Me; readonly path: string }) => {
  const { lost } = useLiveEvents()
  const unsigned = isTechnician(me) && me.undertaking.accepted_version !== me.undertaking.required_version
  return (
    <MeContext value={me}>
      <Shell me={me} lost={lost}>
        <PageBoundary page={path}>
          <Suspense fallback={<Waiting />}>
            {path === '/walk-through' ? (
              <WalkThroughPage signedIn />
            ) : unsigned && !isForAdministrators(path, me) ? (
              <UndertakingPage />
            ) : (
              <Pages me={me} />
            )}
          </Suspense>
        </PageBoundary>
      </Shell>
    </MeContext>
  )
}

/** The undertaking stands before machines, not before records. */
const isForAdministrators = (path: string, me: Me): boolean =>
  (canReadRecords(me) && /^\/people(?:\/|$)/u.test(path)) ||
  (canReadDevices(me) && /^\/(?:devices|new-device)(?:\/|$)/u.test(path)) ||
  (canReadDecisions(me) && /^\/(?:decisions|policy)(?:\/|$)/u.test(path)) ||
  (answersGrants(me) && path === '/grants')

const startPage = (me: Me): string => {
  if (isTechnician(me)) return '/machines'
  return seesAllSessions(me) ? '/sessions' : '/devices'
}

const only = (allowed: boolean, page: ReactNode): ReactNode => (allowed ? page : <NotFoundPage />)

const Pages = ({ me }: { readonly me: Me }) => (
  <Switch>
    <Route path="/">
      <Redirect to={startPage(me)} replace />
    </Route>
    <Route path="/machines">
      <MachinesPage />
    </Route>
    <Route path="/machines/:id">{({ id }) => <MachinePage id={id} />}</Route>
    <Route path="/machines/:id/ask">{({ id }) => <AskPage id={id} />}</Route>
    <Route path="/sessions">
      <SessionsPage />
    </Route>
    <Route path="/sessions/:id">{({ id }) => <SessionPage id={id} />}</Route>
    <Route path="/grants">{only(isTechnician(me) || answersGrants(me), <GrantsPage />)}</Route>
    <Route path="/command-line">
      <CommandLinePage />
    </Route>
    <Route path="/undertaking">
      <UndertakingPage />
    </Route>
    <Route path="/people/:id?">{({ id }) => only(canReadRecords(me), <PeoplePage open={id ?? null} />)}</Route>
    {/* `new` could be the id of a device, so the form has an address of its own. */}
    <Route path="/new-device">{only(canReadDevices(me), <DevicesPage open={null} adding />)}</Route>
    <Route path="/devices/:id?">{({ id }) => only(canReadDevices(me), <DevicesPage open={id ?? null} adding={false} />)}</Route>
    <Route path="/decisions/:id?">{({ id }) => only(canReadDecisions(me), <DecisionsPage open={id ?? null} />)}</Route>
    <Route path="/policy/*?">{only(canReadPolicy(me), <PolicyPages />)}</Route>
    <Route>
      <NotFoundPage />
    </Route>
  </Switch>
)
