import { Link, useSearchParams } from 'wouter'
import { Page } from '../../parts/page.tsx'
import { ProblemNote } from '../../parts/problem-note.tsx'
import { usePolicyStatus } from '../use-active-files.ts'
import { usePolicyWords } from '../words/policy-words.ts'
import { ActivationList } from './activation-list.tsx'
import { ActiveCard } from './active-card.tsx'
import { AlarmList } from './alarm-list.tsx'
import { DraftList } from './draft-list.tsx'
import { RecoveryKeys } from './recovery-keys.tsx'
import { RevisionList } from './revision-list.tsx'
import { ServingNodes } from './serving-nodes.tsx'
import { SettingsForm } from './settings-form.tsx'
import { ShadowFigures } from './shadow-figures.tsx'
import { WaitingSteps } from './waiting-steps.tsx'

const parts = ['drafts', 'revisions', 'activations', 'shadow', 'settings', 'recovery'] as const

/** What decides now, what is being worked on, and how it came to be. */
export const PolicyPage = () => {
  const words = usePolicyWords()
  const [params] = useSearchParams()
  const status = usePolicyStatus()
  const shown = parts.find((part) => part === params.get('part')) ?? 'drafts'
  return (
    <Page title={words.title}>
      <ProblemNote error={status.error} onRetry={() => void status.refetch()} />
      {status.data === undefined ? null : (
        <>
          <AlarmList status={status.data} />
          <ActiveCard status={status.data} />
          <ServingNodes status={status.data} />
          <WaitingSteps status={status.data} />
        </>
      )}
      <nav className="nav policy-nav" aria-label={words.parts.label}>
        {parts.map((part) => (
          <Link key={part} href={part === 'drafts' ? '/policy' : `/policy?part=${part}`} aria-current={part === shown ? 'page' : undefined}>
            {words.parts[part]}
          </Link>
        ))}
      </nav>
      {shown === 'drafts' ? <DraftList /> : null}
      {shown === 'revisions' ? <RevisionList /> : null}
      {shown === 'activations' ? <ActivationList status={status.data} /> : null}
      {shown === 'shadow' ? <ShadowFigures /> : null}
      {shown === 'recovery' ? <RecoveryKeys /> : null}
      {shown === 'settings' && status.data !== undefined ? <SettingsForm status={status.data} /> : null}
    </Page>
  )
}
