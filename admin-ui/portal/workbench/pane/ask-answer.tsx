import type { AskAnswer, FactChange } from '../../../../gateway/http-api/contract/policy-simulations.ts'
import { StateBadge } from '../../../look/state-badge.tsx'
import { formatExact, formatList } from '../../../words/format.ts'
import { useLanguage } from '../../../words/language.tsx'
import type { Language } from '../../../words/language.tsx'
import { useSimulationWords } from '../words/simulation-words.ts'
import type { SimulationWords } from '../words/simulation-words.ts'
import { ExplainedAnswer, RuleTable } from './explained-decision.tsx'

type Of<Kind extends AskAnswer['kind']> = Extract<AskAnswer, { readonly kind: Kind }>

export const AskAnswerView = ({ answer }: { readonly answer: AskAnswer }) => {
  switch (answer.kind) {
    case 'why':
      return <Why answer={answer} />
    case 'who':
      return <Who answer={answer} />
    case 'what_would':
      return <WhatWould answer={answer} />
  }
}

const Why = ({ answer }: { readonly answer: Of<'why'> }) => {
  const words = useSimulationWords()
  const { person, machine, allowed } = answer
  return (
    <div className="stack">
      <StateBadge look={allowed ? 'good' : 'bad'} word={(allowed ? words.allowedNow : words.deniedNow)(person.name, machine.name)} />
      {answer.steps.map(({ action, service, decision }) => (
        <section key={`${action} ${service ?? ''}`} className="answer-step">
          <h3>
            {words.steps[action]}
            {service === null ? '' : `: ${service}`}
          </h3>
          <ExplainedAnswer title={words.afterActive} decision={decision} />
          <RuleTable before={null} after={decision.rules} />
        </section>
      ))}
    </div>
  )
}

const Who = ({ answer }: { readonly answer: Of<'who'> }) => {
  const words = useSimulationWords()
  if (answer.people.length === 0) return <StateBadge look="bad" word={words.nobody} />
  return (
    <>
      <p>{words.whoCan(answer.people.length, answer.judged)}</p>
      <ul className="names">
        {answer.people.map(({ id, name, services }) => (
          <li key={id}>
            {name} <span className="quiet">{services.join(', ')}</span>
          </li>
        ))}
      </ul>
    </>
  )
}

const WhatWould = ({ answer }: { readonly answer: Of<'what_would'> }) => {
  const words = useSimulationWords()
  const { language } = useLanguage()
  if (answer.allowed) return <StateBadge look="good" word={words.nothingNeeded} />
  return (
    <div className="stack">
      {answer.never ? <StateBadge look="bad" word={words.never} /> : <p>{words.ways}</p>}
      <ol className="plain-list ways">
        {answer.ways.map(({ service, changes }, index) => (
          <li key={`${service ?? ''} ${changes.map(({ kind, value }) => `${kind} ${value ?? ''}`).join(' ')}`} className="card">
            <h3>
              {words.way(index + 1)}
              {service === null ? '' : `: ${service}`}
            </h3>
            <ul className="names">
              {changes.map((change) => (
                <li key={`${change.kind} ${change.value ?? ''}`}>
                  {factSentence(change, words, language)}{' '}
                  <span className="quiet">({words.grantedBy[change.granted_by] ?? change.granted_by})</span>
                </li>
              ))}
            </ul>
          </li>
        ))}
      </ol>
      <p className="quiet">{formatList(language, [words.tried(answer.tried), ...(answer.complete ? [] : [words.incomplete])])}</p>
    </div>
  )
}

const factSentence = ({ kind, value, level }: FactChange, words: SimulationWords, language: Language): string => {
  const text = kind === 'wait_until' && typeof value === 'number' ? formatExact(language, value * 1000) : String(value ?? '')
  return words.facts[kind]?.(text, level === null ? '' : words.level(level)) ?? kind
}
