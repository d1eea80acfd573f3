import { Code, Skeleton } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from 'wouter'
import type { DecisionDetail } from '../../../gateway/http-api/contract/administration.ts'
import { ExactTime } from '../../look/exact-time.tsx'
import { formatExact } from '../../words/format.ts'
import { useLanguage } from '../../words/language.tsx'
import { useApi } from '../api/api-context.tsx'
import { CopyText } from '../parts/copy-text.tsx'
import { DenialList } from '../parts/denial-list.tsx'
import { Facts } from '../parts/facts.tsx'
import { ProblemNote } from '../parts/problem-note.tsx'
import { SideDrawer } from '../parts/side-drawer.tsx'
import { usePortalWords } from '../words/portal-words.ts'
import { DecisionRules } from './decision-rules.tsx'
import { decisionSentence } from './decision-sentence.ts'

interface DecisionDrawerProps {
  readonly id: string | null
  /** Whether names are shown, as in the list behind it. */
  readonly personal: 'hidden' | 'shown'
  readonly onClose: () => void
}

/** One decision: the sentence, then the rules, the result and the input. */
export const DecisionDrawer = ({ id, personal, onClose }: DecisionDrawerProps) => {
  const words = usePortalWords().decisions
  return (
    <SideDrawer opened={id !== null} title={words.why} onClose={onClose}>
      {/* With a key: what was asked for with names goes with it. */}
      {id === null ? null : <Opened key={`${id} ${personal}`} id={id} personal={personal} />}
    </SideDrawer>
  )
}

const Opened = ({ id, personal }: { readonly id: string } & Pick<DecisionDrawerProps, 'personal'>) => {
  const api = useApi()
  const decision = useQuery({ queryKey: ['decisions', 'one', id, personal], queryFn: () => api.decision(id, { personal }) })
  return (
    <>
      {decision.isPending ? <Skeleton height={480} /> : null}
      <ProblemNote error={decision.error} onRetry={() => void decision.refetch()} />
      {decision.data === undefined ? null : <Details decision={decision.data} />}
    </>
  )
}

const Details = ({ decision }: { readonly decision: DecisionDetail }) => {
  const words = usePortalWords().decisions
  const { language } = useLanguage()
  return (
    <div className="stack">
      <p className="lead">
        <strong>{decisionSentence({ ...decision, denials: [] }, { words, language, reasons: { denials: {} } })}</strong>
      </p>
      {decision.denials.length === 0 ? null : <DenialList denials={decision.denials} {...textsOf(decision)} />}
      <DecisionRules decision={decision} />
      <Facts
        items={{
          [words.when]: <ExactTime at={decision.time_ms} text={formatExact(language, decision.time_ms)} />,
          [words.took]: `${(decision.duration_us / 1000).toFixed(2)} ms`,
          [words.revision]: (
            <Link className="mono" href={`/policy/revisions/${decision.revision}`}>
              {decision.revision}
            </Link>
          ),
          [words.session]: decision.session === null ? '–' : <Link href={`/sessions/${decision.session}`}>{decision.session}</Link>,
        }}
      />
      {decision.masked.length === 0 ? null : <p className="quiet">{words.hiddenHere(decision.masked.length)}</p>}
      <Json title={words.result} value={decision.result} />
      <Json title={words.input} value={decision.input} />
    </div>
  )
}

/** The reasons as they were called when it was decided. */
const textsOf = ({ reasons }: DecisionDetail) => (reasons === null ? {} : { texts: { denials: reasons } })

const Json = ({ title, value }: { readonly title: string; readonly value: unknown }) => {
  const words = usePortalWords().decisions
  const text = JSON.stringify(value, null, 2)
  return (
    <div>
      <h3>{title}</h3>
      {/* A long text that scrolls must be reachable without a pointer. oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <Code block tabIndex={0} role="region" aria-label={title}>
        {text}
      </Code>
      <CopyText text={text} label={words.copyJson(title)} />
    </div>
  )
}
