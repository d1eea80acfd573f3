import { Button, NativeSelect, Textarea } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useEffect } from 'react'
import { exampleDecisionInput } from '../../../../gateway/decisions/example-decision-input.ts'
import type { Evaluated } from '../../../../gateway/http-api/contract/policy-analysis.ts'
import { StateBadge } from '../../../look/state-badge.tsx'
import { formatMoment } from '../../../words/format.ts'
import { useLanguage } from '../../../words/language.tsx'
import { useApi } from '../../api/api-context.tsx'
import { decisionSentence } from '../../decisions/decision-sentence.ts'
import { ProblemNote } from '../../parts/problem-note.tsx'
import { useReasons } from '../../parts/use-reasons.ts'
import { usePortalWords } from '../../words/portal-words.ts'
import { JsonText } from '../parts/json-text.tsx'
import { PolicyProblem } from './policy-problem.tsx'
import { usePolicyApi } from '../use-policy-api.ts'
import { useCheckWords } from '../words/check-words.ts'
import type { GoTo } from './test-list.tsx'

/** What is in the fields of *Try*: kept while another pane is shown. */
export interface Trial {
  readonly expression: string
  readonly input: string
}

export const firstTrial = (): Trial => ({
  expression: 'data.sallyport.access.decision',
  input: JSON.stringify(exampleDecisionInput(), null, 2),
})

export interface TryPaneProps {
  readonly draft: string
  readonly path: string | null
  readonly trial: Trial
  readonly onTrial: (trial: Trial) => void
  /** Rises when the text asked for an evaluation. */
  readonly asked: number
  readonly goTo: GoTo
}

const parsed = (text: string): { readonly value: unknown } | null => {
  try {
    return { value: JSON.parse(text) as unknown }
  } catch {
    return null
  }
}

/** An expression of the draft against an input. */
export const TryPane = ({ draft, path, trial, onTrial, asked, goTo }: TryPaneProps) => {
  const words = useCheckWords()
  const api = usePolicyApi()
  const input = parsed(trial.input)
  const evaluate = useMutation({
    mutationFn: () =>
      api.evaluate(draft, {
        expression: trial.expression,
        ...(path !== null && path.endsWith('.rego') ? { path } : {}),
        ...(input === null ? {} : { input: input.value }),
      }),
  })
  const { mutate } = evaluate
  useEffect(() => {
    if (asked > 0) mutate()
  }, [asked, mutate])
  return (
    <div className="stack">
      <Textarea
        label={words.expression}
        description={words.expressionHint}
        classNames={{ input: 'mono' }}
        minRows={1}
        maxRows={6}
        value={trial.expression}
        onChange={(event) => onTrial({ ...trial, expression: event.currentTarget.value })}
      />
      <DecisionChoice onInput={(text) => onTrial({ ...trial, input: text })} />
      <Textarea
        label={words.input}
        description={words.inputHint}
        classNames={{ input: 'mono' }}
        minRows={6}
        maxRows={14}
        value={trial.input}
        error={input === null ? words.badInput : null}
        onChange={(event) => onTrial({ ...trial, input: event.currentTarget.value })}
      />
      <Button disabled={input === null || trial.expression.trim() === ''} loading={evaluate.isPending} onClick={() => mutate()}>
        {words.evaluate}
      </Button>
      <PolicyProblem error={evaluate.error} />
      <div aria-live="polite">{evaluate.data === undefined ? null : <Outcome outcome={evaluate.data} goTo={goTo} />}</div>
    </div>
  )
}

/** What was decided lately gives an input that is real. */
const DecisionChoice = ({ onInput }: { readonly onInput: (text: string) => void }) => {
  const words = useCheckWords()
  const sentences = usePortalWords().decisions
  const reasons = useReasons()
  const { language } = useLanguage()
  const api = useApi()
  const recent = useQuery({ queryKey: ['decisions', 'recent'], queryFn: () => api.decisions({ limit: '20' }) })
  const take = useMutation({
    mutationFn: (id: string) => api.decision(id),
    onSuccess: ({ input }) => onInput(JSON.stringify(input, null, 2)),
  })
  return (
    <>
      <NativeSelect
        label={words.fromDecision}
        value=""
        data={[
          { value: '', label: words.chooseDecision },
          ...(recent.data?.items ?? []).map((decision) => ({
            value: decision.id,
            label: `${formatMoment(language, decision.time_ms)}: ${decisionSentence(decision, { words: sentences, language, reasons })}`,
          })),
        ]}
        onChange={(event) => (event.currentTarget.value === '' ? undefined : take.mutate(event.currentTarget.value))}
      />
      <ProblemNote error={take.error ?? recent.error} />
    </>
  )
}

const Outcome = ({ outcome, goTo }: { readonly outcome: Evaluated; readonly goTo: GoTo }) => {
  const words = useCheckWords()
  return (
    <div className="stack">
      {outcome.diagnostics.map((one) => (
        <div key={`${one.line} ${one.column} ${one.message}`} className="finding">
          <StateBadge look="bad" word={words.severities[one.severity]} />
          <span>{one.message}</span>
        </div>
      ))}
      {outcome.ok && !outcome.defined ? <StateBadge look="waiting" word={words.undefined} /> : null}
      {outcome.ok && outcome.defined ? <JsonText title={words.result} value={outcome.result} /> : null}
      {outcome.printed.length === 0 ? null : (
        <section>
          <h3>{words.printed}</h3>
          <pre className="output">{outcome.printed.join('\n')}</pre>
        </section>
      )}
      {outcome.explanation.length === 0 ? null : (
        <section>
          <h3>{words.steps}</h3>
          <ol className="trace">
            {outcome.explanation.map((step, index) => (
              // Steps may be the same twice; their order never changes. oxlint-disable-next-line react/no-array-index-key
              <li key={index} className="trace-step" data-depth={Math.min(6, step.depth)} data-operation={step.operation.toLowerCase()}>
                <button type="button" className="plain-button" onClick={() => goTo(step.path, step.line)}>
                  {words.place(step.path, step.line)}
                </button>
                <code>
                  {step.operation} {step.text}
                </code>
              </li>
            ))}
          </ol>
        </section>
      )}
      <p className="quiet">{words.tookEvaluation(`${outcome.took_ms.toFixed(0)} ms`)}</p>
    </div>
  )
}
