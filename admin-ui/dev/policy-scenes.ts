import { fakeDraftId, submittedRevision } from './fake-policy.ts'
import type { PortalScene } from './portal-scenes.ts'

const overview = /^(Policy|Regeln)$/u
const draft = /^Regions for the night shift$/u
const revision = /^(Revision|Fassung) bbbbbbbb$/u
const bench = (members: string): string => `/policy/drafts/${fakeDraftId}?${members}`
const review = (members: string): string => `/policy/revisions/${submittedRevision}?${members}`

/** Every page and pane of the workbench once. */
export const policyScenes: readonly PortalScene[] = [
  { name: 'policy', path: '/policy', who: 'sam', ready: overview },
  { name: 'policy-revisions', path: '/policy?part=revisions', who: 'sam', ready: overview },
  { name: 'policy-activations', path: '/policy?part=activations', who: 'sam', ready: overview },
  { name: 'policy-shadow', path: '/policy?part=shadow', who: 'ari', ready: overview },
  { name: 'policy-settings', path: '/policy?part=settings', who: 'sam', ready: overview },
  { name: 'bench', path: bench('file=rules/region.rego'), who: 'sam', ready: draft },
  { name: 'bench-reader', path: bench('file=rules/region.rego'), who: 'ari', ready: draft },
  { name: 'bench-form', path: bench('file=form&pane=matrix'), who: 'sam', ready: draft },
  { name: 'bench-try', path: bench('file=rules/region.rego&pane=try'), who: 'sam', ready: draft },
  { name: 'bench-matrix', path: bench('file=rules/region.rego&pane=matrix&wide=1'), who: 'sam', ready: draft },
  { name: 'bench-replay', path: bench('file=data/limits.json&pane=replay'), who: 'sam', ready: draft },
  { name: 'bench-impact', path: bench('file=rules/region.rego&pane=impact'), who: 'sam', ready: draft },
  { name: 'bench-ask', path: bench('file=rules/region.rego&pane=ask'), who: 'sam', ready: draft },
  { name: 'bench-submit', path: bench('file=rules/region.rego&pane=submit'), who: 'sam', ready: draft },
  { name: 'revision', path: review(''), who: 'ines', ready: revision },
  { name: 'review', path: review('file=rules/region.rego'), who: 'ines', ready: revision },
  { name: 'review-results', path: review('file=rules/region.rego&pane=checks'), who: 'ines', ready: revision },
]
